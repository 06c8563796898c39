import { nameOf, nameText } from './object-name.ts';
import type { Target } from './target.ts';
import type { Wanted } from './wanted.ts';

/** What could not be read of the target, and what is therefore not looked at: one sentence each. */
export const doubtsAbout = (target: Target, { volumes, others, claimRef }: Wanted): readonly string[] => {
  const drivers = new Set(volumes.flatMap(({ volume }) => volume.spec?.csi?.driver ?? []));
  return [
    ...(target.drivers.known
      ? []
      : [
          `whether ${target.site.name} has driver ${[...drivers].join(', ')} is unknown: ${target.drivers.why}`,
        ]),
    ...(target.quotas.known ? [] : [`quotas of ${target.site.name} are unknown: ${target.quotas.why}`]),
    ...(target.storageClasses.known
      ? []
      : [`PVs keep the secrets of the source site: ${target.storageClasses.why}`]),
    ...(target.clusterUid.known
      ? []
      : [
          `that ${target.site.name} is another cluster than the source is not certain: ${target.clusterUid.why}`,
        ]),
    ...others
      .filter(({ object }) => target.unservedKinds.has(object.kind ?? ''))
      .map(
        ({ object }) =>
          `${nameText(nameOf(object))} is not restored: ${target.site.name} does not serve its kind, and nothing can be promoted there before its CRDs are installed`,
      ),
    ...(claimRef === 'reserve'
      ? []
      : ['PVs are open until they are bound (--claim-ref=remove): any claim that fits can take one']),
  ];
};
