import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject, OwnerReference } from '../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type OwnerLookup, ownerChain } from '../../core/workload/owner-chain.ts';
import type { Site } from '../door/clusters.ts';
import { createDiscovery } from '../door/discover-kinds.ts';

/**
 * Reads the controllers of some objects, and theirs, up to the top. One that cannot be read ends its chain: what is beneath it is known
 * all the same.
 */
export const followOwners = async (
  site: Site,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<OwnerLookup> => {
  const discover = createDiscovery(site, signal);
  const readings = new Map<string, Reading<KubernetesObject>>();
  const lookup: OwnerLookup = ({ uid }) => readings.get(uid);
  const read = async (owner: OwnerReference, namespace: string): Promise<void> => {
    try {
      const found = await discover(owner);
      if (found === undefined) throw new Error(`kind ${owner.kind} of ${owner.apiVersion} is not served`);
      const { resource } = found;
      const key = { name: owner.name, ...(resource.namespaced && { namespace }) };
      readings.set(owner.uid, known(await site.cluster.get(resource, key, { signal })));
    } catch (error) {
      signal.throwIfAborted();
      readings.set(owner.uid, unknown(messageOf(error)));
    }
  };
  for (;;) {
    const open = new Map(
      objects.flatMap((object) => {
        const { namespace = '' } = object.metadata;
        const [unread] = ownerChain(object, namespace, lookup).filter(({ reading }) => reading === undefined);
        return unread === undefined ? [] : [[unread.owner.uid, { owner: unread.owner, namespace }] as const];
      }),
    );
    if (open.size === 0) return lookup;
    await Promise.all([...open.values()].map(({ owner, namespace }) => read(owner, namespace)));
  }
};
