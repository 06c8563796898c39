import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { resources } from '../../core/model/resource.ts';
import type { Site } from '../door/clusters.ts';
import { tryList } from './list-objects.ts';

type CsiNode = KubernetesObject & { spec?: { drivers?: readonly { name: string }[] | null } };

/**
 * Names of the CSI drivers that a CSIDriver or a CSINode tells of. Unknown where one of these cannot be read and the other does not
 * tell of all the drivers that are looked for.
 */
export const readDrivers = async (
  site: Site,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Reading<ReadonlySet<string>>> => {
  const [objects, nodes] = await Promise.all([
    tryList(site, resources.csiDrivers, signal),
    tryList<CsiNode>(site, resources.csiNodes, signal),
  ]);
  const found = new Set([
    ...(objects.known ? objects.value.map(({ metadata }) => metadata.name ?? '') : []),
    ...(nodes.known ? nodes.value.flatMap(({ spec }) => spec?.drivers?.map(({ name }) => name) ?? []) : []),
  ]);
  if ([...wanted].every((driver) => found.has(driver))) return known(found);
  const unread = [objects, nodes].find((one) => !one.known);
  if (unread?.known === false) return unknown(unread.why);
  // Nothing registers drivers there: no kubelet runs, as in a sandbox.
  return found.size === 0 ? unknown('no CSI driver is registered there at all') : known(found);
};
