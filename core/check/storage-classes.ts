import { shellWord } from '../rules/guard/commands.ts';
import { type CheckFacts, peerOf, type SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { firstOf, onEachSiteOfVolumes, type ProtectedSide } from './on-each.ts';

const judge = (
  site: SiteFacts,
  peer: SiteFacts,
  name: string,
  sides: readonly ProtectedSide[],
): readonly Seen[] => {
  const [ours, theirs] = [site.view.storageClass(name), peer.view.storageClass(name)];
  const claims = firstOf(sides.map(({ volume }) => `${volume.namespace}/${volume.claimName}`));
  const says = (message: string): readonly Seen[] => [
    finding('DR404', 'error', {
      site: peer,
      object: { kind: 'StorageClass', name },
      message,
      next: `${site.site.kubectl} get storageclass ${shellWord(name)} -o yaml`,
    }),
  ];
  if (theirs === undefined)
    return says(
      `is not there, and claim ${claims} of ${site.site.name} names it: it cannot be restored here`,
    );
  if (ours === undefined || ours.provisioner === theirs.provisioner) return [];
  return says(
    `has provisioner ${theirs.provisioner}, and ${ours.provisioner} on ${site.site.name}: claim ${claims} does not fit it here`,
  );
};

const ofSite = (facts: CheckFacts, site: SiteFacts, sides: readonly ProtectedSide[]): readonly Seen[] => {
  const peer = peerOf(facts, site);
  if (peer === undefined) return [];
  const byClass = Map.groupBy(sides, ({ volume }) => volume.storageClassName);
  return [...byClass].flatMap(([name, using]) => (name ? judge(site, peer, name, using) : []));
};

/** DR404. A claim carries the name of its StorageClass to the other site, which needs one of that name and driver. */
export const storageClasses: Check = {
  name: 'StorageClasses',
  codes: ['DR404'],
  look: (facts) => onEachSiteOfVolumes(facts, (site, sides) => ofSite(facts, site, sides)),
};
