import type { AdviceFacts } from '../advice-facts.ts';
import { becomesPrimary, startsResync } from '../guard/replication-intent.ts';
import type { ReplicationChange } from '../replication-facts.ts';
import { changeAsked } from './change-asked.ts';

/** What cannot be excluded without a look at the other site; undefined for changes that need none. */
const riskOf = (change: ReplicationChange): string | undefined => {
  if (becomesPrimary(change)) return 'makes a second primary';
  return startsResync(change) === undefined ? undefined : 'overwrites the only good copy';
};

/** DR305. Without a peer the guard cannot judge these changes, and lets them pass unless it is told otherwise. */
export const noPeer = (facts: AdviceFacts): string | undefined => {
  const asked = changeAsked(facts);
  if (asked?.peer.state !== 'not-configured') return undefined;
  const { change } = asked;
  const risk = riskOf(change);
  return (
    risk &&
    `no other site is known, so nobody can tell whether ${change.kind} ${change.name} ${risk}: ` +
      'look there first, and give dr-webhook the other site with --peer-kubeconfig'
  );
};
