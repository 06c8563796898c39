import { shellWord, typeAndName } from '../rules/guard/commands.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachProtected, type ProtectedSide } from './on-each.ts';

/** Why autoResync should not be on; undefined where it heals the return after a disaster. */
const whatIsWrong = ({ site, replication, status }: ProtectedSide): string | undefined => {
  if (replication.wants === 'primary') return 'stays on for the next demotion';
  const other = status.sides.find((side) => side.site.context !== site.site.context);
  return other?.role.role === 'primary' ? undefined : 'is on while the other site is not known to be primary';
};

const ofSide = (side: ProtectedSide): readonly Seen[] => {
  const { site, replication } = side;
  if (!replication.autoResync || replication.wants === 'resync') return [];
  const wrong = whatIsWrong(side);
  if (wrong === undefined) return [];
  const { kind, namespace, name } = replication;
  return [
    finding('DR306', 'warning', {
      site,
      object: { kind, namespace, name },
      message: `autoResync ${wrong}: on a planned move it can wipe a healthy copy`,
      next: `${site.site.kubectl} -n ${shellWord(namespace)} patch ${typeAndName({ kind, name })} --type=merge -p '{"spec":{"autoResync":false}}'`,
    }),
  ];
};

/** DR306. autoResync belongs to the return after a disaster alone, on the side whose data is given up. */
export const autoResync: Check = {
  name: 'AutoResync',
  codes: ['DR306'],
  look: (facts) => onEachProtected(facts, ofSide),
};
