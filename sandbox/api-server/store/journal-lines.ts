import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { isJsonObject } from '../schema/json-value.ts';
import type { Change } from './history.ts';
import type { StoredObject } from './stored-object.ts';

/** An object as the journal keeps it. */
export type KeptObject = { collection: string; key: string; object: KubernetesObject };

/** What a journal says: the objects at its last complete line. `closed` where the server ended in order. */
export type JournalContent = { revision: number; objects: KeptObject[]; closed: boolean };

/** The first line of a file. */
export const headerLine = (revision: number): string => `{"format":1,"revision":${revision}}\n`;

/** The last line of a file that was closed in order. */
export const closedLine = (revision: number): string => `{"closed":${revision}}\n`;

/** One object that is there. */
export const putLine = (collection: string, { key, json }: StoredObject): string =>
  `{"put":${JSON.stringify(collection)},"key":${JSON.stringify(key)},"object":${json}}\n`;

/** One write. */
export const changeLine = ({ type, collection, stored }: Change): string =>
  type === 'DELETED'
    ? `{"delete":${JSON.stringify(collection)},"key":${JSON.stringify(stored.key)},"revision":${stored.revision}}\n`
    : putLine(collection, stored);

const idOf = (collection: string, key: string): string => `${collection} ${key}`;

const revisionOf = ({ metadata }: KubernetesObject): number => Number(metadata.resourceVersion ?? 0);

const asObject = (value: unknown): KubernetesObject | undefined =>
  isJsonObject(value) && isJsonObject(value['metadata'])
    ? { ...value, metadata: value['metadata'] }
    : undefined;

/**
 * Reads the text of a journal. A last line without its end was being written when the machine stopped: it is left out.
 * Undefined where any other line is damaged.
 */
export const readJournal = (text: string): JournalContent | undefined => {
  const objects = new Map<string, KeptObject>();
  const content = { revision: 1, closed: false };
  const apply = (line: Record<string, unknown>): boolean => {
    const { put, delete: deleted, key, object, revision, closed } = line;
    content.closed = typeof closed === 'number';
    const kept = asObject(object);
    if (typeof put === 'string' && typeof key === 'string' && kept !== undefined) {
      objects.set(idOf(put, key), { collection: put, key, object: kept });
      content.revision = Math.max(content.revision, revisionOf(kept));
      return true;
    }
    if (typeof deleted === 'string' && typeof key === 'string') objects.delete(idOf(deleted, key));
    const at = typeof closed === 'number' ? closed : revision;
    if (typeof at !== 'number') return false;
    content.revision = Math.max(content.revision, at);
    return true;
  };
  try {
    for (const line of text.split('\n').slice(0, -1)) {
      const parsed: unknown = JSON.parse(line);
      if (!isJsonObject(parsed) || !apply(parsed)) return undefined;
    }
  } catch {
    return undefined;
  }
  return { ...content, objects: [...objects.values()] };
};
