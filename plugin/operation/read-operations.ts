import { resources } from '../../core/model/resource.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import { mergeRecords, type Operation, type SiteRecords } from '../../core/operation/read-record.ts';
import { isForbidden, isNotServed } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';

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

/** What both sites tell of earlier operations, and of those that run, the latest first. */
export type KnownOperations = {
  readonly operations: readonly Operation[];
  /** Contexts of sites that cannot keep a record, as their API does not have the kind. */
  readonly withoutKind: readonly Site[];
  /** A site did not tell its records: it may have others, and older or newer copies of these. */
  readonly isPartial: boolean;
};

/** Reads the records of all sites. A site that does not answer tells none. */
export const readOperations = async (
  sites: readonly Site[],
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<KnownOperations> => {
  const read = await Promise.all(
    sites.map(async (site) => ({ site, ...(await readSite(site, namespaces, signal)) })),
  );
  const told: SiteRecords[] = read.map(({ site, records }) => ({ site, records }));
  return {
    operations: mergeRecords(told),
    withoutKind: read.filter((it) => 'why' in it && isNotServed(it.why)).map(({ site }) => site),
    isPartial: read.some((it) => 'why' in it && !isNotServed(it.why)),
  };
};
