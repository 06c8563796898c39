// dr-controller of one site: its real decisions, the simulated storage as its driver, and no time but the model's.
import { consentAnnotation } from '../../core/consent.ts';
import { usesAnnotation } from '../../core/consent-use.ts';
import { demotionAnnotation } from '../../core/following/demotion.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { volumeIdentityOf } from '../../core/model/persistent-volume.ts';
import { known } from '../../core/model/reading.ts';
import { resources } from '../../core/model/resource.ts';
import { replicationNames, type VolumeReplication } from '../../core/model/volume-replication.ts';
import type { Answers, Failure, Rpc } from '../../core/replication/answer.ts';
import type { CloseLook, Facts, ForcePolicy } from '../../core/replication/facts.ts';
import { nextStep } from '../../core/replication/next-step.ts';
import { statusPatch } from '../../core/replication/status-change.ts';
import type { Requeue, Step } from '../../core/replication/step.ts';
import { mergePatch } from '../../core/restore/merge-patch.ts';
import type { ObjectKey } from '../../kube/cluster.ts';
import type { PeerLook } from '../../kube/peer-look.ts';
import type { Answer, Refusal } from '../../sandbox/storage/answer.ts';
import type { SiteArray } from '../../sandbox/storage/site-array.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';
import { secrets } from './simulated-storage.ts';
import { storeWritten } from './store-written.ts';
import { upstreamStep } from './upstream-step.ts';

export const driverName = 'rbd.csi.ceph.com';

export type SimulatedController = {
  /** Looks at what has changed since it last looked, and at what is due. */
  act(): Promise<void>;
  /** It forgets everything, and looks at all. */
  restart(): void;
  /** The next call is carried out, and its answer is an error all the same. */
  loseAnswer(): void;
};

type Parts = {
  readonly cluster: SimulatedCluster;
  readonly array: SiteArray;
  readonly peer: PeerLook;
  readonly now: () => number;
  readonly forcePolicy: ForcePolicy;
  /** Told around each call of the driver. */
  readonly onCall: (rpc: Rpc, replication: VolumeReplication, call: () => void) => void;
};

/** What it knows of a VolumeReplication from its last pass. */
type Memory = { version: string | undefined; dueAt: number; failures: number };

const failureOf = ({ code, message }: Refusal): Failure => ({ ok: false, code, description: message });

const simple = (answer: Answer<unknown>) =>
  answer.code === 'OK' ? ({ ok: true } as const) : failureOf(answer);

const callDriver = (array: SiteArray, rpc: Rpc, facts: Facts, force: boolean): Answers => {
  const request = {
    volumeId: facts.volume?.spec?.csi?.volumeHandle ?? '',
    secrets,
    parameters: facts.replicationClass?.spec.parameters ?? {},
    force,
  };
  switch (rpc) {
    case 'promote':
      return { [force ? 'forcedPromote' : 'promote']: simple(array.promote(request)) };
    case 'resync': {
      const answer = array.resync(request);
      return {
        resync: answer.code === 'OK' ? { ok: true, ready: answer.response.ready } : failureOf(answer),
      };
    }
    case 'info': {
      const answer = array.info(request);
      if (answer.code !== 'OK') return { info: failureOf(answer) };
      const { lastSyncTime, lastSyncBytes } = answer.response;
      const info = {
        lastSyncTime: lastSyncTime * 1_000,
        lastSyncDuration: undefined,
        lastSyncBytes,
        health: 'unknown' as const,
        message: '',
      };
      return { info: { ok: true, info } };
    }
    default:
      return { [rpc]: simple(array[rpc](request)) };
  }
};

const delayOf = (requeue: Requeue, memory: Memory): number => {
  switch (requeue.when) {
    case 'never':
      return Number.POSITIVE_INFINITY;
    case 'after':
      return requeue.ms;
    case 'backoff':
      memory.failures += 1;
      return Math.min(requeue.capMs, 500 * 2 ** memory.failures);
    case 'driver-ready':
      return 1_000;
  }
};

/** A controller over the objects of one cluster. */
export const createSimulatedController = (parts: Parts): SimulatedController => {
  const { cluster, array, peer, now, forcePolicy, onCall } = parts;
  const memories = new Map<string, Memory>();
  let losesAnswer = false;

  const find = (key: ObjectKey) => cluster.find<VolumeReplication>(resources.volumeReplications, key);
  const claimOf = ({ metadata, spec }: VolumeReplication) =>
    cluster.find<PersistentVolumeClaim>(resources.persistentVolumeClaims, {
      namespace: metadata.namespace ?? '',
      name: spec.dataSource.name,
    });
  const factsOf = (replication: VolumeReplication, look: CloseLook | undefined): Facts => {
    const claim = claimOf(replication);
    return {
      replication,
      replicationClass: cluster.find(resources.volumeReplicationClasses, {
        name: replication.spec.volumeReplicationClass,
      }),
      claim,
      volume: cluster.find<PersistentVolume>(resources.persistentVolumes, {
        name: claim?.spec?.volumeName ?? '',
      }),
      rivals: [],
      sharers: [],
      driver: { name: driverName, state: 'ready', knowsDestination: false },
      forcePolicy,
      pollMs: 10_000,
      resyncPollMs: 30_000,
      hasPeer: forcePolicy === 'consent',
      look,
      now: now(),
    };
  };

  const lookCloser = async (facts: Facts, before: CloseLook['before']): Promise<CloseLook> => {
    const { claim, volume } = facts;
    const { namespace = '', name = '', uid } = claim?.metadata ?? {};
    const question = {
      identity: volume && volumeIdentityOf(volume),
      volumeName: volume?.metadata.name,
      claim: { namespace, name, ...(uid !== undefined && { uid }) },
    };
    return {
      before,
      at: now(),
      sameVolume: known([]),
      peer:
        forcePolicy === 'consent'
          ? await peer.look(question, AbortSignal.timeout(60_000))
          : { state: 'not-configured' },
    };
  };

  const call = (facts: Facts, { rpc, force }: Extract<Step, { do: 'call' }>): Answers => {
    let answers: Answers = {};
    onCall(rpc, facts.replication, () => {
      answers = callDriver(array, rpc, facts, force);
    });
    // Of a demotion it would not come to light: a controller that is asked for primary again believes its own status.
    if (!losesAnswer || rpc !== 'promote') return answers;
    losesAnswer = false;
    const lost: Failure = { ok: false, code: 'Internal', description: 'the answer was lost' };
    return { [force ? 'forcedPromote' : rpc]: lost };
  };

  const writeClaim = (facts: Facts, isClaimed: boolean): void => {
    const { claim } = facts;
    if (claim === undefined) return;
    const annotation = isClaimed ? (facts.replication.metadata.name ?? '') : null;
    const metadata = {
      annotations: { [replicationNames.pvcOwnerAnnotation]: annotation },
      finalizers: isClaimed ? [replicationNames.pvcFinalizer] : [],
    };
    cluster.store(resources.persistentVolumeClaims, mergePatch(claim, { metadata }) as PersistentVolumeClaim);
  };

  const writeMetadata = (replication: VolumeReplication, metadata: object): void => {
    const patched = mergePatch(replication, { metadata }) as VolumeReplication;
    storeWritten(cluster, patched, 'dr-controller', now());
  };

  const letGo = ({ metadata: { namespace = '', name = '' } }: VolumeReplication): void =>
    cluster.remove(resources.volumeReplications, { namespace, name });

  /** Everything but calls, looks and the end of a pass. */
  const carryOut = (facts: Facts, step: Step): void => {
    const { replication } = facts;
    if (step.do === 'add-finalizer') writeMetadata(replication, { finalizers: [replicationNames.finalizer] });
    if (step.do === 'claim-pvc') writeClaim(facts, true);
    if (step.do === 'release-pvc') writeClaim(facts, false);
    if (step.do === 'remove-consent')
      writeMetadata(replication, { annotations: { [consentAnnotation]: null } });
    if (step.do === 'record-consent')
      writeMetadata(replication, { annotations: { [usesAnnotation]: step.text } });
    if (step.do === 'mark-demotion')
      writeMetadata(replication, { annotations: { [demotionAnnotation]: step.text } });
    if (step.do === 'remove-finalizer') letGo(replication);
  };

  const finish = (facts: Facts, { status, requeue }: Extract<Step, { do: 'finish' }>, memory: Memory) => {
    const patch = statusPatch(facts, status);
    if (patch !== undefined)
      cluster.store(
        resources.volumeReplications,
        mergePatch(facts.replication, { status: patch }) as VolumeReplication,
      );
    if (requeue.when === 'after') memory.failures = 0;
    memory.dueAt = now() + delayOf(requeue, memory);
  };

  /** Deletions apart, which the histories of both have in common. */
  const decide = (facts: Facts, answers: Answers): Step =>
    forcePolicy === 'upstream' && facts.replication.metadata.deletionTimestamp === undefined
      ? upstreamStep(facts, answers)
      : nextStep(facts, answers);

  const pass = async (key: ObjectKey, memory: Memory): Promise<void> => {
    let look: CloseLook | undefined;
    let answers: Answers = {};
    for (;;) {
      const replication = find(key);
      if (replication === undefined) return;
      const facts = factsOf(replication, look);
      const step = decide(facts, answers);
      if (step.do === 'ignore') return;
      if (step.do === 'finish') {
        finish(facts, step, memory);
        return;
      }
      if (step.do === 'look-closer') look = await lookCloser(facts, step.before);
      else if (step.do === 'call') answers = { ...answers, ...call(facts, step) };
      else carryOut(facts, step);
    }
  };

  return {
    act: async () => {
      for (const { metadata } of cluster.all<VolumeReplication>(resources.volumeReplications)) {
        const { namespace = '', name = '', uid = '' } = metadata;
        const memory = memories.get(uid) ?? { version: undefined, dueAt: 0, failures: 0 };
        memories.set(uid, memory);
        if (memory.version === metadata.resourceVersion && memory.dueAt > now()) continue;
        await pass({ namespace, name }, memory);
        memory.version = find({ namespace, name })?.metadata.resourceVersion;
      }
    },
    restart: () => memories.clear(),
    loseAnswer: () => {
      losesAnswer = true;
    },
  };
};
