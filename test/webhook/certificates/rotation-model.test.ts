import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resources } from '../../../core/model/resource.ts';
import { certificateNames } from '../../../webhook/certificates/certificate-names.ts';
import { secretDataOf } from '../../../webhook/certificates/certificate-set.ts';
import { type Followed, followSecret, nothingFollowed } from '../../../webhook/certificates/follow-secret.ts';
import {
  type LeaderMemory,
  leadCertificates,
  nothingSeen,
} from '../../../webhook/certificates/lead-certificates.ts';
import { isInTime, isSignedByOneOf, lifeOf } from '../../../webhook/certificates/read-certificate.ts';
import { lifetimes } from '../../../webhook/certificates/rotation.ts';
import { createLeafHolder, type LeafHolder } from '../../../webhook/certificates/served-leaf.ts';
import { makeAuthority, makeLeaf } from '../../../webhook/certificates/sign-certificate.ts';
import {
  readStored,
  type Stored,
  secretName,
  wasChangedMeanwhile,
} from '../../../webhook/certificates/stored-certificates.ts';
import type { WebhookConfiguration } from '../../../webhook/registration/webhook-configuration.ts';
import { poolOfKeys } from './key-pool.ts';
import { allRegistrations, createMemoryCluster, putRegistration } from './memory-cluster.ts';

// A model of one cluster: replicas that read, lead and serve with the real code, and API servers that learn of a bundle later than it
// was stored. Strangers delete and edit, clocks jump. What must hold: nothing that we do ourselves breaks a handshake that works.

const namespace = 'kubectl-dr';
const names = certificateNames({ service: { namespace, name: 'dr-webhook' } });
const makeKeys = poolOfKeys();
const day = 86_400_000;
const replicaCount = 2;
const apiServerCount = 2;

type Replica = { holder: LeafHolder; followed: Followed; memory: LeaderMemory };
/** For each webhook, the bundle that an API server knows. */
type View = Map<string, string>;

type World = {
  memory: ReturnType<typeof createMemoryCluster>;
  now: number;
  elapsed: number;
  replicas: Replica[];
  views: View[];
};

const newReplica = (): Replica => ({
  holder: createLeafHolder(),
  followed: nothingFollowed,
  memory: nothingSeen,
});

const storedBundles = ({ memory }: World): View =>
  new Map(
    allRegistrations.flatMap(({ resource, name }) => {
      const { webhooks = [] } = (memory.read(resource, name) ?? {}) as Partial<WebhookConfiguration>;
      return webhooks.map(({ name: webhook, clientConfig: { caBundle = '' } }): [string, string] => [
        webhook,
        Buffer.from(caBundle, 'base64').toString(),
      ]);
    }),
  );

const verified = new Map<string, boolean>();

/** The same question is asked very often. */
const verifies = (bundle: string, leaf: string): boolean => {
  const question = `${bundle}/${leaf}`;
  const answer = verified.get(question) ?? isSignedByOneOf(bundle, leaf);
  verified.set(question, answer);
  return answer;
};

/** Which calls succeed now: one entry per API server, webhook and replica. */
const working = ({ views, replicas, now }: World): Set<string> => {
  const calls = new Set<string>();
  views.forEach((view, server) => {
    for (const [webhook, bundle] of view) {
      replicas.forEach(({ holder }, replica) => {
        const leaf = holder.current()?.cert;
        if (leaf === undefined || !isInTime(lifeOf(leaf), now)) return;
        if (verifies(bundle, leaf)) calls.add(`API server ${server} at ${webhook}, replica ${replica}`);
      });
    }
  });
  return calls;
};

/** Does something of ours and fails where a call that worked before no longer does. */
const withoutBreaking = async (world: World, act: () => Promise<void> | void): Promise<void> => {
  const before = working(world);
  await act();
  const after = working(world);
  expect([...before].filter((call) => !after.has(call))).toEqual([]);
};

const follow = (world: World, replica: Replica, stored: Stored): void => {
  const { now, elapsed } = world;
  replica.followed = followSecret(stored, replica.followed, {
    holder: replica.holder,
    namespace,
    now,
    elapsed,
  });
};

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet };

const lead = async (world: World, replica: Replica, stored: Stored): Promise<Stored> => {
  const led = await leadCertificates(stored, replica.memory, {
    cluster: world.memory.cluster,
    namespace,
    names,
    isLeader: () => true,
    signal: new AbortController().signal,
    now: () => world.now,
    elapsed: () => world.elapsed,
    log,
    makeKeys,
  });
  replica.memory = led.memory;
  return led;
};

const read = ({ memory }: World) => readStored(memory.cluster, namespace, new AbortController().signal);

/** Two that believe to lead write to the same objects: one of them is told. */
const orConflict = async <T>(work: Promise<T>, otherwise: T): Promise<T> =>
  work.catch((thrown: unknown) => {
    if (wasChangedMeanwhile(thrown)) return otherwise;
    throw thrown;
  });

/** API servers have learnt of everything by the time that others rely on it. */
const refreshAll = (world: World): Promise<void> =>
  withoutBreaking(world, () => {
    world.views = world.views.map(() => storedBundles(world));
  });

/** A stranger has changed what is stored: what breaks by that is theirs. */
const strangerDid = (world: World): void => {
  world.views = world.views.map(() => storedBundles(world));
};

type Event =
  | { type: 'lead' | 'follow' | 'restart'; replica: number; stale: boolean }
  | { type: 'refresh'; server: number }
  | { type: 'pass-time'; ms: number }
  | { type: 'jump'; ms: number }
  | { type: 'delete-secret' | 'garbage-secret' | 'lose-leaf' }
  | { type: 'wipe' | 'unregister' | 'register'; registration: number };

const strange = {
  'delete-secret': ({ memory }: World) => memory.remove(resources.secrets, secretName),
  'garbage-secret': ({ memory }: World) => {
    const secret = memory.read(resources.secrets, secretName);
    if (secret !== undefined)
      memory.write(resources.secrets, secretName, { ...secret, data: { 'ca.crt': 'Z2FyYmFnZQ==' } });
  },
  'lose-leaf': ({ memory }: World) => {
    const secret = memory.read(resources.secrets, secretName);
    const { 'tls.key': _, ...data } = (secret?.['data'] ?? {}) as ReturnType<typeof secretDataOf>;
    if (secret !== undefined) memory.write(resources.secrets, secretName, { ...secret, data });
  },
} as const;

const staleReads = new WeakMap<Replica, Stored>();

const actOfReplica = async (world: World, event: Extract<Event, { replica: number }>): Promise<void> => {
  const replica = world.replicas[event.replica]!;
  if (event.type === 'restart') {
    world.replicas[event.replica] = newReplica();
    return;
  }
  // A process that was stopped between reading and acting acts on what it had read.
  const stored = (event.stale ? staleReads.get(replica) : undefined) ?? (await read(world));
  staleReads.set(replica, stored);
  await withoutBreaking(world, async () => {
    const led = event.type === 'lead' ? await orConflict(lead(world, replica, stored), undefined) : stored;
    if (led !== undefined) follow(world, replica, led);
  });
};

const passTime = async (world: World, ms: number): Promise<void> => {
  if (ms >= lifetimes.settleMs) await refreshAll(world);
  world.now += ms;
  world.elapsed += ms;
};

const actOnRegistration = (
  { memory }: World,
  { type, registration }: Extract<Event, { registration: number }>,
): void => {
  const key = allRegistrations[registration]!;
  if (type === 'register') putRegistration(memory, key);
  if (type === 'unregister') memory.remove(key.resource, key.name);
  const object = memory.read(key.resource, key.name) as WebhookConfiguration | undefined;
  if (type !== 'wipe' || object === undefined) return;
  for (const { clientConfig } of object.webhooks!) delete clientConfig.caBundle;
  memory.write(key.resource, key.name, object);
};

const happen = async (world: World, event: Event): Promise<void> => {
  switch (event.type) {
    case 'lead':
    case 'follow':
    case 'restart':
      return actOfReplica(world, event);
    case 'refresh':
      return withoutBreaking(world, () => {
        world.views[event.server] = storedBundles(world);
      });
    case 'pass-time':
      return passTime(world, event.ms);
    case 'jump':
      world.now += event.ms;
      return;
    case 'wipe':
    case 'register':
    case 'unregister':
      actOnRegistration(world, event);
      return strangerDid(world);
    default:
      strange[event.type](world);
  }
};

/** Left alone with a leader, everybody is answered before long. */
const comesToRest = async (world: World): Promise<void> => {
  for (const key of allRegistrations) {
    if (world.memory.read(key.resource, key.name) === undefined) putRegistration(world.memory, key);
  }
  strangerDid(world);
  for (let round = 0; round < 8; round += 1) {
    for (const [index, replica] of world.replicas.entries()) {
      await actOfReplica(world, { type: index === 0 ? 'lead' : 'follow', replica: index, stale: false });
      staleReads.delete(replica);
    }
    await passTime(world, lifetimes.settleMs);
  }
  expect(working(world).size).toBe(apiServerCount * replicaCount * 6);
};

const replica = fc.integer({ min: 0, max: replicaCount - 1 });
const registration = fc.integer({ min: 0, max: allRegistrations.length - 1 });
const days = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * day);
const ownEvents: { weight: number; arbitrary: fc.Arbitrary<Event> }[] = [
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constantFrom('lead', 'lead', 'follow', 'follow', 'restart'),
      replica,
      stale: fc.integer({ min: 0, max: 3 }).map((pick) => pick === 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('refresh'),
      server: fc.integer({ min: 0, max: apiServerCount - 1 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('pass-time'),
      ms: fc.oneof(
        fc.integer({ min: 0, max: lifetimes.settleMs }),
        fc.constant(lifetimes.settleMs),
        days(1, 12),
        days(1, 40),
        days(100, 260),
      ),
    }),
  },
];

const strangeEvents: typeof ownEvents = [
  { weight: 1, arbitrary: fc.record({ type: fc.constant('jump'), ms: days(-400, 400) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constantFrom('delete-secret', 'garbage-secret', 'lose-leaf') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constantFrom('wipe', 'unregister', 'register'), registration }),
  },
];

/** Half of the histories are calm, so that rotations get through in many ways. */
const anyHistory = fc.oneof(
  fc.array(fc.oneof(...ownEvents), { maxLength: 50, size: 'max' }),
  fc.array(fc.oneof(...ownEvents, ...strangeEvents), { maxLength: 50, size: 'max' }),
);

const newWorld = (): World => {
  const memory = createMemoryCluster();
  for (const key of allRegistrations) putRegistration(memory, key);
  const world: World = {
    memory,
    now: Date.UTC(2026, 5, 1),
    elapsed: 0,
    replicas: Array.from({ length: replicaCount }, newReplica),
    views: Array.from({ length: apiServerCount }, () => new Map()),
  };
  strangerDid(world);
  return world;
};

/** A world that has run for a long time: everybody is answered, and the authority is due within days. */
const oldWorld = async (): Promise<World> => {
  const world = newWorld();
  const began = { notBefore: world.now - 240 * day, notAfter: world.now + 125 * day };
  const authority = await makeAuthority(began, makeKeys);
  const life = { notBefore: world.now - day, notAfter: world.now + 29 * day };
  const leaf = await makeLeaf(authority, names, life, makeKeys);
  const data = secretDataOf({ authority, leaf, next: undefined, old: [], retireAfter: 0 });
  world.memory.write(resources.secrets, secretName, { metadata: { name: secretName }, data });
  await comesToRest(world);
  return world;
};

const runs = Number(process.env['KUBECTL_DR_ROTATION_RUNS'] ?? 40);

test('whatever happens in whatever order, nothing we do breaks a handshake that works, and left alone all work', {
  timeout: 120_000 + runs * 10_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), anyHistory, async (isOld, events) => {
      const world = isOld ? await oldWorld() : newWorld();
      for (const event of events) await happen(world, event);
      await comesToRest(world);
    }),
    { numRuns: runs, endOnFailure: false },
  );
});
