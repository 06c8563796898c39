import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { known } from '../../core/model/reading.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import type { SiteObjects, SiteSnapshot } from '../../core/status/snapshot.ts';
import type { Site } from '../door/clusters.ts';
import { gatherSite, type Scope, type SiteReading } from './gather-site.ts';

/** Who wants to know how a site changes. */
export type SiteFollower = {
  readonly scope: Scope;
  readonly claims: readonly string[];
  readonly random: () => number;
  readonly onSnapshot: (snapshot: SiteSnapshot) => void;
};

/** How often a silent watch is doubted. */
const probeEveryMs = 5_000;
const shortestPauseMs = 500;
const longestPauseMs = 10_000;
/** Servers end watches by themselves; the spread keeps two sites from ending together. */
const watchSeconds = 280;

const isSame = (a: KubernetesObject, b: KubernetesObject): boolean => a.metadata.uid === b.metadata.uid;

/** What was last seen of a site, while several watches change it. */
type Seen = { change(edit: (objects: SiteObjects) => Partial<SiteObjects>): void };

const remember = (reading: SiteReading, { onSnapshot }: SiteFollower): Seen => {
  let { snapshot } = reading;
  return {
    change: (edit) => {
      if (!snapshot.objects.known) return;
      const objects = snapshot.objects.value;
      snapshot = { ...snapshot, objects: known({ ...objects, ...edit(objects) }) };
      onSnapshot(snapshot);
    },
  };
};

const inNamespace = ({ namespace }: Scope) => (namespace === undefined ? {} : { namespace });

/** Ends when an object came or went: then everything is read again, as claims and volumes come and go with it. */
const followReplications = async (
  { cluster }: Site,
  reading: SiteReading,
  follower: SiteFollower,
  { change }: Seen,
  signal: AbortSignal,
): Promise<void> => {
  const events = cluster.watch<VolumeReplication>(resources.volumeReplications, {
    ...inNamespace(follower.scope),
    resourceVersion: reading.resourceVersions.replications,
    timeoutSeconds: watchSeconds,
    signal,
  });
  for await (const event of events) {
    if (event.type === 'BOOKMARK') continue;
    if (event.type !== 'MODIFIED') return;
    const changed = event.object;
    change(({ replications }) => ({
      replications: replications.map((vr) => (isSame(vr, changed) ? changed : vr)),
    }));
  }
};

/** A lease is renewed every few seconds: no reason to read everything again. */
const applyOperations = async (
  { cluster }: Site,
  { resourceVersions }: SiteReading,
  follower: SiteFollower,
  { change }: Seen,
  signal: AbortSignal,
): Promise<void> => {
  if (resourceVersions.operations === undefined) return new Promise(() => {});
  const events = cluster.watch<OperationRecord>(resources.operations, {
    ...inNamespace(follower.scope),
    resourceVersion: resourceVersions.operations,
    timeoutSeconds: watchSeconds,
    signal,
  });
  for await (const event of events) {
    if (event.type === 'BOOKMARK') continue;
    const { type, object } = event;
    change(({ operations }) => {
      const others = (operations.known ? operations.value : []).filter((one) => !isSame(one, object));
      return { operations: known(type === 'DELETED' ? others : [...others, object]) };
    });
  }
};

/** Who may list records may not be allowed to watch them: then they are as old as a probe, and no reason for haste. */
const followOperations = async (...watch: Parameters<typeof applyOperations>): Promise<void> => {
  const [, , , , signal] = watch;
  await applyOperations(...watch).catch(() => delay(probeEveryMs, undefined, { signal }));
};

/** Ends at the first change of a group: one change may concern a hundred claims. */
const followGroups = async (
  { cluster }: Site,
  { resourceVersions }: SiteReading,
  follower: SiteFollower,
  signal: AbortSignal,
): Promise<void> => {
  if (resourceVersions.groups === undefined) return new Promise(() => {});
  const events = cluster.watch(resources.volumeGroupReplications, {
    ...inNamespace(follower.scope),
    resourceVersion: resourceVersions.groups,
    timeoutSeconds: watchSeconds,
    signal,
  });
  for await (const event of events) if (event.type !== 'BOOKMARK') return;
};

/** A site that hangs keeps its watches open and says nothing. Fails when it no longer answers. */
const probe = async ({ cluster }: Site, { scope }: SiteFollower, signal: AbortSignal): Promise<void> => {
  for (;;) {
    await delay(probeEveryMs, undefined, { signal });
    await cluster.list(resources.volumeReplications, { ...inNamespace(scope), limit: 1, signal });
  }
};

/** Ends, for whatever reason, when the site should be read again. */
const untilReread = async (site: Site, reading: SiteReading, follower: SiteFollower): Promise<void> => {
  const ending = new AbortController();
  const signal = AbortSignal.any([follower.scope.signal, ending.signal]);
  const seen = remember(reading, follower);
  const running = [
    followReplications(site, reading, follower, seen, signal),
    followOperations(site, reading, follower, seen, signal),
    followGroups(site, reading, follower, signal),
    probe(site, follower, signal),
  ];
  // Why a watch ended does not matter: reading the site again tells what is wrong with it, if anything is.
  await Promise.race(running).catch(() => {});
  ending.abort();
  for (const one of running) one.catch(() => {});
};

/** Tells each new state of a site until the scope's signal is aborted. Never gives up on a site that does not answer. */
export const followSite = async (site: Site, follower: SiteFollower): Promise<void> => {
  const { scope, claims, random, onSnapshot } = follower;
  let pause = shortestPauseMs;
  while (!scope.signal.aborted) {
    const reading = await gatherSite(site, scope, claims);
    onSnapshot(reading.snapshot);
    const isReadable = reading.snapshot.objects.known;
    if (isReadable) await untilReread(site, reading, follower);
    pause = isReadable ? shortestPauseMs : Math.min(longestPauseMs, pause * 2);
    await delay(pause * (0.5 + random()), undefined, { signal: scope.signal });
  }
};
