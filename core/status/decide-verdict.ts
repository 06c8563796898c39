import { operationRunning, operationStopped, withOperation } from './check-operation.ts';
import {
  attemptFailing,
  changeRunning,
  controllerIdle,
  copyApart,
  replicationDeleting,
  severalReplications,
  splitBrainAtDriver,
  unknownToDriver,
} from './check-progress.ts';
import {
  anotherVolume,
  identityUnknown,
  noPrimary,
  notReplicated,
  replicaWithoutPeer,
  siteUnreadable,
  splitBrain,
  twoWantPrimary,
} from './check-roles.ts';
import {
  healthy,
  imageGone,
  lagging,
  neverSynced,
  noLongerFollowed,
  primaryDegraded,
  scheduleUnknown,
} from './check-sync.ts';
import type { PairFacts } from './facts.ts';
import { oneCluster } from './same-cluster.ts';
import { type Verdict, type VerdictCheck, verdict } from './verdict.ts';

/** The specification of the verdict: in this order, and the first that answers decides. */
export const verdictChecks: readonly VerdictCheck[] = [
  oneCluster, // one cluster that is taken for two
  siteUnreadable, // half of the facts are missing
  splitBrain, // two primaries: worse than anything below
  notReplicated, // nothing protects it
  replicationDeleting, // protection is being taken away
  severalReplications, // two objects fight over one volume
  twoWantPrimary, // one step away from two primaries
  operationRunning, // a procedure is at it: what follows is what it waits for, or mends
  unknownToDriver, // a driver that does not find the volume: going on with a move comes to nothing
  operationStopped, // no primary, by a procedure that stopped: nothing of what follows brings one back
  controllerIdle, // the spec is newer than the status
  copyApart, // a replica was demoted with writes of its own
  splitBrainAtDriver, // a replica fails in the words of a split brain
  attemptFailing, // the last attempt failed
  changeRunning, // between two states
  anotherVolume, // two different volumes for sure
  identityUnknown, // perhaps two different volumes
  replicaWithoutPeer, // nothing is known of the primary
  noPrimary, // both demoted
  imageGone, // there is nothing to mirror
  primaryDegraded, // the driver says so
  noLongerFollowed, // the copy followed once
  neverSynced, // nothing has arrived yet
  scheduleUnknown, // lag cannot be judged
  lagging, // too old a copy
  healthy,
];

/** The verdict of the pair for one volume. Pure: the same facts always give the same verdict. */
export const decideVerdict = (facts: PairFacts): Verdict => {
  for (const check of verdictChecks) {
    const found = check(facts);
    if (found !== undefined) return withOperation(found, facts);
  }
  return verdict('Unknown', {
    reason: 'Undecided',
    message: 'the roles of the two sites fit no known state',
  });
};
