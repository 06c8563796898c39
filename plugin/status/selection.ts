import type { VolumeStatus } from '../../core/status/assess.ts';
import type { Selection } from '../selection/parse-selection.ts';

/** Claims that carry the labels, per site (by context), as `namespace/name`; undefined where no labels were asked for. */
export type LabelledClaims = ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** Keeps what was asked for: a volume counts when one of its sides does. */
export const selectVolumes = (
  volumes: readonly VolumeStatus[],
  { claims, replications }: Selection,
  labelled: LabelledClaims,
): VolumeStatus[] => {
  const isNamed = ({ sides }: VolumeStatus): boolean =>
    sides.some(
      ({ volume }) =>
        volume !== undefined &&
        (claims.includes(volume.claimName) || replications.includes(volume.replication?.name ?? '')),
    );
  const isLabelled = ({ sides }: VolumeStatus): boolean =>
    sides.some(
      ({ site, volume }) =>
        volume !== undefined && labelled?.get(site.context)?.has(`${volume.namespace}/${volume.claimName}`),
    );
  const hasNames = claims.length + replications.length > 0;
  return volumes
    .filter((volume) => !hasNames || isNamed(volume))
    .filter((volume) => labelled === undefined || isLabelled(volume));
};

/** Names that were asked for and are on neither site. */
export const missingNames = (
  volumes: readonly VolumeStatus[],
  { claims, replications }: Selection,
): string[] => {
  const sides = volumes.flatMap((volume) => volume.sides);
  const hasClaim = (name: string) => sides.some(({ volume }) => volume?.claimName === name);
  const hasReplication = (name: string) => sides.some(({ volume }) => volume?.replication?.name === name);
  return [
    ...claims.filter((name) => !hasClaim(name)).map((name) => `persistentvolumeclaims "${name}"`),
    ...replications.filter((name) => !hasReplication(name)).map((name) => `volumereplications "${name}"`),
  ];
};
