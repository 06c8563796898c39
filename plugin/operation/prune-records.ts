import { resources } from '../../core/model/resource.ts';
import type { SeenRecord } from '../../core/operation/read-record.ts';
import { recordsToPrune } from '../../core/operation/records-to-prune.ts';
import type { Site } from '../door/clusters.ts';
import type { PreparedOperation } from './prepare-operation.ts';

/** What is not deleted by then is deleted after another operation. */
const atMostMs = 2_000;
const atMostRecords = 50;

const deleteRecord = async (
  sites: readonly Site[],
  { site, namespace, record: { metadata } }: SeenRecord,
  signal: AbortSignal,
): Promise<void> => {
  const { name = '', uid, resourceVersion } = metadata;
  const found = sites.find((it) => it.context === site.context);
  // As it was judged: somebody may have changed it since.
  const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
  await found?.cluster.delete(resources.operations, { namespace, name }, { preconditions, signal });
};

/**
 * Deletes the records that nobody needs any more, by what was read of them when the operation began: nothing is asked of a site where there is
 * nothing to delete. Best effort, and short: the procedure is over. Where one site has not told its records, none is deleted.
 */
export const pruneRecords = async (
  { known, sites, volumes }: Pick<PreparedOperation, 'known' | 'sites' | 'volumes'>,
  ended: string,
): Promise<void> => {
  if (known.untold.length > 0) return;
  const namespaces = [...new Set(volumes.map(({ target }) => target.namespace))];
  const records = recordsToPrune(known.operations, ended, namespaces).slice(0, atMostRecords);
  if (records.length === 0) return;
  const signal = AbortSignal.timeout(atMostMs);
  const both = [sites.source.site, sites.target.site];
  await Promise.allSettled(records.map((record) => deleteRecord(both, record, signal)));
};
