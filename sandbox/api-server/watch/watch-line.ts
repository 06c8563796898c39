import type { Kind } from '../kind.ts';
import { apiVersionOfKind } from '../objects/target.ts';
import { jsonOf, viewOf } from '../objects/view.ts';
import type { Change } from '../store/history.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { Presentation } from '../table/presentation.ts';
import { partialOf, tableOf } from '../table/table.ts';

/** What a watch tells of one change. */
export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED';

const line = (type: string, object: string): string => `{"type":"${type}","object":${object}}\n`;

/**
 * What a watcher with a selection sees of a change: an object that leaves the selection is deleted for them, with its last
 * selected state under the revision of the change; one that enters is added. Undefined: nothing.
 */
export const seenBy = (
  { type, stored, previous }: Change,
  selects: (stored: StoredObject) => boolean,
): { type: WatchEventType; stored: StoredObject } | undefined => {
  const before = previous !== undefined && selects(previous);
  const after = type !== 'DELETED' && selects(stored);
  if (before && after) return { type: 'MODIFIED', stored };
  if (after) return { type: 'ADDED', stored };
  if (!before) return undefined;
  return {
    type: 'DELETED',
    stored: type === 'DELETED' ? stored : { ...previous, revision: stored.revision },
  };
};

const withRevision = ({ object, revision }: StoredObject): StoredObject['object'] => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(revision) },
});

/** Writes events of one watch, in the shape that its client accepts. */
export const createLineWriter = (kind: Kind, presentation: Presentation) => {
  let headers = true;

  const shaped = (stored: StoredObject): string => {
    const left = stored.object.metadata.resourceVersion !== String(stored.revision);
    const current: StoredObject = left ? { ...stored, object: withRevision(stored) } : stored;
    if (presentation.shape === 'object')
      return left ? JSON.stringify(viewOf(kind, current)) : jsonOf(kind, current);
    const object = viewOf(kind, current);
    if (presentation.shape === 'metadata') return JSON.stringify(partialOf(object));
    const meta = { resourceVersion: String(stored.revision) };
    const table = tableOf(kind, [object], meta, { ...presentation, headers });
    headers = false;
    return JSON.stringify(table);
  };

  const bookmarkObject = (revision: number, ended: boolean) => ({
    kind: kind.resource.kind,
    apiVersion: apiVersionOfKind(kind),
    metadata: {
      resourceVersion: String(revision),
      ...(ended ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  });

  return {
    event: (type: WatchEventType, stored: StoredObject): string => line(type, shaped(stored)),
    bookmark: (revision: number, initialEventsEnd: boolean): string => {
      const object = bookmarkObject(revision, initialEventsEnd);
      if (presentation.shape === 'object') return line('BOOKMARK', JSON.stringify(object));
      const partial = { ...partialOf(object), metadata: object.metadata };
      if (presentation.shape === 'metadata') return line('BOOKMARK', JSON.stringify(partial));
      const row = { cells: kind.columns.map(() => null), object: partial };
      const empty = tableOf(kind, [], { resourceVersion: String(revision) }, { ...presentation, headers });
      headers = false;
      return line('BOOKMARK', JSON.stringify({ ...empty, rows: [row] }));
    },
    error: (body: unknown): string => line('ERROR', JSON.stringify(body)),
  };
};

/** Writes the lines of one watch. */
export type LineWriter = ReturnType<typeof createLineWriter>;
