import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { type ClaimKey, claimKeyText, claimRefKey, keyOfClaim } from '../protection/claims-of-volume.ts';
import { sourceKeyOf } from '../protection/protectors.ts';
import { nameKey, nameOf } from './object-name.ts';
import { selectObjects } from './select-objects.ts';
import { sortObjects } from './sort-objects.ts';

/** What of some objects some claims need: they themselves, their PVs and replications, classes, configuration, and what mounts them. */
export const objectsOfClaims = (
  objects: readonly KubernetesObject[],
  claims: readonly ClaimKey[],
): readonly KubernetesObject[] => {
  const sorted = sortObjects(
    objects.map((object) => ({ object, origin: '' })),
    { withWorkloads: true },
  );
  const wanted = new Set(claims.map(claimKeyText));
  const parts = [...Map.groupBy(claims, ({ namespace }) => namespace)].map(([namespace, members]) =>
    selectObjects(sorted, { namespace, claims: members.map(({ name }) => name), labels: undefined }),
  );
  const chosen = parts.flatMap((part) => [...part.claims, ...part.others]);
  const ownClaims = sorted.claims.filter((claim) => wanted.has(claimKeyText(keyOfClaim(claim))));
  const names = new Set(ownClaims.map(({ spec }) => spec?.volumeName));
  const volumes = sorted.volumes.filter((volume) => {
    const key = claimRefKey(volume);
    return names.has(volume.metadata.name) || (key !== undefined && wanted.has(claimKeyText(key)));
  });
  const replications = sorted.replications.filter((it) => wanted.has(sourceKeyOf(it) ?? ''));
  const namespaces = new Set(claims.map(({ namespace }) => namespace));
  const groups = sorted.groups.filter(({ metadata }) => namespaces.has(metadata.namespace ?? ''));
  const all = new Set<KubernetesObject>([...chosen, ...volumes, ...replications, ...groups]);
  return objects.filter((object) => all.has(object));
};

/** Objects of several sources, the one that counts more first: each name is taken from the first that has it. */
export const firstOfEachName = <T extends { readonly object: KubernetesObject }>(
  sources: readonly (readonly T[])[],
): T[] => {
  const taken = new Set<string>();
  return sources.flatMap((objects) => {
    const fresh = objects.filter(({ object }) => !taken.has(nameKey(nameOf(object))));
    for (const { object } of fresh) taken.add(nameKey(nameOf(object)));
    return fresh;
  });
};
