import { failures } from '../http/failure.ts';
import { parseResourceVersion } from '../objects/resource-version.ts';

/** Where a watch starts, and what it wants besides changes. */
export type WatchPlan = {
  /** The revision after which changes are told; undefined: from what is there now. */
  from: number | undefined;
  /** Whether all that is there is told first, as ADDED. */
  initial: boolean;
  /** Whether a bookmark tells that the initial events are over. */
  marksInitialEnd: boolean;
  bookmarks: boolean;
  timeoutMs: number;
};

const forbidden = (field: string, message: string) =>
  failures.invalid({ group: 'meta.k8s.io', kind: 'ListOptions', plural: '' }, '', [
    { reason: 'FieldValueForbidden', field, message: `Forbidden: ${message}` },
  ]);

const isTrue = (text: string | null): boolean => text === 'true' || text === '1';

const checkInitialEvents = (query: URLSearchParams): void => {
  const match = query.get('resourceVersionMatch');
  const asked = query.get('sendInitialEvents');
  if (asked !== null && match !== 'NotOlderThan')
    throw forbidden(
      'resourceVersionMatch',
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    );
  if (asked === null && match !== null)
    throw forbidden(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
};

/** Without `timeoutSeconds` a watch lasts between 30 and 60 minutes, so that clients do not all come back at once. */
const timeoutOf = (query: URLSearchParams, random: () => number): number => {
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  return 1000 * (seconds > 0 ? seconds : 1800 * (1 + random()));
};

/** Reads the query of a watch; refuses (422) contradictions, and (500, as recorded) a resourceVersion that is no number. */
export const planWatch = (query: URLSearchParams, random: () => number): WatchPlan => {
  checkInitialEvents(query);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const timeoutMs = timeoutOf(query, random);
  const revision = parseResourceVersion(query.get('resourceVersion'));
  const sends = query.get('sendInitialEvents');
  if (isTrue(sends))
    return { from: undefined, initial: true, marksInitialEnd: bookmarks, bookmarks, timeoutMs };
  const fromNow = revision === 0;
  return {
    from: fromNow ? undefined : revision,
    initial: fromNow && sends === null,
    marksInitialEnd: false,
    bookmarks,
    timeoutMs,
  };
};
