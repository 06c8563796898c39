import type { SiteSnapshot } from './snapshot.ts';
import { type VerdictCheck, verdict } from './verdict.ts';

const claimsOf = ({ objects }: SiteSnapshot) =>
  objects.known && objects.value.claims.known ? objects.value.claims.value : [];

/** A claim that both sites have under one uid: API servers give each uid once. */
const sharedClaim = (here: SiteSnapshot, there: SiteSnapshot): string | undefined => {
  const uids = new Set(claimsOf(here).map(({ metadata }) => metadata.uid));
  const shared = claimsOf(there).find(({ metadata: { uid } }) => uid !== undefined && uids.has(uid));
  return shared && `${shared.metadata.namespace}/${shared.metadata.name}`;
};

/**
 * Why two sites are one cluster under two addresses; undefined where nothing tells so. Of one cluster that is taken for two, each primary
 * would be a split brain, and each replica a volume without a primary.
 */
export const whyOneCluster = (here: SiteSnapshot, there: SiteSnapshot): string | undefined => {
  const claim = sharedClaim(here, there);
  return (
    claim &&
    `${here.site.name} and ${there.site.name} are one cluster: claim ${claim} has the same uid on both; name the kubeconfig and context of the other site`
  );
};

/** Nothing that is seen of one cluster as if it were two says anything about a volume. */
export const oneCluster: VerdictCheck = ({ sameCluster }) =>
  sameCluster === undefined
    ? undefined
    : verdict('Unknown', { reason: 'SameCluster', message: sameCluster, next: undefined });
