import { messageOf } from '../../../core/model/error.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import { isNotFound } from '../../../kube/api-error.ts';
import type { ClusterController, LookContext } from '../runtime/cluster-controller.ts';
import { type Decision, type Effect, settled } from '../runtime/decision.ts';
import { keyOf, parseKey, type SiteCache } from '../runtime/site-cache.ts';
import { type SourceLookup, sourceOfClaim } from './data-source.ts';
import {
  decideReclaim,
  forgetVolume,
  isToProvision,
  orderVolume,
  publishVolume,
  secretOf,
  volumeNameFor,
} from './provision-decision.ts';
import type { StorageDriver } from './storage-driver.ts';
import { annotationOf, claimKey, type StorageClass, storageClassNameOf } from './storage-objects.ts';

const { persistentVolumes, persistentVolumeClaims, storageClasses } = resources;
const firstRetryMs = 1_000;
const lastRetryMs = 300_000;

/** How long to wait after each failure of one object: 1 s doubling to 5 min, as the external provisioner does. */
const createBackoff = () => {
  const failures = new Map<string, number>();
  return {
    next: (uid: string): number => {
      const count = failures.get(uid) ?? 0;
      failures.set(uid, count + 1);
      return Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(count, 10));
    },
    clear: (uid: string): void => {
      failures.delete(uid);
    },
  };
};

type Backoff = ReturnType<typeof createBackoff>;

const readSecret = async (
  key: { name: string; namespace: string } | undefined,
  { cluster, signal }: LookContext,
): Promise<Record<string, string>> => {
  if (key === undefined) return {};
  const secret = await cluster.get<KubernetesObject & { data?: Record<string, string> }>(
    resources.secrets,
    key,
    { signal },
  );
  const entries = Object.entries(secret.data ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]));
};

const say = (
  claim: PersistentVolumeClaim,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): Effect => ({
  act: 'event',
  resource: persistentVolumeClaims,
  object: claim,
  type,
  reason,
  message,
});

/** The claims and volumes that a data source of this claim may lead to. */
const lookIn = (cache: SiteCache, { metadata }: PersistentVolumeClaim): SourceLookup => ({
  claim: (name) => cache.get(persistentVolumeClaims, { name, namespace: metadata.namespace ?? '' }),
  volume: (name) => cache.get(persistentVolumes, { name }),
});

const provision = async (
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  { driver, backoff }: { driver: StorageDriver; backoff: Backoff },
  context: LookContext,
): Promise<Decision> => {
  const uid = claim.metadata.uid ?? '';
  const started = say(
    claim,
    'Normal',
    'Provisioning',
    `External provisioner is provisioning volume for claim "${claimKey(claim)}"`,
  );
  try {
    const secrets = await readSecret(secretOf(storageClass, claim, 'provisioner'), context);
    const source = sourceOfClaim(claim, storageClass, lookIn(context.cache, claim));
    if (source !== undefined && 'why' in source) throw new Error(source.why);
    const order = { ...orderVolume(claim, storageClass, secrets), ...source };
    const made = await driver.createVolume(order, context.signal);
    backoff.clear(uid);
    const { effects } = publishVolume(claim, storageClass, driver.name, made);
    return { effects: [started, ...effects] };
  } catch (thrown) {
    const message = `failed to provision volume with StorageClass "${storageClass.metadata.name ?? ''}": ${messageOf(thrown)}`;
    return {
      effects: [started, say(claim, 'Warning', 'ProvisioningFailed', message)],
      againAfterMs: backoff.next(uid),
    };
  }
};

/** Makes volumes for claims of the driver's classes. */
export const createProvisioner = (driver: StorageDriver, backoff = createBackoff()): ClusterController => ({
  name: 'provisioner',
  concurrency: 8,
  watches: [
    { resource: persistentVolumeClaims, keysOf: (claim) => [keyOf(claim)] },
    {
      resource: storageClasses,
      keysOf: (storageClass, cache) =>
        cache.by(persistentVolumeClaims, 'open', storageClass.metadata.name ?? '').map(keyOf),
    },
  ],
  look: (key, context) => {
    const { cache } = context;
    const claim = cache.get<PersistentVolumeClaim>(persistentVolumeClaims, parseKey(key));
    if (claim === undefined) return settled;
    const storageClass = cache.get<StorageClass>(storageClasses, { name: storageClassNameOf(claim) });
    if (storageClass === undefined || !isToProvision(claim, storageClass, driver.name)) return settled;
    const isMade = cache.get(persistentVolumes, { name: volumeNameFor(claim) }) !== undefined;
    return isMade ? settled : provision(claim, storageClass, { driver, backoff }, context);
  },
});

const readDeletionSecret = async (
  volume: PersistentVolume,
  context: LookContext,
): Promise<Record<string, string>> => {
  const name = annotationOf(volume, 'volume.kubernetes.io/provisioner-deletion-secret-name') ?? '';
  const namespace = annotationOf(volume, 'volume.kubernetes.io/provisioner-deletion-secret-namespace') ?? '';
  try {
    return await readSecret(name === '' ? undefined : { name, namespace }, context);
  } catch (thrown) {
    if (isNotFound(thrown)) return {};
    throw thrown;
  }
};

/** Deletes on the storage what a claim with policy Delete has left behind. */
export const createReclaimer = (driver: StorageDriver, backoff = createBackoff()): ClusterController => ({
  name: 'reclaimer',
  concurrency: 8,
  watches: [{ resource: persistentVolumes, keysOf: (volume) => [keyOf(volume)] }],
  look: async (key, context) => {
    const volume = context.cache.get<PersistentVolume>(persistentVolumes, { name: key });
    if (volume === undefined) return settled;
    const step = decideReclaim(volume, driver.name);
    if (step.kind === 'write') return step.decision;
    try {
      const secrets = await readDeletionSecret(volume, context);
      await driver.deleteVolume(volume.spec?.csi?.volumeHandle ?? '', secrets, context.signal);
      backoff.clear(volume.metadata.uid ?? '');
      return forgetVolume(volume);
    } catch (thrown) {
      const failed: Effect = {
        act: 'event',
        resource: persistentVolumes,
        object: volume,
        type: 'Warning',
        reason: 'VolumeFailedDelete',
        message: messageOf(thrown),
      };
      return { effects: [failed], againAfterMs: backoff.next(volume.metadata.uid ?? '') };
    }
  },
});
