import type { GuardFacts } from '../guard-facts.ts';
import type { ReplicationChange, ReplicationFacts, Wish } from '../replication-facts.ts';

/** What a replication's change wants to do; who gathers facts asks the other site only where one of these says so. */
type Intent<Answer> = (change: Pick<ReplicationChange, 'operation' | 'before' | 'after' | 'state'>) => Answer;

/** It asks for primary, and did not before. */
export const becomesPrimary: Intent<boolean> = ({ before, after }) =>
  after?.replicationState === 'primary' && before?.replicationState !== 'primary';

/** It is new, or becomes primary: the moments at which claim, volume and class have to be in order. */
export const takesUpVolume: Intent<boolean> = (change) =>
  change.operation === 'CREATE' || becomesPrimary(change);

/** `autoResync` acts on a secondary only; on a primary it waits for the demotion, which is judged then. */
const resyncsByItself = (wish: Wish | undefined): boolean =>
  wish?.replicationState === 'secondary' && wish.autoResync;

/** It lets this site's copy be overwritten, and did not before; undefined where it does not. */
export const startsResync: Intent<'resync' | 'autoResync' | undefined> = ({ before, after }) => {
  if (after?.replicationState === 'resync' && before?.replicationState !== 'resync') return 'resync';
  return resyncsByItself(after) && !resyncsByItself(before) ? 'autoResync' : undefined;
};

/**
 * It takes a volume that is primary, or may be, to another role: the spec asked for primary before, or the status is not
 * known to be Secondary. A new replication that does not ask for primary demotes whatever the volume was.
 */
export const leavesPrimary: Intent<boolean> = ({ operation, before, after, state }) => {
  if (after === undefined || after.replicationState === 'primary') return false;
  if (operation === 'CREATE') return true;
  if (before?.replicationState === after.replicationState) return false;
  return before?.replicationState === 'primary' || state !== 'Secondary';
};

/** Whether the other site has to be asked who is primary. */
export const needsPeer: Intent<boolean> = (change) =>
  becomesPrimary(change) || startsResync(change) !== undefined;

/** The facts of a replication that is judged by itself; undefined for another subject, or where its group was judged. */
export const judgedReplication = (facts: GuardFacts): ReplicationFacts | undefined =>
  facts.subject === 'replication' && !facts.change.followsGroup ? facts : undefined;
