import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import { mayBePromoted } from '../../core/plan/asked-for-primary.ts';
import type { Sites } from '../door/clusters.ts';

/**
 * Whether an operation may have promoted a volume where it was going to. Its record says so before it asks, and the promote may have been
 * refused, by the guard or by the driver, or the run killed in between: then there is nothing that would have to be moved back. A site that cannot be read may be primary.
 */
export const hasPromoted = async (
  { pointOfNoReturnAt, phase, to, volumes }: Operation,
  { here, there }: Sites,
  signal: AbortSignal,
): Promise<boolean> => {
  if (phase === 'Succeeded') return true;
  if (pointOfNoReturnAt === undefined) return false;
  const site = [here, there].find((it) => it?.name === to.name);
  if (site === undefined) return true;
  const claims = Map.groupBy(volumes, ({ namespace }) => namespace);
  const asksIn = async (namespace: string): Promise<boolean> => {
    const names = new Set(claims.get(namespace)?.map((it) => it.persistentVolumeClaim));
    const { items } = await site.cluster.listAll<VolumeReplication>(resources.volumeReplications, {
      namespace,
      signal,
    });
    return items.some((item) => names.has(item.spec.dataSource.name) && mayBePromoted(item));
  };
  try {
    return (await Promise.all([...claims.keys()].map(asksIn))).includes(true);
  } catch {
    signal.throwIfAborted();
    return true;
  }
};
