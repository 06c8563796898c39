import { knownValue, readingOf } from '../model/reading-of.ts';
import { managersOfReplication } from '../protection/managers-of-replication.ts';
import { protectorsOf } from '../protection/protectors.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachProtected, type ProtectedSide } from './on-each.ts';

const words = { VolumeReplication: 'vr', VolumeGroupReplication: 'vgr' } as const;

const ofSide = ({ site, volume, replication }: ProtectedSide): readonly Seen[] => {
  const key = { namespace: volume.namespace, name: volume.claimName };
  const claim = readingOf(() => site.view.claim(key));
  const protectors = knownValue(protectorsOf(site.view, key, claim.known ? claim.value : undefined));
  const own = protectors.find(({ object }) => object.metadata.name === replication.name);
  if (own === undefined) return [];
  const { namespace, name } = replication;
  return managersOfReplication(own).map((manager) =>
    finding('DR434', 'warning', {
      site,
      object: { kind: replication.kind, namespace, name },
      message: `is not ours alone: ${manager.name} ${manager.warning}`,
      next: `${site.site.kubectl} -n ${shellWord(namespace)} get ${words[replication.kind]} ${shellWord(name)} -o yaml`,
    }),
  );
};

/** A group stands for many claims, and is told once. */
const once = (seen: readonly Seen[]): readonly Seen[] => [
  ...new Map(seen.map((it) => [JSON.stringify(it), it])).values(),
];

/** DR434. Whoever else wants a state writes it again, in the middle of a move as well. */
export const managedReplications: Check = {
  name: 'ManagedReplications',
  codes: ['DR434'],
  look: (facts) => once(onEachProtected(facts, ofSide)),
};
