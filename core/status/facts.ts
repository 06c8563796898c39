import type { Followed } from '../following/followed.ts';
import type { VolumeIdentity } from '../model/persistent-volume.ts';
import type { VolumeOperation } from '../operation/operation-of-volume.ts';
import type { Lag } from './lag.ts';
import type { RoleReading } from './role.ts';
import type { SiteVolume } from './site-volumes.ts';
import type { SiteName } from './snapshot.ts';

/** What is known of one volume on one site. */
export type SideFacts = {
  readonly site: SiteName;
  /** Why the site could not be read; undefined where it was. */
  readonly unreadable: string | undefined;
  /** It could not be read for want of credentials alone. */
  readonly isRefused?: boolean;
  readonly role: RoleReading;
  readonly volume: SiteVolume | undefined;
};

/** The record that every check of the verdict reads. */
export type PairFacts = {
  readonly namespace: string;
  readonly claimName: string;
  readonly here: SideFacts;
  /** Undefined when no peer is configured. */
  readonly there: SideFacts | undefined;
  /** Why the two sides could not be matched by the volume's identity. */
  readonly unmatched: string | undefined;
  /** Why both sides are one cluster under two addresses; left out where nothing tells so. */
  readonly sameCluster?: string | undefined;
  /** The volume that the claim of this name has on the other site, where that is another one. */
  readonly another: { readonly site: SiteName; readonly identity: VolumeIdentity } | undefined;
  /** The site that has no claim for the volume; undefined where it has one, and where nobody knows. */
  readonly withoutClaim: SiteName | undefined;
  readonly lag: Lag;
  /** Whether the other site has followed the only primary since its promote; undefined where there is none. */
  readonly followed: Followed | undefined;
  /** The last whole procedure on the volume; undefined also where nobody could read of one. */
  readonly operation: VolumeOperation | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** The sides there are: one without a peer, else two. */
export const sidesOf = ({ here, there }: Pick<PairFacts, 'here' | 'there'>): SideFacts[] =>
  there === undefined ? [here] : [here, there];

/** The one side that is primary; undefined when there is none, or more than one. */
export const onlyPrimaryOf = (facts: Pick<PairFacts, 'here' | 'there'>): SideFacts | undefined => {
  const primaries = sidesOf(facts).filter(({ role }) => role.role === 'primary');
  return primaries.length === 1 ? primaries[0] : undefined;
};
