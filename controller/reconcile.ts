import { DrError } from '../core/model/error.ts';
import type { VolumeReplication } from '../core/model/volume-replication.ts';
import type { Answers, GrpcCode } from '../core/replication/answer.ts';
import type { Facts } from '../core/replication/facts.ts';
import { nextStep } from '../core/replication/next-step.ts';
import { statusPatch } from '../core/replication/status-change.ts';
import type { Note, Requeue, Step } from '../core/replication/step.ts';
import { ApiError, isConflict, isNotFound } from '../kube/api-error.ts';
import { callDriver } from './call-driver.ts';
import { gather } from './gather.ts';
import { lookCloser, withoutOldLook } from './look-closer.ts';
import { type Pass, replaceReplication } from './pass.ts';
import type { Reconciler } from './reconciler.ts';

/** More steps than any pass has: a mistake in the decisions must not spin. */
const stepsAtMost = 24;
const longestRetryAfterMs = 5 * 60_000;
/** A conflict is over in milliseconds; one that is not must not have the driver called every second. */
const tryAgainSoon: Requeue = { when: 'backoff', capMs: 15_000 };

const note = (
  { events }: Reconciler,
  replication: VolumeReplication,
  { type, reason, message }: Note,
): void => events.record({ object: replication, type, reason, message });

/** What a driver that went away in the middle of a call looks like from here, and what it may say itself. */
const lostCodes: ReadonlySet<GrpcCode> = new Set([
  'Unavailable',
  'DeadlineExceeded',
  'Canceled',
  'Internal',
  'Unknown',
]);

const slotOf = ({ rpc, force }: Extract<Step, { do: 'call' }>): keyof Answers =>
  rpc === 'promote' && force ? 'forcedPromote' : rpc;

/** Facts with the status as it is now: a long wait for the driver may have been written into it. */
const withLatestStatus = ({ sources }: Reconciler, facts: Facts): Facts => {
  const { name = '', namespace = '', uid } = facts.replication.metadata;
  const latest = sources.caches.replications.get({ name, namespace });
  if (latest?.metadata.uid !== uid || latest?.status === undefined) return facts;
  return { ...facts, replication: { ...facts.replication, status: latest.status } };
};

const call = async (
  reconciler: Reconciler,
  { facts: before, answers }: Pass,
  step: Extract<Step, { do: 'call' }>,
): Promise<Pass> => {
  const { driver, now } = reconciler.sources;
  // Another call for the same volume may have taken long.
  const isStillWanted = (): boolean =>
    withoutOldLook(before, now()) === before && !hasMoved(reconciler, before);
  const answer = await callDriver(reconciler, before, step, isStillWanted);
  const facts = withoutOldLook(withLatestStatus(reconciler, before), now());
  if (answer === undefined) return { facts, answers };
  reconciler.log.debug(
    {
      volumeReplication: keyText(facts),
      rpc: step.rpc,
      force: step.force,
      code: answer.ok ? 'OK' : answer.code,
    },
    'Driver answered',
  );
  if (!answer.ok && lostCodes.has(answer.code)) {
    // The driver's own word, or no driver any more? Only the latter changes the facts.
    await driver.check();
    const seen = driver.facts();
    if (seen.state !== 'ready')
      return { facts: { ...facts, driver: { ...seen, lostInCall: true } }, answers };
  }
  const told = step.rpc === 'info' ? { toldAt: now() } : {};
  return { facts: { ...facts, ...told }, answers: { ...answers, [slotOf(step)]: answer } };
};

/** Does what a step says, and answers what is known then. */
const perform = async (
  reconciler: Reconciler,
  pass: Pass,
  step: Exclude<Step, { do: 'finish' | 'ignore' }>,
): Promise<Pass> => {
  const { writer, sources } = reconciler;
  const { facts, answers } = pass;
  const { replication, claim } = facts;
  switch (step.do) {
    case 'call':
      return call(reconciler, pass, step);
    case 'look-closer':
      return lookCloser(reconciler, pass, step.before);
    case 'add-finalizer':
      return { facts: replaceReplication(reconciler, pass, await writer.addFinalizer(replication)), answers };
    case 'remove-finalizer': {
      if (step.note !== undefined) note(reconciler, replication, step.note);
      return {
        facts: replaceReplication(reconciler, pass, await writer.removeFinalizer(replication)),
        answers,
      };
    }
    case 'remove-consent': {
      const fresh = await writer.removeConsent(replication);
      note(reconciler, replication, step.note);
      return { facts: replaceReplication(reconciler, pass, fresh), answers };
    }
    case 'record-consent': {
      const fresh = await writer.recordConsent(replication, step.text);
      return { facts: replaceReplication(reconciler, pass, fresh), answers };
    }
    case 'mark-demotion': {
      const fresh = await writer.markDemotion(replication, step.text);
      return { facts: replaceReplication(reconciler, pass, fresh), answers };
    }
    case 'claim-pvc':
    case 'release-pvc': {
      if (claim === undefined) return pass;
      const fresh =
        step.do === 'claim-pvc' ? await writer.claim(claim, replication) : await writer.release(claim);
      sources.caches.claims.observe(fresh);
      return { facts: { ...facts, claim: fresh }, answers };
    }
  }
};

const finish = async (
  reconciler: Reconciler,
  { facts }: Pass,
  { status, requeue, notes }: Extract<Step, { do: 'finish' }>,
): Promise<Requeue> => {
  const patch = statusPatch(facts, status);
  if (patch === undefined) return requeue;
  for (const entry of notes) note(reconciler, facts.replication, entry);
  const fresh = await reconciler.writer.writeStatus(facts.replication, patch);
  reconciler.sources.caches.replications.observe(fresh);
  reconciler.log.info(
    { volumeReplication: keyText(facts), state: fresh.status?.state, message: status.message },
    'Status changed',
  );
  return requeue;
};

const keyText = ({ replication }: Facts): string =>
  `${replication.metadata.namespace}/${replication.metadata.name}`;

/** Whether it was changed or deleted since this pass began: then no call is made for what it asked before. */
const hasMoved = ({ sources }: Reconciler, { replication }: Facts): boolean => {
  const { name = '', namespace = '', uid, generation } = replication.metadata;
  const latest = sources.caches.replications.get({ name, namespace });
  return latest?.metadata.uid !== uid || latest?.metadata.generation !== generation;
};

const assertLeading = ({ isLeading }: Reconciler): void => {
  if (isLeading()) return;
  throw new DrError({ code: 'LeadershipLost', message: 'the Lease may be held by another controller' });
};

const runSteps = async (reconciler: Reconciler, replication: VolumeReplication): Promise<Requeue> => {
  let pass: Pass = { facts: gather(reconciler.sources, replication), answers: {} };
  for (let count = 0; count < stepsAtMost; count += 1) {
    reconciler.signal.throwIfAborted();
    assertLeading(reconciler);
    const step = nextStep(pass.facts, pass.answers);
    if (step.do === 'ignore') return { when: 'never' };
    if (step.do === 'finish') return finish(reconciler, pass, step);
    if (step.do === 'call' && hasMoved(reconciler, pass.facts)) return { when: 'after', ms: 0 };
    pass = await perform(reconciler, pass, step);
  }
  throw new TypeError(`more than ${stepsAtMost} steps for ${keyText(pass.facts)}`);
};

/**
 * One pass over one VolumeReplication: gather, then decide and act in turns until the decision says that it is done. Answers
 * when to come again. Rejects when the API server cannot be reached or refuses.
 */
export const reconcile = async (reconciler: Reconciler, key: string): Promise<Requeue> => {
  const [namespace = '', name = ''] = key.split('/');
  const replication = reconciler.sources.caches.replications.get({ namespace, name });
  if (replication === undefined) return { when: 'never' };
  try {
    return await runSteps(reconciler, replication);
  } catch (error) {
    // Somebody else wrote meanwhile, and the cache will show it in a moment.
    if (isConflict(error) || isNotFound(error)) return tryAgainSoon;
    // A busy server that says when to come again is not asked before.
    if (error instanceof ApiError && error.retryAfterSeconds !== undefined) {
      return { when: 'after', ms: Math.min(longestRetryAfterMs, error.retryAfterSeconds * 1_000) };
    }
    throw error;
  }
};
