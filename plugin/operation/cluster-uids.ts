import { DrError } from '../../core/model/error.ts';
import { known, unknown } from '../../core/model/reading.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import { otherClusters, type SeenCluster } from '../../core/operation/same-clusters.ts';
import type { Site } from '../door/clusters.ts';
import { readClusterUid } from '../restore/gather-target.ts';

/** Which clusters sites are. One that does not answer is unknown, and not waited for long. */
export const readClusters = (sites: readonly Site[], signal: AbortSignal): Promise<readonly SeenCluster[]> =>
  Promise.all(
    sites.map(async (site): Promise<SeenCluster> => {
      const uid = await readClusterUid(site, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        return unknown(String(error));
      });
      // A server that answers without one tells nothing.
      return { name: site.name, uid: uid.known && uid.value === '' ? unknown('it has none') : uid };
    }),
  );

/** What is on record about one site. */
export const recordedSite = (name: string, seen: readonly SeenCluster[]) => {
  const { uid } = seen.find((it) => it.name === name) ?? { uid: known('') };
  return uid.known && uid.value !== '' ? { name, clusterUid: uid.value } : { name };
};

/** Throws where a site is another cluster than the one that an operation was begun with: its claims of the same names are others. */
export const assertSameClusters = (operation: Operation, seen: readonly SeenCluster[]): void => {
  const [other] = otherClusters(operation, seen);
  if (other === undefined) return;
  throw new DrError({
    code: 'OtherCluster',
    message: `${other.name} is another cluster than the one that operation ${operation.name} was begun with: its namespace kube-system has uid ${other.found}, and ${other.recorded} is on record`,
    hint: 'name the contexts of the clusters that it was begun with: --context, --peer-context',
  });
};
