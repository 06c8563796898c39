import type { AdviceFacts } from '../advice-facts.ts';
import type { Wish } from '../replication-facts.ts';
import { changeAsked } from './change-asked.ts';

/** What cannot be excluded without a look at the other site; undefined for changes that need none. */
const riskOf = (before: Wish | undefined, { replicationState, autoResync }: Wish): string | undefined => {
  const isNewState = before?.replicationState !== replicationState;
  if (replicationState === 'primary' && isNewState) return 'makes a second primary';
  const overwrites =
    (replicationState === 'resync' && isNewState) ||
    (replicationState === 'secondary' && autoResync && (isNewState || !before?.autoResync));
  return overwrites ? 'overwrites the only good copy' : undefined;
};

/** DR305. Without a peer the guard cannot judge these changes, and lets them pass unless it is told otherwise. */
export const noPeer = (facts: AdviceFacts): string | undefined => {
  const asked = changeAsked(facts);
  if (asked?.peer.state !== 'not-configured') return undefined;
  const { before, after, change } = asked;
  const risk = riskOf(before, after);
  return (
    risk &&
    `no other site is known, so nobody can tell whether ${change.kind} ${change.name} ${risk}: ` +
      'look there first, and give dr-webhook the other site with --peer-kubeconfig'
  );
};
