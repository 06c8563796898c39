// What people, tools and failures do to two sites, one step at a time.
import fc from 'fast-check';
import { consentAnnotation } from '../../core/consent.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { volumeIdentityKey, volumeIdentityOf } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import type { ReplicationState, VolumeReplication } from '../../core/model/volume-replication.ts';
import { createGuardedSite, type GuardedSite } from './guarded-site.ts';

type SiteNumber = 0 | 1;

/** How a VolumeReplication came to ask for primary. */
type Primacy = { consented: boolean; volumeWasKnown: boolean };

/** Both sites, the clock, and what the history let in. */
export type World = {
  readonly sites: readonly [GuardedSite, GuardedSite];
  /** By uid; of the last time it became primary. */
  readonly primacies: Map<string, Primacy>;
  now: number;
  linkUp: boolean;
  steps: number;
};

const namespace = 'default';
const className = 'class';
const driver = 'rbd.csi.ceph.com';

const volume = (name: string, handle: string, claim: string): PersistentVolume => ({
  metadata: { name },
  spec: {
    csi: { driver, volumeHandle: handle },
    claimRef: { namespace, name: claim },
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: 'sc',
  },
  status: { phase: 'Bound' },
});

const claimObject = (name: string, volumeName: string | undefined): PersistentVolumeClaim => ({
  metadata: { name, namespace },
  spec: { storageClassName: 'sc', ...(volumeName === undefined ? {} : { volumeName }) },
  status: { phase: volumeName === undefined ? 'Pending' : 'Bound' },
});

const claims = { c0: 'v0', c1: 'v1' } as const;

const setUp = ({ simulated }: GuardedSite): void => {
  simulated.store(resources.namespaces, { metadata: { name: namespace } });
  simulated.store(resources.volumeReplicationClasses, {
    metadata: { name: className },
    spec: { provisioner: driver },
  });
  simulated.store(resources.storageClasses, {
    metadata: { name: 'sc' },
    provisioner: driver,
    reclaimPolicy: 'Retain',
  });
  for (const [claim, handle] of Object.entries(claims)) {
    const pv = simulated.store(resources.persistentVolumes, volume(`pv-${handle}-${claim}`, handle, claim));
    simulated.store(resources.persistentVolumeClaims, claimObject(claim, pv.metadata.name));
  }
};

/** Two sites that both have a claim for each of two volumes, as after a first move. */
export const createWorld = (): World => {
  const world = { primacies: new Map(), now: Date.UTC(2026, 0, 1), linkUp: true, steps: 0 };
  const now = () => world.now;
  const sites = [createGuardedSite('a', now), createGuardedSite('b', now)] as const;
  for (const site of sites) setUp(site);
  sites[0].connect(sites[1].simulated);
  sites[1].connect(sites[0].simulated);
  return Object.assign(world, { sites });
};

const reach = (world: World): void => {
  for (const site of world.sites) site.simulated.setReachable(world.linkUp && site.isUp, !site.isUp);
};

/** What the giver of a consent saw of the other site; undefined: nobody consents. */
type Sight = 'primary' | 'unknown' | undefined;

const consentText = (world: World, peer: Sight): string =>
  JSON.stringify({
    accepts: ['force-promote', 'unprotect', 'resync', 'demote-in-use'],
    ...(peer === 'primary' ? { seen: { peer } } : {}),
    maxLoss: 'unknown',
    by: 'model',
    expires: new Date(world.now + 10 * 60_000).toISOString(),
  });

const annotationsFor = (world: World, consents: Sight): Record<string, string> =>
  consents === undefined ? {} : { [consentAnnotation]: consentText(world, consents) };

/** Who could not tell whether the other site is primary has not accepted that it is. */
const assertSeen = (object: VolumeReplication, warnings: readonly string[]): void => {
  const knowsPrimary = warnings.some((text) => text.startsWith('DR102') && !text.includes('cannot tell'));
  const text = object.metadata.annotations?.[consentAnnotation] ?? '';
  if (knowsPrimary && !text.includes('"peer":"primary"'))
    throw new Error(`a consent was honoured that nobody gave: ${warnings.join('; ')}`);
};

/** What the guard lets in is stored, and remembered where it made a primary. */
const write = async (
  world: World,
  site: GuardedSite,
  change: { object: VolumeReplication; oldObject?: VolumeReplication | undefined; user: string },
): Promise<void> => {
  const { object, oldObject, user } = change;
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  const request = { resource: resources.volumeReplications, operation, object, oldObject, user } as const;
  const { answer, rules, decision, object: mended } = await site.review(request);
  if (!answer.allowed) return;
  assertSeen(object, answer.warnings ?? []);
  const stored = site.simulated.store(resources.volumeReplications, (mended ?? object) as VolumeReplication);
  const { uid = '' } = stored.metadata;
  const becomesPrimary =
    object.spec.replicationState === 'primary' && oldObject?.spec.replicationState !== 'primary';
  // Only the admin may consent.
  const consented = decision === 'waived' && rules.includes('DR102') && user === 'admin';
  if (becomesPrimary) {
    world.primacies.set(uid, {
      consented,
      volumeWasKnown: site.volumeOf(object.spec.dataSource.name) !== undefined,
    });
  }
  // A consent that is written down later is one that the controller acts on.
  const primacy = world.primacies.get(uid);
  const text = object.metadata.annotations?.[consentAnnotation];
  const isNew = text !== undefined && text !== oldObject?.metadata.annotations?.[consentAnnotation];
  if (primacy !== undefined && isNew && user === 'admin') primacy.consented = true;
};

type Change = (world: World, site: GuardedSite) => Promise<void> | void;
/** One step, readable in a counterexample. */
type Step = {
  readonly says: string;
  readonly on: SiteNumber;
  readonly needsSite: boolean;
  readonly change: Change;
};

const step = (says: string, on: SiteNumber, change: Change, needsSite = true): Step => ({
  says,
  on,
  change,
  needsSite,
});

const onSite = fc.constantFrom<SiteNumber>(0, 1);
const claimName = fc.constantFrom('c0', 'c1');
const replicationName = fc.constantFrom('r0', 'r1');
const states = fc.constantFrom<ReplicationState>('primary', 'primary', 'secondary', 'resync');
const user = fc.constantFrom('admin', 'admin', 'bob');
const mostly = fc.integer({ min: 0, max: 3 }).map((n) => n > 0);
const seldom = fc.integer({ min: 0, max: 5 }).map((n) => n === 0);
const seldomConsent = fc.constantFrom<Sight>(
  undefined,
  undefined,
  undefined,
  undefined,
  'unknown',
  'primary',
);

const create = fc
  .tuple(onSite, replicationName, claimName, states, fc.boolean(), seldomConsent, user)
  .map(([on, name, claim, replicationState, autoResync, consents, who]) =>
    step(
      `${who} creates ${name} of ${claim} as ${replicationState}${consents === undefined ? '' : ` with consent (${consents})`}`,
      on,
      (world, site) => {
        if (site.replication(name) !== undefined) return undefined;
        const object: VolumeReplication = {
          metadata: { name, namespace, annotations: annotationsFor(world, consents) },
          spec: {
            volumeReplicationClass: className,
            replicationState,
            autoResync,
            dataSource: { kind: 'PersistentVolumeClaim', name: claim },
          },
        };
        return write(world, site, { object, user: who });
      },
    ),
  );

const ask = fc
  .tuple(onSite, replicationName, states, fc.boolean(), seldomConsent, user)
  .map(([on, name, replicationState, autoResync, consents, who]) =>
    step(
      `${who} asks ${name} to be ${replicationState}${consents === undefined ? '' : ` with consent (${consents})`}`,
      on,
      (world, site) => {
        const oldObject = site.replication(name);
        if (oldObject === undefined) return undefined;
        const annotations = { ...oldObject.metadata.annotations, ...annotationsFor(world, consents) };
        const object = {
          ...oldObject,
          metadata: { ...oldObject.metadata, annotations },
          spec: { ...oldObject.spec, replicationState, autoResync },
        };
        return write(world, site, { object, oldObject, user: who });
      },
    ),
  );

const annotate = fc
  .tuple(onSite, replicationName, user, fc.constantFrom<Sight>('unknown', 'primary'))
  .map(([on, name, who, sight]) =>
    step(`${who} writes a consent on ${name}`, on, (world, site) => {
      const oldObject = site.replication(name);
      if (oldObject === undefined) return undefined;
      const annotations = { ...oldObject.metadata.annotations, ...annotationsFor(world, sight) };
      return write(world, site, {
        object: { ...oldObject, metadata: { ...oldObject.metadata, annotations } },
        oldObject,
        user: who,
      });
    }),
  );

const remove = fc.tuple(onSite, replicationName, user).map(([on, name, who]) =>
  step(`${who} deletes ${name}`, on, async (_, site) => {
    const oldObject = site.replication(name);
    if (oldObject === undefined) return;
    const { answer } = await site.review({
      resource: resources.volumeReplications,
      operation: 'DELETE',
      object: undefined,
      oldObject,
      user: who,
    });
    if (answer.allowed) site.simulated.remove(resources.volumeReplications, { namespace, name });
  }),
);

/** A claim with a volume of either handle, whose PV may be called differently on each site; or a claim without a volume. */
const makeClaim = fc
  .tuple(onSite, claimName, fc.constantFrom('v0', 'v1'), fc.constantFrom('pv', 'other'), seldom)
  .map(([on, claim, handle, prefix, unbound]) =>
    step(`claim ${claim} is made${unbound ? '' : ` for ${handle}`}`, on, (_, site) => {
      const key = { namespace, name: claim };
      const there = site.simulated.find<PersistentVolumeClaim>(resources.persistentVolumeClaims, key);
      if (there?.spec?.volumeName !== undefined || (there !== undefined && unbound)) return;
      const volumeName = `${prefix}-${handle}-${claim}`;
      if (!unbound) site.simulated.store(resources.persistentVolumes, volume(volumeName, handle, claim));
      site.simulated.store(resources.persistentVolumeClaims, {
        ...there,
        ...claimObject(claim, unbound ? undefined : volumeName),
      });
    }),
  );

const deleteClaim = fc.tuple(onSite, claimName, user).map(([on, name, who]) =>
  step(`${who} deletes claim ${name}`, on, async (_, site) => {
    const oldObject = site.simulated.find<PersistentVolumeClaim>(resources.persistentVolumeClaims, {
      namespace,
      name,
    });
    if (oldObject === undefined) return;
    const { answer } = await site.review({
      resource: resources.persistentVolumeClaims,
      operation: 'DELETE',
      object: undefined,
      oldObject,
      user: who,
    });
    if (answer.allowed) site.simulated.remove(resources.persistentVolumeClaims, { namespace, name });
  }),
);

const deleteVolume = fc.tuple(onSite, claimName, user).map(([on, claim, who]) =>
  step(`${who} deletes the PV of ${claim}`, on, async (_, site) => {
    const oldObject = site.volumeOf(claim);
    if (oldObject === undefined) return;
    const { answer } = await site.review({
      resource: resources.persistentVolumes,
      operation: 'DELETE',
      object: undefined,
      oldObject,
      user: who,
    });
    if (answer.allowed)
      site.simulated.remove(resources.persistentVolumes, { name: oldObject.metadata.name ?? '' });
  }),
);

const act = onSite.map((on) => step('the controller acts', on, (_, site) => site.act()));
const catchUp = onSite.map((on) => step('the caches catch up', on, (_, site) => site.catchUp()));
const restart = onSite.map((on) => step('the webhook restarts', on, (_, site) => site.restartWebhook()));
const fail = fc.tuple(onSite, mostly).map(([on, isUp]) =>
  step(
    isUp ? 'the site is up' : 'the site goes dark',
    on,
    (world, site) => {
      site.isUp = isUp;
      reach(world);
    },
    false,
  ),
);
const link = mostly.map((linkUp) =>
  step(
    linkUp ? 'the link is up' : 'the link is cut',
    0,
    (world) => {
      world.linkUp = linkUp;
      reach(world);
    },
    false,
  ),
);
/** Informers are never more than some seconds behind. */
const pass = fc.integer({ min: 1, max: 20_000 }).map((ms) =>
  step(
    `${ms} ms pass`,
    0,
    (world) => {
      if (ms > 2_000) for (const site of world.sites) site.catchUp();
      world.now += ms;
    },
    false,
  ),
);

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: create },
  { weight: 8, arbitrary: ask },
  { weight: 1, arbitrary: annotate },
  { weight: 2, arbitrary: remove },
  { weight: 2, arbitrary: makeClaim },
  { weight: 1, arbitrary: deleteClaim },
  { weight: 1, arbitrary: deleteVolume },
  { weight: 8, arbitrary: act },
  { weight: 3, arbitrary: catchUp },
  { weight: 1, arbitrary: restart },
  { weight: 1, arbitrary: fail },
  { weight: 1, arbitrary: link },
  { weight: 3, arbitrary: pass },
);

type Seen = {
  readonly site: string;
  readonly name: string;
  readonly primacy: Primacy;
  readonly isPromoted: boolean;
};

/** Everything that asks for primary or is it, by the identity of its volume. */
const primariesByVolume = (world: World): Map<string, Seen[]> => {
  const found = new Map<string, Seen[]>();
  for (const site of world.sites) {
    for (const object of site.simulated.all<VolumeReplication>(resources.volumeReplications)) {
      const pv = site.volumeOf(object.spec.dataSource.name);
      const identity = pv && volumeIdentityOf(pv);
      const primacy = world.primacies.get(object.metadata.uid ?? '');
      const isPromoted = object.status?.state === 'Primary';
      if (identity === undefined || primacy === undefined) continue;
      if (object.spec.replicationState !== 'primary' && !isPromoted) continue;
      const key = volumeIdentityKey(identity);
      found.set(key, [
        ...(found.get(key) ?? []),
        { site: site.name, name: object.metadata.name ?? '', primacy, isPromoted },
      ]);
    }
  }
  return found;
};

const fault = (seen: readonly Seen[]): string | undefined => {
  const admitted = seen.filter(({ primacy }) => primacy.volumeWasKnown);
  const sitesOf = (list: readonly Seen[]) => new Set(list.map(({ site }) => site)).size;
  const isConsented = seen.some(({ primacy }) => primacy.consented);
  if (sitesOf(admitted) > 1 && !isConsented) return 'both sites were admitted as primary without a consent';
  if (sitesOf(seen.filter(({ isPromoted }) => isPromoted)) > 1 && !isConsented)
    return 'both sites were promoted without a consent';
  const promoted = seen.filter(({ isPromoted }) => isPromoted);
  if (promoted.length > sitesOf(promoted)) return 'two of one site were promoted';
  return undefined;
};

class StepCommand implements fc.AsyncCommand<object, World> {
  readonly #step: Step;
  constructor(taken: Step) {
    this.#step = taken;
  }
  check(): boolean {
    return true;
  }
  async run(_: object, world: World): Promise<void> {
    const { on, needsSite, change } = this.#step;
    const site = world.sites[on];
    world.steps += 1;
    if (needsSite && !site.isUp) return;
    await change(world, site);
    for (const [volumeKey, seen] of primariesByVolume(world)) {
      const found = fault(seen);
      if (found !== undefined)
        throw new Error(
          `${found}: ${volumeKey} by ${seen.map(({ site: at, name }) => `${at}/${name}`).join(' and ')}`,
        );
    }
  }
  toString(): string {
    return `[${this.#step.on === 0 ? 'a' : 'b'}] ${this.#step.says}`;
  }
}

/** Histories of both sites. */
export const histories = (longest: number): fc.Arbitrary<Iterable<fc.AsyncCommand<object, World>>> =>
  fc.commands([steps.map((taken) => new StepCommand(taken))], { maxCommands: longest, size: 'max' });
