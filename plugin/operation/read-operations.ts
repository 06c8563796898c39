import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../core/model/error.ts';
import { resources } from '../../core/model/resource.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import { mergeRecords, type Operation, type SiteRecords } from '../../core/operation/read-record.ts';
import { isForbidden, isNotServed } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';
import { retryAt } from './retry-policy.ts';

/** The records of one site; undefined where none can be kept there, with the reason. */
type RecordsOfSite =
  | { readonly records: readonly OperationRecord[] }
  | { readonly records: readonly []; readonly why: unknown };

const readSite = async (
  { cluster }: Site,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<RecordsOfSite> => {
  const list = (namespace?: string) =>
    cluster.listAll<OperationRecord>(resources.operations, {
      ...(namespace !== undefined && { namespace }),
      signal,
    });
  try {
    return { records: (await list()).items };
  } catch (error) {
    if (!isForbidden(error)) return { records: [], why: error };
  }
  try {
    const lists = await Promise.all(namespaces.map(list));
    return { records: lists.flatMap(({ items }) => items) };
  } catch (error) {
    return { records: [], why: error };
  }
};

/** How sites are asked again that do not tell their records at first. */
export type Patience = {
  /** Whether a site answers anything else: one that is dark is not waited for. */
  readonly answers: (site: Site) => boolean | Promise<boolean>;
  /** Told once for each site that is asked again. */
  readonly onAgain: (message: string) => void;
  readonly now: () => number;
};

const readAgain = async (
  site: Site,
  read: () => Promise<RecordsOfSite>,
  { answers, onAgain, now, signal }: Patience & { readonly signal: AbortSignal },
): Promise<RecordsOfSite> => {
  const since = now();
  for (let count = 1; ; count += 1) {
    const found = await read();
    if (!('why' in found)) return found;
    const at = retryAt(found.why, { count, since }, now());
    if (at === undefined || !(await answers(site))) return found;
    if (count === 1)
      onAgain(
        `records cannot be read at the moment, and it is tried again: ${whyUntold([{ site, why: found.why }])}`,
      );
    await delay(Math.max(0, at - now()), undefined, { signal });
  }
};

/** A site that did not tell its records: it may have others, and older or newer copies of what the other one told. */
export type UntoldRecords = { readonly site: Site; readonly why: unknown };

/** Why not all records are known, for each site that did not tell its own. */
export const whyUntold = (untold: readonly UntoldRecords[]): string =>
  untold
    .map(({ site: { name }, why }) => `${name}: ${messageOf(why).replaceAll(`${name}: `, '')}`)
    .join('; ');

/** What both sites tell of earlier operations, and of those that run, the latest first. */
export type KnownOperations = {
  readonly operations: readonly Operation[];
  /** Contexts of sites that cannot keep a record, as their API does not have the kind. */
  readonly withoutKind: readonly Site[];
  /** Not all that there is to know is known where there is any. */
  readonly untold: readonly UntoldRecords[];
};

/** Reads the records of all sites. A site that does not answer tells none; with patience, one that only does not tell these is asked again. */
export const readOperations = async (
  sites: readonly Site[],
  namespaces: readonly string[],
  signal: AbortSignal,
  patience?: Patience,
): Promise<KnownOperations> => {
  const read = await Promise.all(
    sites.map(async (site) => {
      const once = () => readSite(site, namespaces, signal);
      const found = patience === undefined ? once() : readAgain(site, once, { ...patience, signal });
      return { site, ...(await found) };
    }),
  );
  const told: SiteRecords[] = read.map(({ site, records }) => ({ site, records }));
  return {
    operations: mergeRecords(told),
    withoutKind: read.filter((it) => 'why' in it && isNotServed(it.why)).map(({ site }) => site),
    untold: read.flatMap((it) =>
      'why' in it && !isNotServed(it.why) ? [{ site: it.site, why: it.why }] : [],
    ),
  };
};
