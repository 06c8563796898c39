import type { ApiRequest } from '../http/exchange.ts';
import { failures } from '../http/failure.ts';
import { type Selection, selectionOf } from '../selection/selection.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { ListMeta } from '../table/table.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import type { Machinery } from './machinery.ts';
import { parseResourceVersion } from './resource-version.ts';
import { collectionOf, type Target } from './target.ts';
import { viewOf } from './view.ts';

/** One page of a list. */
export type Page = { items: readonly StoredObject[]; meta: ListMeta };

/** Everything of the target that is selected, at one revision. */
type Snapshot = { objects: readonly StoredObject[]; revision: number };

const tooOldToContinue =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

const tooLarge = (asked: number, current: number) => {
  const refused = failures.timeout(`Too large resource version: ${asked}, current: ${current}`, 1);
  const { details } = refused.body;
  if (details !== undefined)
    details.causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return refused;
};

/** Left out, 0 and "not older than" all mean: as it is now. */
const currentSnapshot = ({ store }: Machinery, target: Target, asked: number): Snapshot => {
  const revision = store.revision();
  if (asked > revision) throw tooLarge(asked, revision);
  return { objects: store.list(collectionOf(target.kind), target.namespace), revision };
};

const exactSnapshot = ({ store }: Machinery, target: Target, revision: number): Snapshot => {
  if (revision > store.revision()) throw tooLarge(revision, store.revision());
  const objects = store.listAt(collectionOf(target.kind), revision, target.namespace);
  if (objects === undefined) throw failures.expired(`The resourceVersion for the provided list is too old.`);
  return { objects, revision };
};

const continuedSnapshot = ({ store }: Machinery, target: Target, token: string) => {
  const { revision, start } = decodeContinue(token);
  const at = revision < 0 ? store.revision() : revision;
  const objects = store.listAt(collectionOf(target.kind), at, target.namespace);
  if (objects === undefined) throw failures.expired(tooOldToContinue, encodeContinue(-1, start));
  return { objects: objects.filter(({ key }) => key > start), revision: at };
};

const snapshotFor = (machinery: Machinery, target: Target, query: URLSearchParams): Snapshot => {
  const token = query.get('continue');
  if (token) return continuedSnapshot(machinery, target, token);
  const asked = parseResourceVersion(query.get('resourceVersion'));
  return query.get('resourceVersionMatch') === 'Exact'
    ? exactSnapshot(machinery, target, asked)
    : currentSnapshot(machinery, target, asked);
};

const selected = (snapshot: Snapshot, target: Target, selection: Selection): readonly StoredObject[] =>
  selection.all
    ? snapshot.objects
    : snapshot.objects.filter((stored) => selection.matches(viewOf(target.kind, stored)));

const limitOf = (query: URLSearchParams): number => {
  const limit = Number(query.get('limit') ?? 0);
  return Number.isInteger(limit) && limit > 0 ? limit : 0;
};

/** Lists what the query selects: a page of it where it asks for one, always of one revision. */
export const listObjects = (
  machinery: Machinery,
  target: Target,
  { query }: Pick<ApiRequest, 'query'>,
): Page => {
  const selection = selectionOf(query, target.kind);
  const snapshot = snapshotFor(machinery, target, query);
  const all = selected(snapshot, target, selection);
  const limit = limitOf(query);
  const resourceVersion = String(snapshot.revision);
  const last = limit === 0 || all.length <= limit ? undefined : all[limit - 1];
  if (last === undefined) return { items: all, meta: { resourceVersion } };
  const token = encodeContinue(snapshot.revision, last.key);
  // How many remain is told only where no selector has to be asked about them, as in kube-apiserver.
  const remaining = selection.all ? { remainingItemCount: all.length - limit } : {};
  return { items: all.slice(0, limit), meta: { resourceVersion, continue: token, ...remaining } };
};
