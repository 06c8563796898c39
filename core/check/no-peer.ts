import type { CheckFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';

const ofPair = ({ sites }: CheckFacts): readonly Seen[] => {
  const [here, there] = sites;
  if (here === undefined || there !== undefined) return [];
  return [
    finding('DR305', 'warning', {
      site: here,
      message:
        'no other site is known: nobody can tell whether it is ready, or primary; name it with --peer-context',
      next: 'kubectl config get-contexts',
    }),
  ];
};

/** DR305. A pair of which one half is not known. */
export const noPeer: Check = { name: 'Peer', codes: ['DR305'], look: ofPair };
