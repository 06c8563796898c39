import { messageOf } from '../core/model/error.ts';
import { resources } from '../core/model/resource.ts';
import type { VolumeReplication } from '../core/model/volume-replication.ts';
import type { Answers, Failure, GrpcCode } from '../core/replication/answer.ts';
import type { Facts, PeerView } from '../core/replication/facts.ts';
import { nextStep } from '../core/replication/next-step.ts';
import { readClassParameters } from '../core/replication/parameters.ts';
import { statusPatch } from '../core/replication/status-change.ts';
import type { Note, Requeue, Step } from '../core/replication/step.ts';
import { isConflict, isNotFound } from '../kube/api-error.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { EventRecorder } from '../kube/events.ts';
import { gather, type Sources } from './gather.ts';
import type { KeyedLock } from './keyed-lock.ts';
import type { ControllerLog } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { SecretReader } from './secret-reader.ts';
import type { Writer } from './write.ts';

/** What one pass over a VolumeReplication works with. */
export type Reconciler = {
  sources: Sources;
  cluster: Cluster;
  writer: Writer;
  secrets: SecretReader;
  events: EventRecorder;
  locks: KeyedLock;
  metrics: Metrics;
  log: ControllerLog;
  /** What the other site shows of the same volume; undefined where no peer is connected. */
  lookAtPeer: ((replication: VolumeReplication) => Promise<PeerView>) | undefined;
  /** Ends the process's work: nothing is written once it is aborted. */
  signal: AbortSignal;
};

type Pass = { facts: Facts; answers: Answers };

/** More steps than any pass has: a mistake in the decisions must not spin. */
const stepsAtMost = 24;
/** After so long a wait for the driver the status says what is waited for. */
const slowCallMs = 10_000;
const tryAgainSoon: Requeue = { when: 'backoff', capMs: 1_000 };

/** What a driver that went away in the middle of a call looks like from here, and what it may say itself. */
const lostCodes: ReadonlySet<GrpcCode> = new Set([
  'Unavailable',
  'DeadlineExceeded',
  'Canceled',
  'Internal',
  'Unknown',
]);

const rpcNames = {
  enable: 'EnableVolumeReplication',
  disable: 'DisableVolumeReplication',
  promote: 'PromoteVolume',
  demote: 'DemoteVolume',
  resync: 'ResyncVolume',
  info: 'GetVolumeReplicationInfo',
  destination: 'GetReplicationDestinationInfo',
} as const;

const note = (
  { events }: Reconciler,
  replication: VolumeReplication,
  { type, reason, message }: Note,
): void => events.record({ object: replication, type, reason, message });

/** Facts after a write of our own; the cache takes the answer, so that no later pass sees less. */
const replaceReplication = ({ sources }: Reconciler, { facts }: Pass, fresh: VolumeReplication): Facts => {
  sources.caches.replications.observe(fresh);
  return { ...facts, replication: fresh };
};

type DriverInput = {
  parameters: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, string>>;
  secret: { name: string; namespace: string } | undefined;
};

const readDriverInput = async (reconciler: Reconciler, facts: Facts): Promise<DriverInput> => {
  const read = readClassParameters(facts.replicationClass?.spec.parameters);
  if (!read.ok) return { parameters: {}, secrets: {}, secret: undefined };
  const { forDriver, secret } = read.parameters;
  return {
    parameters: forDriver,
    secrets: secret === undefined ? {} : await reconciler.secrets.read(secret),
    secret,
  };
};

const showWait = async (reconciler: Reconciler, facts: Facts, rpc: keyof typeof rpcNames): Promise<void> => {
  const message = `waiting for the driver: ${rpcNames[rpc]} has not answered for ${slowCallMs / 1000}s`;
  const { replication } = facts;
  try {
    const fresh = await reconciler.writer.writeStatus(replication, { message });
    reconciler.sources.caches.replications.observe(fresh);
  } catch (error) {
    reconciler.log.debug({ error: messageOf(error) }, 'Wait for the driver not shown');
  }
};

/** One driver call, alone for its volume, with what goes wrong before it told as a driver would tell it. */
const callDriver = async (
  reconciler: Reconciler,
  facts: Facts,
  { rpc, force }: Extract<Step, { do: 'call' }>,
): Promise<NonNullable<Answers[keyof Answers]>> => {
  const { sources, locks, metrics, secrets: reader } = reconciler;
  const volumeHandle = facts.volume?.spec?.csi?.volumeHandle ?? '';
  let input: DriverInput;
  try {
    input = await readDriverInput(reconciler, facts);
  } catch (error) {
    const failure: Failure = { ok: false, code: 'Internal', description: messageOf(error) };
    return failure;
  }
  const { parameters, secrets, secret } = input;
  return locks.run(`${facts.driver.name}/${volumeHandle}`, async () => {
    const slow = setTimeout(() => void showWait(reconciler, facts, rpc), slowCallMs);
    const stop = metrics.driverCall(rpc);
    const answer = await sources.driver.call({
      rpc,
      force,
      volumeHandle,
      replicationId: facts.replication.spec.replicationHandle ?? '',
      parameters,
      secrets,
    });
    clearTimeout(slow);
    stop(answer.ok ? 'OK' : answer.code);
    if (!answer.ok && secret !== undefined) reader.forget(secret);
    return answer;
  });
};

const slotOf = ({ rpc, force }: Extract<Step, { do: 'call' }>): keyof Answers =>
  rpc === 'promote' && force ? 'forcedPromote' : rpc;

const call = async (
  reconciler: Reconciler,
  { facts, answers }: Pass,
  step: Extract<Step, { do: 'call' }>,
): Promise<Pass> => {
  const answer = await callDriver(reconciler, facts, step);
  const { driver } = reconciler.sources;
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
    if (driver.facts().state !== 'ready') return { facts: { ...facts, driver: driver.facts() }, answers };
  }
  return { facts, answers: { ...answers, [slotOf(step)]: answer } };
};

const lookCloser = async (reconciler: Reconciler, pass: Pass): Promise<Pass> => {
  const { namespace = '', name = '' } = pass.facts.replication.metadata;
  const fresh = await reconciler.cluster.get<VolumeReplication>(resources.volumeReplications, {
    namespace,
    name,
  });
  const isSameWish = fresh.metadata.generation === pass.facts.replication.metadata.generation;
  const facts = replaceReplication(reconciler, pass, fresh);
  const peer = await reconciler.lookAtPeer?.(fresh);
  return { facts: { ...facts, isLive: true, peer }, answers: isSameWish ? pass.answers : {} };
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
      return lookCloser(reconciler, pass);
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

const runSteps = async (reconciler: Reconciler, replication: VolumeReplication): Promise<Requeue> => {
  let pass: Pass = { facts: gather(reconciler.sources, replication), answers: {} };
  for (let count = 0; count < stepsAtMost; count += 1) {
    reconciler.signal.throwIfAborted();
    const step = nextStep(pass.facts, pass.answers);
    if (step.do === 'ignore') return { when: 'never' };
    if (step.do === 'finish') return finish(reconciler, pass, step);
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
    throw error;
  }
};
