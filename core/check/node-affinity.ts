import { meetsSelector, type NodeSelector, nodeAffinityOf, selectorText } from '../model/node-selector.ts';
import { type PersistentVolume, volumeIdentityKey } from '../model/persistent-volume.ts';
import { knownValue } from '../model/reading-of.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import type { VolumeStatus } from '../status/assess.ts';
import { type CheckFacts, peerOf, type SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { furtherList } from './further-list.ts';
import { onEachSite } from './on-each.ts';

/** A PV with a demand on nodes, and the site that it is on. */
export type Placed = {
  readonly pv: PersistentVolume;
  readonly on: SiteFacts;
  readonly selector: NodeSelector;
};

const placedOf = (site: SiteFacts, pv: PersistentVolume): Placed[] => {
  const selector = nodeAffinityOf(pv);
  return selector === undefined ? [] : [{ pv, on: site, selector }];
};

const pvsOf = ({ identity }: VolumeStatus, site: SiteFacts): readonly PersistentVolume[] => {
  if (identity === undefined) return [];
  knownValue(knownValue(site.objects).volumes);
  return site.view.volumesOf(volumeIdentityKey(identity));
};

const isProtected = ({ sides }: VolumeStatus): boolean =>
  sides.some(({ volume }) => volume?.replication !== undefined);

const isPrimaryOn = ({ sides }: VolumeStatus, { site }: SiteFacts): boolean =>
  sides.some((side) => side.site.context === site.context && side.role.role === 'primary');

/**
 * The PVs by which a volume is mounted on a site, or would be after a move: its own there, else the one that is restored from the other
 * site. Where it is primary, its pods may have been there before a label went, and none comes up after a move with a PV of the other site.
 */
export const placedOn = (facts: CheckFacts, target: SiteFacts): readonly Placed[] => {
  const source = peerOf(facts, target);
  if (source === undefined) return [];
  return facts.volumes.flatMap((volume) => {
    if (!isProtected(volume)) return [];
    const own = pvsOf(volume, target);
    if (own.length > 0) return own.flatMap((pv) => placedOf(target, pv));
    if (isPrimaryOn(volume, target)) return [];
    return pvsOf(volume, source).flatMap((pv) => placedOf(source, pv));
  });
};

const judge = (facts: CheckFacts, target: SiteFacts, { pv, on, selector }: Placed): readonly Seen[] => {
  if (furtherList(facts, target, 'nodes').some((node) => meetsSelector(node, selector))) return [];
  const name = pv.metadata.name ?? '';
  const where = on === target ? 'here' : `on ${on.site.name}, and is restored with the same`;
  return [
    finding('DR430', 'error', {
      site: target,
      object: { kind: 'PersistentVolume', name },
      message: oneLine(
        `has a node affinity ${where} that no node of ${target.site.name} meets (${selectorText(selector)}): pods that mount it there stay Pending, and the field cannot be changed afterwards`,
        600,
      ),
      next: `${on.site.kubectl} get pv ${shellWord(name)} -o yaml`,
    }),
  ];
};

/** DR430. A provisioner notes the topology of its own site, which the other one does not have. */
export const nodeAffinity: Check = {
  name: 'NodeAffinity',
  codes: ['DR430'],
  look: (facts) =>
    onEachSite(facts, (target) => placedOn(facts, target).flatMap((placed) => judge(facts, target, placed))),
};
