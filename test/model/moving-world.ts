// Two sites between which applications move: clusters behind the real guard, controllers, mirrored storage, and pods.
import { sourceHandleAnnotation } from '../../core/model/handle-there.ts';
import { resources } from '../../core/model/resource.ts';
import { replicationNames, type VolumeReplication } from '../../core/model/volume-replication.ts';
import type { Rpc } from '../../core/replication/answer.ts';
import type { ForcePolicy } from '../../core/replication/facts.ts';
import { createPeerLook } from '../../kube/peer-look.ts';
import type { Primacies, WrittenConsent } from './admit-replication.ts';
import { createGuardedSite, type GuardedSite } from './guarded-site.ts';
import { createKnownBytes, type KnownBytes } from './known-bytes.ts';
import { createSimulatedController, driverName, type SimulatedController } from './simulated-controller.ts';
import {
  type ClaimName,
  claimNames,
  createSimulatedStorage,
  otherSite,
  type SimulatedStorage,
  type SiteNumber,
} from './simulated-storage.ts';
import { fireCronJobs, type Layout, namespace, workloadActions, workloadsOf } from './simulated-workloads.ts';
import { storeWritten } from './store-written.ts';
import { syncOnce } from './sync-replications.ts';
import { actOnVolumes } from './volume-controllers.ts';

/** What a history begins with. */
export type Setup = {
  readonly layout: Layout;
  /** The other site has claims and workloads already. */
  readonly isRestored: boolean;
  /** The pools of the two Ceph clusters have other ids, so that each site calls the volumes otherwise. */
  readonly hasOtherHandles: boolean;
  /** Two operators honour each other's lease. */
  readonly hasLease: boolean;
  /** kubernetes-csi-addons asks no peer, and forces a promote that the driver refuses. */
  readonly forcePolicy: ForcePolicy;
  /** People change objects beside the operators. */
  readonly hasMeddlers: boolean;
  /** Milliseconds by which the clocks of both clusters, and of both operators, are ahead. */
  readonly siteSkew: readonly [number, number];
  readonly operatorSkew: readonly [number, number];
};

export const siteNames = ['a', 'b'] as const;

export type MovingSite = {
  readonly number: SiteNumber;
  readonly guarded: GuardedSite;
  readonly controller: SimulatedController;
};

export type MovingWorld = {
  readonly setup: Setup;
  readonly sites: readonly [MovingSite, MovingSite];
  readonly storage: SimulatedStorage;
  readonly bytes: KnownBytes;
  readonly primacies: Primacies;
  readonly consents: WrittenConsent[];
  /** Where GitOps holds the volumes at primary. */
  readonly gitOps: Set<SiteNumber>;
  now: number;
  linkUp: boolean;
  steps: number;
  close(): void;
};

export const className = 'every-minute';

export const pvName = (claim: ClaimName): string => `pv-${claim}`;

/** A claim with its volume, as they are on both sites. */
export const claimWithVolume = (claim: ClaimName, handle: string, handleThere: string) => ({
  volume: {
    metadata: {
      name: pvName(claim),
      ...(handle !== handleThere && { annotations: { [sourceHandleAnnotation]: handleThere } }),
    },
    spec: {
      csi: { driver: driverName, volumeHandle: handle },
      claimRef: { namespace, name: claim },
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: 'sc',
    },
    status: { phase: 'Bound' },
  },
  claim: {
    metadata: { namespace, name: claim },
    spec: { storageClassName: 'sc', volumeName: pvName(claim) },
    status: { phase: 'Bound' },
  },
});

const setUp = ({ simulated }: GuardedSite): void => {
  simulated.store(resources.namespaces, { metadata: { name: namespace } });
  simulated.store(resources.volumeReplicationClasses, {
    metadata: { name: className },
    spec: {
      provisioner: driverName,
      parameters: {
        mirroringMode: 'snapshot',
        schedulingInterval: '1m',
        [replicationNames.secretName]: 'rbd',
        [replicationNames.secretNamespace]: 'rook',
      },
    },
  });
  simulated.store(resources.storageClasses, {
    metadata: { name: 'sc' },
    provisioner: driverName,
    reclaimPolicy: 'Retain',
  });
};

const claimOf = ({ spec }: VolumeReplication): ClaimName => spec.dataSource.name as ClaimName;

const usedBy: Partial<Record<Rpc, RegExp>> = {
  promote: /force-promote/,
  resync: /resync/,
  demote: /lose-since-promote|demote-in-use/,
};

/** A consent is used by the call that it was written for. */
const noteUse = (
  { consents, sites }: MovingWorld,
  { rpc, site, claim }: { rpc: Rpc; site: SiteNumber; claim: ClaimName },
): void => {
  for (const consent of consents)
    if (consent.claim === claim && consent.site === sites[site].guarded.name)
      consent.isUsed ||= usedBy[rpc]?.test(consent.text) ?? false;
};

/** Tells the account of bytes which copy became primary, and whether somebody accepted what that costs. */
const watchCalls =
  (world: () => MovingWorld, site: SiteNumber) =>
  (rpc: Rpc, replication: VolumeReplication, call: () => void): void => {
    const { storage, bytes, primacies, setup } = world();
    const claim = claimOf(replication);
    const before = storage.roleOf(site, claim);
    call();
    noteUse(world(), { rpc, site, claim });
    if (before === 'primary' || storage.roleOf(site, claim) !== 'primary') return;
    // It asks no peer: what was admitted before a disaster it carries out after it, beside a new primary. Nothing is lost by that yet.
    if (setup.forcePolicy === 'upstream' && storage.roleOf(otherSite(site), claim) === 'primary') {
      bytes.noteSecondPrimary(site, claim);
      return;
    }
    const primacy = primacies.get(replication.metadata.uid ?? '');
    bytes.notePromotion(site, claim, primacy?.accepted);
  };

const createSites = (
  world: () => MovingWorld,
  storage: SimulatedStorage,
  { siteSkew, forcePolicy }: Setup,
) => {
  const ending = new AbortController();
  const clock = (site: SiteNumber) => () => world().now + siteSkew[site];
  const guarded = [createGuardedSite('a', clock(0)), createGuardedSite('b', clock(1))] as const;
  for (const site of guarded) setUp(site);
  const make = (number: SiteNumber): MovingSite => {
    const now = clock(number);
    const peer = createPeerLook({
      peer: guarded[otherSite(number)].simulated.cluster,
      signal: ending.signal,
      now,
      random: () => 0.5,
      log: { debug: () => undefined, warn: () => undefined },
    });
    guarded[number].connect(guarded[otherSite(number)].simulated);
    const controller = createSimulatedController({
      cluster: guarded[number].simulated,
      array: storage.arrays[number],
      peer,
      now,
      forcePolicy,
      onCall: watchCalls(world, number),
    });
    return { number, guarded: guarded[number], controller };
  };
  const close = (): void => {
    ending.abort();
    for (const site of guarded) site.close();
  };
  return { sites: [make(0), make(1)] as const, close };
};

/** Who hears whom follows from what is up. */
export const reach = (world: MovingWorld): void => {
  for (const { number, guarded } of world.sites) {
    guarded.simulated.setReachable(world.linkUp && guarded.isUp, !guarded.isUp);
    world.storage.setFrozen(number, !guarded.isUp);
  }
  world.storage.setLink(world.linkUp);
};

const partsOf = (world: MovingWorld, site: SiteNumber) => ({
  cluster: world.sites[site].guarded.simulated,
  storage: world.storage,
  site,
});

/** Pods and attachments of a site, for looking at them. */
export const runningOn = partsOf;

/** One thing that the cluster's own controllers do; `choice` says which of those that are to be done. */
export const actOnWorkloads = (world: MovingWorld, site: SiteNumber, choice: number): boolean => {
  const actions = workloadActions(partsOf(world, site));
  actions[choice % Math.max(1, actions.length)]?.();
  return actions.length > 0;
};

export const fireOn = (world: MovingWorld, site: SiteNumber): void => fireCronJobs(partsOf(world, site));

/** Time passes; informers are never more than some seconds behind. */
export const pass = (world: MovingWorld, ms: number): void => {
  if (ms > 2_000) for (const { guarded } of world.sites) if (guarded.isUp) guarded.catchUp();
  world.now += ms;
};

/** Everybody but operators works for a while; `most`: so much can happen to the workloads of a site. */
export const settle = async (world: MovingWorld, ms: number, most = 30): Promise<void> => {
  pass(world, ms);
  for (const { number, guarded, controller } of world.sites) {
    if (!guarded.isUp) continue;
    guarded.catchUp();
    if (world.gitOps.has(number)) await syncOnce(world, number);
    await controller.act();
    actOnVolumes(partsOf(world, number));
    for (let count = 0; count < most && actOnWorkloads(world, number, 0); count += 1);
    world.steps += 1;
  }
};

const populate = (world: MovingWorld): void => {
  const { sites, storage, setup } = world;
  const [{ guarded: home }, { guarded: away }] = sites;
  for (const claim of claimNames) {
    const [own, other] = [storage.handles[0][claim], storage.handles[1][claim]];
    // Nobody restored the first one.
    const made = [claimWithVolume(claim, own, own), claimWithVolume(claim, other, own)];
    for (const [index, { simulated }] of (setup.isRestored ? [home, away] : [home]).entries()) {
      const { volume, claim: object } = made[index] as (typeof made)[number];
      simulated.store(resources.persistentVolumes, volume);
      simulated.store(resources.persistentVolumeClaims, object);
    }
    const replication: VolumeReplication = {
      metadata: { namespace, name: claim },
      spec: {
        volumeReplicationClass: className,
        replicationState: 'primary',
        autoResync: false,
        dataSource: { kind: 'PersistentVolumeClaim', name: claim },
      },
    };
    storeWritten(home.simulated, replication, 'kubectl', world.now);
  }
  for (const { resource, object } of workloadsOf(setup.layout)) home.simulated.store(resource, object);
};

/** Both claims protected on site a, their applications running there, and one sync that has gone out. */
export const createMovingWorld = async (setup: Setup): Promise<MovingWorld> => {
  let world: MovingWorld;
  const now = () => world.now;
  const rest = {
    setup,
    primacies: new Map(),
    consents: [],
    gitOps: new Set(),
    now: Date.UTC(2026, 0, 1),
    linkUp: true,
    steps: 0,
  };
  world = rest as unknown as MovingWorld;
  const storage = createSimulatedStorage(now, [2, setup.hasOtherHandles ? 3 : 2]);
  Object.assign(world, { storage, bytes: createKnownBytes(storage) });
  Object.assign(
    world,
    createSites(() => world, storage, setup),
  );
  populate(world);
  for (let round = 0; round < 4; round += 1) await settle(world, 15_000);
  world.steps = 0;
  return world;
};
