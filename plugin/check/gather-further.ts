import type { CheckFacts } from '../../core/check/facts.ts';
import { furtherAsked } from '../../core/check/further-asked.ts';
import type { FurtherKind, FurtherLists } from '../../core/check/further-lists.ts';
import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { resources } from '../../core/model/resource.ts';
import { isNotServed } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';
import type { Scope } from '../status/gather-site.ts';

/** The objects of one kind, of all but StatefulSets and ResourceQuotas nothing but metadata; a kind that is not served has none. */
export const listMetadata = async (
  { cluster, name }: Site,
  kind: FurtherKind,
  { namespace, signal }: Scope,
): Promise<Reading<readonly KubernetesObject[]>> => {
  const resource = resources[kind];
  try {
    const { items } = await cluster.listAll<KubernetesObject>(resource, {
      ...(resource.namespaced && namespace !== undefined && { namespace }),
      // Names and labels are enough, and what is in a Secret is none of our business.
      metadataOnly: kind !== 'statefulSets' && kind !== 'resourceQuotas',
      signal,
    });
    return known(items);
  } catch (error) {
    signal.throwIfAborted();
    if (isNotServed(error)) return known([]);
    return unknown(
      `${resource.plural} of ${name} cannot be read: ${messageOf(error).replace(`${name}: `, '')}`,
    );
  }
};

/** Reads what the checks need beside, in one more round of parallel lists; nothing where nothing asks for it. */
export const gatherFurther = (
  sites: readonly Site[],
  facts: CheckFacts,
  scope: Scope,
): Promise<readonly FurtherLists[]> =>
  Promise.all(
    sites.map(async (site): Promise<FurtherLists> => {
      const { context } = site;
      const shown = facts.sites.find((it) => it.site.context === context);
      const kinds = shown === undefined ? [] : furtherAsked(facts, shown);
      const read = await Promise.all(
        kinds.map(async (kind) => [kind, await listMetadata(site, kind, scope)] as const),
      );
      return { context, lists: Object.fromEntries(read) };
    }),
  );
