import { type ReplicationState, replicationNames } from '../model/volume-replication.ts';
import type { Answers } from './answer.ts';
import { destinationPending, replicationUnknown } from './condition-sets.ts';
import { stepToDeletion } from './deletion.ts';
import { currentState, type Facts, isDeleting } from './facts.ts';
import { type Obstacle, type Prepared, prepare } from './prerequisites.ts';
import { stepToPrimary } from './primary.ts';
import { stepBeforePromotion } from './refuse-unsafe.ts';
import { stepToResync, stepToSecondary } from './secondary.ts';
import { backoff, longestBackoffMs, type Requeue, type Step } from './step.ts';

const stepTo: Readonly<
  Record<ReplicationState, (facts: Facts, answers: Answers, prepared: Prepared) => Step>
> = { primary: stepToPrimary, secondary: stepToSecondary, resync: stepToResync };

const explain = (obstacle: Obstacle): Step =>
  obstacle.code === 'NotOurs'
    ? { do: 'ignore' }
    : {
        do: 'finish',
        status: { message: obstacle.message, conditions: obstacle.conditions },
        requeue: obstacle.retry ? { when: 'after', ms: longestBackoffMs } : { when: 'never' },
        notes: [{ type: 'Warning', reason: obstacle.code, message: obstacle.message }],
      };

/** What the spec asks for is there: only the sync information is followed. */
const isSteadyPrimary = (facts: Facts): boolean =>
  facts.replication.spec.replicationState === 'primary' && currentState(facts) === 'Primary';

/** The driver does not answer. A primary stays one, and only its replication is unknown; all else waits and says so. */
const waitForDriver = (facts: Facts): Step | undefined => {
  if (facts.driver.state === 'ready') return undefined;
  const { reason, lostInCall = false } = facts.driver;
  const requeue: Requeue = lostInCall ? backoff : { when: 'driver-ready' };
  if (isSteadyPrimary(facts)) {
    return {
      do: 'finish',
      status: { message: 'volume is marked primary', conditions: replicationUnknown('volume', reason) },
      requeue,
      notes: [],
    };
  }
  return {
    do: 'finish',
    // What was reached for an earlier spec must not look like the answer to this one.
    status: {
      message: lostInCall
        ? `the driver was lost during a call, which is made again later: ${reason}`
        : `waiting for the driver: ${reason}`,
      conditions: [],
      isUnacted: true,
    },
    requeue,
    notes: [{ type: 'Warning', reason: 'DriverUnavailable', message: reason }],
  };
};

/**
 * A claim of the same name that nobody has marked, although this object has reached a state: it was deleted and made again,
 * perhaps for another volume, of which that state says nothing.
 */
const noticeNewClaim = (facts: Facts, { claim, volumeHandle }: Prepared): Step | undefined => {
  const isMarked = claim.metadata.annotations?.[replicationNames.pvcOwnerAnnotation] !== undefined;
  if (isMarked || currentState(facts) === 'Unknown') return undefined;
  const message = `PVC "${claim.metadata.name}" is not the one that was protected; its volume ${volumeHandle} is begun with anew`;
  return {
    do: 'finish',
    status: { state: 'Unknown', message, conditions: [], isUnacted: true },
    requeue: { when: 'after', ms: 0 },
    notes: [{ type: 'Warning', reason: 'ClaimReplaced', message }],
  };
};

const protect = ({ replication }: Facts, { claim }: Prepared): Step | undefined => {
  if (!replication.metadata.finalizers?.includes(replicationNames.finalizer)) return { do: 'add-finalizer' };
  const { annotations, finalizers } = claim.metadata;
  const isClaimed =
    annotations?.[replicationNames.pvcOwnerAnnotation] === replication.metadata.name &&
    finalizers?.includes(replicationNames.pvcFinalizer) === true;
  return isClaimed ? undefined : { do: 'claim-pvc' };
};

const withPendingDestination = (facts: Facts, step: Step): Step => {
  const { driver, replication } = facts;
  if (step.do !== 'finish' || driver.state !== 'ready' || !driver.knowsDestination) return step;
  const isThere = [...(replication.status?.conditions ?? []), ...step.status.conditions].some(
    ({ type }) => type === 'DestinationInfoAvailable',
  );
  if (isThere) return step;
  const conditions = [...step.status.conditions, ...destinationPending('volume')];
  return { ...step, status: { ...step.status, conditions } };
};

/**
 * What to do next for one VolumeReplication, given what is known about it and what the driver answered in this pass. Called
 * again after each step that is done, until it says `finish` or `ignore`. Pure: the same facts and answers give the same step.
 */
export const nextStep = (facts: Facts, answers: Answers): Step => {
  if (isDeleting(facts)) return stepToDeletion(facts, answers);
  const prerequisites = prepare(facts);
  if (!prerequisites.ready) return explain(prerequisites.obstacle);
  const { prepared } = prerequisites;
  const { replicationState } = facts.replication.spec;
  if (!Object.hasOwn(stepTo, replicationState)) {
    return {
      do: 'finish',
      status: { message: 'unsupported volume state', conditions: [] },
      requeue: { when: 'never' },
      notes: [],
    };
  }
  return (
    waitForDriver(facts) ??
    noticeNewClaim(facts, prepared) ??
    stepBeforePromotion(facts, answers) ??
    protect(facts, prepared) ??
    withPendingDestination(facts, stepTo[replicationState](facts, answers, prepared))
  );
};
