import type { AdviceFacts } from '../advice-facts.ts';
import { askFor } from '../guard/commands.ts';
import type { PeerView } from '../peer-view.ts';
import type { Wish } from '../replication-facts.ts';
import { type ChangeAsked, changeAsked } from './change-asked.ts';

/** After a disaster the peer is primary while this side is demoted, and a resync heals. In a planned move nobody is primary. */
const nobodyElseIsPrimary = ({ state }: PeerView): boolean =>
  state === 'not-primary' || state === 'not-configured';

const wasPrimary = ({ before, change }: ChangeAsked): boolean =>
  before?.replicationState === 'primary' || change.state === 'Primary';

const isNewlyAsked = (before: Wish | undefined, after: Wish): boolean =>
  !before?.autoResync || before.replicationState !== after.replicationState;

const factOf = (asked: ChangeAsked): string | undefined => {
  const { before, after, peer } = asked;
  if (!after.autoResync || !isNewlyAsked(before, after)) return undefined;
  if (after.replicationState === 'primary') return 'stays on for the next demotion';
  const isDemotion = after.replicationState === 'secondary' && wasPrimary(asked);
  return isDemotion && nobodyElseIsPrimary(peer) ? 'is on while the other site is not primary' : undefined;
};

/**
 * DR306. RBD can report a split brain right after a demotion that was planned; with autoResync the healthy copy is wiped
 * then (ceph/ceph-csi#3209). autoResync belongs to the return after a disaster alone.
 */
export const autoResyncOnPlannedMove = (facts: AdviceFacts): string | undefined => {
  const asked = changeAsked(facts);
  const fact = asked && factOf(asked);
  if (asked === undefined || fact === undefined) return undefined;
  const { change, after } = asked;
  return (
    `autoResync of ${change.kind} ${change.name} ${fact}: on a planned move it can wipe a healthy copy. ` +
    `Switch it off: ${askFor(change, { ...after, autoResync: false })}`
  );
};
