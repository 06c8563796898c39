import type { Reading } from '../model/reading.ts';
import type { OperationSite } from './operation-record.ts';

/** A site as it is now: its name, and the uid of its namespace `kube-system`. */
export type SeenCluster = { readonly name: string; readonly uid: Reading<string> };

/** A site that is not the cluster which the record means by its name. */
export type OtherCluster = { readonly name: string; readonly recorded: string; readonly found: string };

/**
 * Sites that go by a name of the record and are other clusters: a context was pointed elsewhere meanwhile. Where either uid is not known,
 * nothing speaks against it: a site that is dark must not keep the other one from going on.
 */
export const otherClusters = (
  { from, to }: { readonly from: OperationSite; readonly to: OperationSite },
  seen: readonly SeenCluster[],
): readonly OtherCluster[] =>
  seen.flatMap(({ name, uid }) => {
    const recorded = [from, to].find((site) => site.name === name)?.clusterUid;
    if (recorded === undefined || !uid.known || uid.value === '' || uid.value === recorded) return [];
    return [{ name, recorded, found: uid.value }];
  });
