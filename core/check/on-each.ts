import { readingOf } from '../model/reading-of.ts';
import type { VolumeStatus } from '../status/assess.ts';
import type { Replication } from '../status/replication.ts';
import type { SiteVolume } from '../status/site-volumes.ts';
import type { CheckFacts, SiteFacts } from './facts.ts';
import type { Seen } from './finding.ts';

/** Why a site tells nothing about volumes. One that does not answer says it once, in a finding of its own. */
const whyDark = ({ site, objects, replicationDefinition }: SiteFacts, why: string): string => {
  const isAway =
    !objects.known && !(replicationDefinition.known && replicationDefinition.value === undefined);
  return isAway ? `${site.name} cannot be read` : why;
};

/** What a look shows; where something that it needs was not read, that it is not known, and why. */
const orGap = (site: SiteFacts, look: () => readonly Seen[]): readonly Seen[] => {
  const seen = readingOf(look);
  return seen.known ? seen.value : [{ unknown: whyDark(site, seen.why) }];
};

/** Looks at each site; what cannot be known of one leaves the others alone. */
export const onEachSite = (facts: CheckFacts, look: (site: SiteFacts) => readonly Seen[]): readonly Seen[] =>
  facts.sites.flatMap((site) => orGap(site, () => look(site)));

/** A volume that was asked for, on a site where something protects it. */
export type ProtectedSide = {
  readonly site: SiteFacts;
  readonly volume: SiteVolume;
  readonly replication: Replication;
  readonly status: VolumeStatus;
};

const sidesOn = (site: SiteFacts, { volumes }: CheckFacts): ProtectedSide[] =>
  volumes.flatMap((status) => {
    const side = status.sides.find((candidate) => candidate.site.context === site.site.context);
    const replication = side?.volume?.replication;
    return side?.volume === undefined || replication === undefined
      ? []
      : [{ site, volume: side.volume, replication, status }];
  });

/** Looks at each protected volume on each site where it is protected. A site that was not read is unknown as a whole. */
export const onEachProtected = (
  facts: CheckFacts,
  look: (side: ProtectedSide) => readonly Seen[],
): readonly Seen[] =>
  facts.sites.flatMap((site) =>
    site.objects.known
      ? sidesOn(site, facts).flatMap((side) => orGap(site, () => look(side)))
      : [{ unknown: whyDark(site, site.objects.why) }],
  );

/** The same for checks that need all volumes of a site at once. */
export const onEachSiteOfVolumes = (
  facts: CheckFacts,
  look: (site: SiteFacts, sides: readonly ProtectedSide[]) => readonly Seen[],
): readonly Seen[] =>
  facts.sites.flatMap((site) =>
    site.objects.known
      ? orGap(site, () => look(site, sidesOn(site, facts)))
      : [{ unknown: whyDark(site, site.objects.why) }],
  );

/** `claim shop/db`, `claim shop/db and 3 more`: of many the first tells enough. */
export const firstOf = (names: readonly string[]): string => {
  const [first = '', ...others] = [...new Set(names)];
  return others.length === 0 ? first : `${first} and ${others.length} more`;
};
