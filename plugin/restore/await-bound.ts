import { DrError } from '../../core/model/error.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import { claimKeyText, keyOfClaim } from '../../core/protection/claims-of-volume.ts';
import { type Binding, decideBinding } from '../../core/restore/decide-binding.ts';
import type { WantedVolume } from '../../core/restore/wanted.ts';
import type { Site } from '../door/clusters.ts';
import type { FollowedObjects, followObjects } from '../door/follow-objects.ts';
import type { Io } from '../io.ts';

/** What is waited for, for how long, and who is told. */
export type BindingWait = {
  readonly site: Site;
  readonly volumes: readonly WantedVolume[];
  readonly timeoutMs: number;
  readonly io: Pick<Io, 'signal' | 'random' | 'now'>;
  /** Told once for each volume, when it is bound or cannot be any more. */
  readonly onSettled: (volume: WantedVolume, binding: Binding) => void;
  /** Told every ten seconds of those that are not. */
  readonly onWaiting: (volumes: readonly WantedVolume[]) => void;
};

const tellEveryMs = 10_000;

/** Of every PV of the cluster, what binding is about. */
const slimVolume = ({ apiVersion, kind, metadata, spec, status }: PersistentVolume): PersistentVolume => {
  const { name, uid, resourceVersion } = metadata;
  const { csi, claimRef } = spec ?? {};
  return {
    ...(apiVersion !== undefined && { apiVersion }),
    ...(kind !== undefined && { kind }),
    metadata: {
      ...(name !== undefined && { name }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    spec: {
      ...(csi !== undefined && { csi: { driver: csi.driver, volumeHandle: csi.volumeHandle } }),
      ...(claimRef !== undefined && { claimRef }),
    },
    ...(status !== undefined && { status }),
  };
};

type Caches = {
  readonly volumes: FollowedObjects<PersistentVolume>;
  readonly claims: ReadonlyMap<string, FollowedObjects<PersistentVolumeClaim>>;
};

const bindingOf = (wanted: WantedVolume, { volumes, claims }: Caches): Binding => {
  const { namespace, name } = keyOfClaim(wanted.claim);
  return decideBinding({
    wanted,
    volume: volumes.get({ name: wanted.volume.metadata.name ?? '' }),
    claim: claims.get(namespace)?.get({ name, namespace }),
  });
};

type Followers = {
  readonly onClaim: (claim: PersistentVolumeClaim) => void;
  readonly onVolume: (volume: PersistentVolume) => void;
  readonly onFailure: (error: unknown) => void;
};

const startCaches = (
  { site, volumes, io }: BindingWait,
  follow: typeof followObjects,
  { onClaim, onVolume, onFailure }: Followers,
  signal: AbortSignal,
): Caches => {
  const shared = { cluster: site.cluster, signal, onFailure, random: io.random, now: io.now };
  const namespaces = new Set(volumes.map(({ claim }) => claim.metadata.namespace ?? ''));
  const followClaims = (namespace: string) =>
    follow<PersistentVolumeClaim>({
      ...shared,
      resource: resources.persistentVolumeClaims,
      namespace,
      onChange: ({ object }) => onClaim(object),
    });
  return {
    volumes: follow<PersistentVolume>({
      ...shared,
      resource: resources.persistentVolumes,
      transform: slimVolume,
      onChange: ({ object }) => onVolume(object),
    }),
    claims: new Map([...namespaces].map((namespace) => [namespace, followClaims(namespace)])),
  };
};

/** What a person must change before waiting makes sense. */
const isHopeless = (error: unknown): boolean =>
  error instanceof DrError && ['Forbidden', 'Unauthorized'].includes(error.code);

/**
 * Waits until every claim is bound to its volume, or cannot be any more; answers those that were still waiting when the time was up,
 * with the reason. One watch of PVs, and one of claims for each namespace. Rejects where it may not look, or was interrupted.
 */
export const awaitBound = async (
  wait: BindingWait,
): Promise<ReadonlyMap<WantedVolume, Binding & { state: 'waiting' }>> => {
  const { followObjects } = await import('../door/follow-objects.ts');
  const open = new Set(wait.volumes);
  const done = Promise.withResolvers<void>();
  const ending = new AbortController();
  const interrupt = (): void => done.reject(wait.io.signal.reason);
  const byClaim = new Map(wait.volumes.map((volume) => [claimKeyText(keyOfClaim(volume.claim)), volume]));
  const byVolume = new Map(wait.volumes.map((volume) => [volume.volume.metadata.name, volume]));
  let isReady = false;

  const look = (volume: WantedVolume | undefined): void => {
    if (volume === undefined || !isReady || !open.has(volume)) return;
    const binding = bindingOf(volume, caches);
    if (binding.state === 'waiting') return;
    open.delete(volume);
    wait.onSettled(volume, binding);
    if (open.size === 0) done.resolve();
  };

  const caches = startCaches(
    wait,
    followObjects,
    {
      onClaim: (claim) => look(byClaim.get(claimKeyText(keyOfClaim(claim)))),
      onVolume: (volume) => look(byVolume.get(volume.metadata.name)),
      onFailure: (error) => {
        if (isHopeless(error)) done.reject(error);
      },
    },
    ending.signal,
  );
  const deadline = setTimeout(done.resolve, wait.timeoutMs);
  const telling = setInterval(() => wait.onWaiting([...open]), tellEveryMs);
  wait.io.signal.addEventListener('abort', interrupt, { once: true });
  const synced = Promise.all([caches.volumes, ...caches.claims.values()].map((cache) => cache.synced));
  void synced.then(() => {
    isReady = true;
    for (const volume of wait.volumes) look(volume);
  });
  try {
    if (wait.io.signal.aborted) interrupt();
    if (open.size === 0) done.resolve();
    await done.promise;
    return new Map([...open].map((volume) => [volume, whyWaiting(volume, isReady, caches)]));
  } finally {
    ending.abort();
    clearTimeout(deadline);
    clearInterval(telling);
    wait.io.signal.removeEventListener('abort', interrupt);
  }
};

const whyWaiting = (
  volume: WantedVolume,
  isReady: boolean,
  caches: Caches,
): Binding & { state: 'waiting' } => {
  const binding = isReady ? bindingOf(volume, caches) : undefined;
  return binding?.state === 'waiting'
    ? { state: 'waiting', why: binding.why }
    : { state: 'waiting', why: 'the site did not tell how it stands' };
};
