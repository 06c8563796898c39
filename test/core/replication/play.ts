import { consentAnnotation } from '../../../core/consent.ts';
import { usesAnnotation } from '../../../core/consent-use.ts';
import { demotionAnnotation } from '../../../core/following/demotion.ts';
import { followedCondition } from '../../../core/following/followed.ts';
import type { Condition } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { known } from '../../../core/model/reading.ts';
import type { VolumeReplication, VolumeReplicationStatus } from '../../../core/model/volume-replication.ts';
import type { Answers, InfoAnswer } from '../../../core/replication/answer.ts';
import type { CloseLook, Facts } from '../../../core/replication/facts.ts';
import { nextStep } from '../../../core/replication/next-step.ts';
import { statusPatch } from '../../../core/replication/status-change.ts';
import type { Step } from '../../../core/replication/step.ts';

export const startOfTests = Date.parse('2026-03-01T12:00:00Z');
export const driverName = 'rbd.csi.ceph.com';
export const owner = 'replication.storage.openshift.io/volume-replication-name';
export const claimFinalizer = 'replication.storage.openshift.io/pvc-protection';
export const finalizer = 'replication.storage.openshift.io';

export const replication = (
  spec: Partial<VolumeReplication['spec']> = {},
  status?: VolumeReplicationStatus,
  metadata: Partial<VolumeReplication['metadata']> = {},
): VolumeReplication => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: {
    name: 'vr',
    namespace: 'default',
    uid: 'u',
    generation: 3,
    finalizers: [finalizer],
    ...metadata,
  },
  spec: {
    volumeReplicationClass: 'class',
    replicationState: 'primary',
    dataSource: { kind: 'PersistentVolumeClaim', name: 'pvc' },
    autoResync: false,
    ...spec,
  },
  ...(status === undefined ? {} : { status }),
});

/** What dr-controller says of a primary once the other site has followed it; unless told otherwise, of the spec as it stands. */
export const followed = (differs: Partial<Condition> = {}): Condition => ({
  type: followedCondition,
  status: 'True',
  reason: 'SyncedSincePromote',
  message: 'a snapshot that it took since it became primary is complete on the other site',
  observedGeneration: 3,
  lastTransitionTime: '2026-03-01T11:00:00Z',
  ...differs,
});

/** The status of a primary that the other site has followed: it may be demoted. */
export const followedPrimary = (differs: Partial<VolumeReplicationStatus> = {}): VolumeReplicationStatus => ({
  state: 'Primary',
  observedGeneration: 3,
  ...differs,
  conditions: [...(differs.conditions ?? []), followed()],
});

export const claim = (metadata: Partial<PersistentVolumeClaim['metadata']> = {}): PersistentVolumeClaim => ({
  metadata: {
    name: 'pvc',
    namespace: 'default',
    annotations: { [owner]: 'vr' },
    finalizers: [claimFinalizer],
    ...metadata,
  },
  spec: { volumeName: 'pv' },
  status: { phase: 'Bound' },
});

export const volume = (driver = driverName): PersistentVolume => ({
  metadata: { name: 'pv' },
  spec: { csi: { driver, volumeHandle: 'handle' }, persistentVolumeReclaimPolicy: 'Retain' },
});

export const facts = (change: Partial<Facts> = {}): Facts => ({
  replication: replication(),
  replicationClass: {
    metadata: { name: 'class' },
    spec: { provisioner: driverName, parameters: { schedulingInterval: '1m' } },
  },
  claim: claim(),
  volume: volume(),
  rivals: [],
  sharers: [],
  driver: { name: driverName, state: 'ready', knowsDestination: false },
  forcePolicy: 'upstream',
  pollMs: undefined,
  resyncPollMs: 30_000,
  hasPeer: false,
  look: undefined,
  now: startOfTests,
  ...change,
});

/** A driver's word that all up to the start of the tests has arrived over there. */
export const synced: InfoAnswer = {
  ok: true,
  info: {
    lastSyncTime: startOfTests,
    lastSyncDuration: undefined,
    lastSyncBytes: 0,
    health: 'healthy',
    message: 'local image is primary',
  },
};

/** What the looks of a pass find. */
export type Found = Partial<Pick<CloseLook, 'peer' | 'sameVolume'>>;

/** One pass as the controller makes it: the calls in order (`promote!` is forced), the other steps, and how it ended. */
export type Played = {
  steps: string[];
  last: Extract<Step, { do: 'finish' | 'ignore' | 'remove-finalizer' }>;
  status: VolumeReplicationStatus | undefined;
  patch: Record<string, unknown> | undefined;
  /** The annotations of the object at the end of the pass. */
  annotations: Readonly<Record<string, string>>;
};

/** What a look finds unless the test says otherwise: nothing else has the volume, and the peer is not primary. */
const looked = (current: Facts, before: CloseLook['before'], found: Found): CloseLook => ({
  before,
  at: current.now,
  sameVolume: found.sameVolume ?? known([]),
  peer:
    found.peer ?? (current.hasPeer ? { state: 'not-primary', site: 'there' } : { state: 'not-configured' }),
});

const apply = (current: Facts, step: Step, found: Found): Facts => {
  const { metadata } = current.replication;
  if (step.do === 'add-finalizer') {
    return {
      ...current,
      replication: { ...current.replication, metadata: { ...metadata, finalizers: [finalizer] } },
    };
  }
  if (step.do === 'claim-pvc') return { ...current, claim: claim() };
  if (step.do === 'release-pvc') return { ...current, claim: claim({ annotations: {}, finalizers: [] }) };
  if (step.do === 'look-closer') return { ...current, look: looked(current, step.before, found) };
  if (step.do === 'remove-consent') {
    const { [consentAnnotation]: _, ...annotations } = metadata.annotations ?? {};
    return { ...current, replication: { ...current.replication, metadata: { ...metadata, annotations } } };
  }
  if (step.do === 'record-consent') {
    const annotations = { ...metadata.annotations, [usesAnnotation]: step.text };
    return { ...current, replication: { ...current.replication, metadata: { ...metadata, annotations } } };
  }
  if (step.do === 'mark-demotion') {
    const annotations = { ...metadata.annotations, [demotionAnnotation]: step.text };
    return { ...current, replication: { ...current.replication, metadata: { ...metadata, annotations } } };
  }
  return current;
};

const end = (given: Facts, current: Facts, steps: string[], last: Played['last']): Played => {
  const annotations = current.replication.metadata.annotations ?? {};
  if (last.do !== 'finish')
    return {
      steps: [...steps, last.do],
      last,
      status: given.replication.status,
      patch: undefined,
      annotations,
    };
  const patch = statusPatch(current, last.status);
  return { steps, last, status: { ...given.replication.status, ...patch }, patch, annotations };
};

const ask = (answers: Answers, step: Extract<Step, { do: 'call' }>, steps: readonly string[]): Answers => {
  const slot = step.rpc === 'promote' && step.force ? 'forcedPromote' : step.rpc;
  if (answers[slot] === undefined) throw new Error(`no answer for ${slot} after ${steps.join(' ')}`);
  return { [slot]: answers[slot] };
};

/** Plays one pass with the given answers of the driver; a call without an answer is a mistake of the test. */
export const play = (given: Facts, answers: Answers = {}, found: Found = {}): Played => {
  const steps: string[] = [];
  let current = given;
  let known: Answers = {};
  for (let count = 0; count < 20; count += 1) {
    const step = nextStep(current, known);
    if (step.do === 'finish' || step.do === 'ignore' || step.do === 'remove-finalizer') {
      return end(given, current, steps, step);
    }
    if (step.do === 'call') {
      known = { ...known, ...ask(answers, step, steps) };
      steps.push(step.force ? `${step.rpc}!` : step.rpc);
    } else {
      steps.push(step.do === 'look-closer' ? `look before ${step.before}` : step.do);
      current = apply(current, step, found);
    }
  }
  throw new Error(`no end: ${steps.join(' ')}`);
};

/** `Type=Status Reason: message` of each condition. */
export const conditionLines = (status: VolumeReplicationStatus | undefined): string[] =>
  (status?.conditions ?? []).map(
    ({ type, status: value, reason, message }) => `${type}=${value} ${reason}: ${message}`,
  );
