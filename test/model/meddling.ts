// What other people and tools do to the objects of both sites, beside the operators.
import fc from 'fast-check';
import { consentAnnotation } from '../../core/consent.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { ApiError } from '../../kube/api-error.ts';
import { admitReplication } from './admit-replication.ts';
import { meddle } from './move-command.ts';
import type { MovingWorld } from './moving-world.ts';
import { driverName } from './simulated-controller.ts';
import { type ClaimName, claimNames, type SiteNumber } from './simulated-storage.ts';
import { namespace, workloadKinds } from './simulated-workloads.ts';

const site = fc.constantFrom<SiteNumber>(0, 1);
const claim = fc.constantFrom<ClaimName>(...claimNames);
const nameOf = (number: SiteNumber): string => (number === 0 ? 'a' : 'b');
const policy = fc.constantFrom<'Retain' | 'Delete'>('Retain', 'Delete', 'Delete');

const endPod = fc.tuple(site, fc.nat({ max: 3 })).map(([number, index]) =>
  meddle(`somebody deletes pod ${index} of ${nameOf(number)}`, ({ world }) => {
    const { simulated, isUp } = world.sites[number].guarded;
    const pod = simulated.all(resources.pods)[index];
    if (isUp && pod !== undefined)
      simulated.remove(resources.pods, { namespace, name: pod.metadata.name ?? '' });
  }),
);

const scale = fc
  .tuple(site, fc.nat({ max: 3 }), fc.integer({ min: 0, max: 3 }))
  .map(([number, index, size]) =>
    meddle(`somebody scales workload ${index} of ${nameOf(number)} to ${size}`, ({ world, disturbed }) => {
      const { simulated, isUp } = world.sites[number].guarded;
      const resource = workloadKinds[index % workloadKinds.length];
      const [object] = resource === undefined ? [] : simulated.all(resource);
      if (!isUp || resource === undefined || object === undefined) return;
      const spec = object['spec'] as object;
      const change = resource === resources.cronJobs ? { suspend: size === 0 } : { replicas: size };
      simulated.store(resource, { ...object, spec: { ...spec, ...change } });
      disturbed.sizes = true;
    }),
  );

const edit = fc
  .tuple(site, claim, fc.constantFrom('primary', 'secondary', 'resync'), fc.boolean())
  .map(([number, name, replicationState, autoResync]) =>
    meddle(
      `somebody asks ${name} on ${nameOf(number)} to be ${replicationState}${autoResync ? ' with autoResync' : ''}`,
      async ({ world, disturbed }) => {
        const { guarded } = world.sites[number];
        const oldObject = guarded.replication(name);
        if (!guarded.isUp || oldObject === undefined) return;
        const spec = { ...oldObject.spec, replicationState, autoResync } as VolumeReplication['spec'];
        const context = {
          site: guarded,
          told: world,
          now: world.now + world.setup.siteSkew[number],
        };
        try {
          await admitReplication(context, { object: { ...oldObject, spec }, oldObject, user: 'bob' });
          disturbed.replications = true;
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
        }
      },
    ),
  );

/** Asks the guard for a change of a PV, and stores what it lets in; whether it did. */
const writeVolume = async (
  { sites }: MovingWorld,
  number: SiteNumber,
  object: PersistentVolume,
  oldObject?: PersistentVolume,
): Promise<boolean> => {
  const { guarded } = sites[number];
  if (!guarded.isUp) return false;
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  const asked = { resource: resources.persistentVolumes, operation, object, oldObject, user: 'bob' } as const;
  const { answer, object: mended } = await guarded.review(asked);
  if (answer.allowed) guarded.simulated.store(resources.persistentVolumes, mended ?? object);
  return answer.allowed;
};

/** Whose a second PV is: of a claim that is gone, of one that may come, or of nobody. */
const owners = {
  'a claim that is gone': { namespace, name: 'gone', uid: 'uid-gone' },
  'a claim of another name': { namespace, name: 'other' },
  nobody: undefined,
} as const;

const strayVolume = fc
  .tuple(site, claim, policy, fc.constantFrom(...(Object.keys(owners) as (keyof typeof owners)[])))
  .map(([number, name, persistentVolumeReclaimPolicy, owner]) =>
    meddle(
      `somebody makes a second PV (${persistentVolumeReclaimPolicy}) of the volume of ${name} on ${nameOf(number)}, of ${owner}`,
      async ({ world }) => {
        const claimRef = owners[owner];
        await writeVolume(world, number, {
          metadata: { name: `stray-${name}` },
          spec: {
            csi: { driver: driverName, volumeHandle: world.storage.handles[number][name] },
            persistentVolumeReclaimPolicy,
            storageClassName: 'stray',
            ...(claimRef !== undefined && { claimRef }),
          },
          status: { phase: 'Available' },
        });
      },
    ),
  );

const changeVolume = fc
  .tuple(site, fc.nat({ max: 4 }), policy, fc.boolean())
  .map(([number, index, persistentVolumeReclaimPolicy, isGivenAway]) =>
    meddle(
      `somebody sets PV ${index} of ${nameOf(number)} to ${persistentVolumeReclaimPolicy}${isGivenAway ? ', and gives it to a claim that is gone' : ''}`,
      async ({ world, disturbed }) => {
        const { simulated } = world.sites[number].guarded;
        const before = simulated.all<PersistentVolume>(resources.persistentVolumes)[index];
        if (before === undefined) return;
        const claimRef = isGivenAway ? owners['a claim that is gone'] : before.spec?.claimRef;
        const spec = {
          ...before.spec,
          persistentVolumeReclaimPolicy,
          ...(claimRef !== undefined && { claimRef }),
        };
        const isLetIn = await writeVolume(world, number, { ...before, spec }, before);
        disturbed.deletions ||= isLetIn && isGivenAway;
      },
    ),
  );

const deleteClaim = fc.tuple(site, claim).map(([number, name]) =>
  meddle(`somebody deletes claim ${name} of ${nameOf(number)}`, async ({ world, disturbed }) => {
    const { guarded } = world.sites[number];
    const resource = resources.persistentVolumeClaims;
    const oldObject = guarded.simulated.find<PersistentVolumeClaim>(resource, { namespace, name });
    if (!guarded.isUp || oldObject === undefined) return;
    const asked = { resource, operation: 'DELETE', object: undefined, oldObject, user: 'bob' } as const;
    const { answer } = await guarded.review(asked);
    if (!answer.allowed) return;
    disturbed.deletions = true;
    guarded.simulated.remove(resource, { namespace, name });
  }),
);

/** GitOps applies the same manifests to both sites: where there is no such claim yet, it gets a volume of its own. */
const applyClaim = fc.tuple(site, claim).map(([number, name]) =>
  meddle(`GitOps applies claim ${name} to ${nameOf(number)}`, async ({ world, disturbed }) => {
    const { guarded } = world.sites[number];
    const resource = resources.persistentVolumeClaims;
    if (!guarded.isUp || guarded.simulated.find(resource, { namespace, name }) !== undefined) return;
    const object: PersistentVolumeClaim = {
      metadata: { namespace, name },
      spec: { storageClassName: 'sc' },
      status: { phase: 'Pending' },
    };
    const asked = { resource, operation: 'CREATE', object, oldObject: undefined, user: 'gitops' } as const;
    const { answer } = await guarded.review(asked);
    if (!answer.allowed) return;
    disturbed.deletions = true;
    guarded.simulated.store(resource, object);
  }),
);

const syncReplications = fc.tuple(site, fc.boolean()).map(([number, isOn]) =>
  meddle(
    `GitOps ${isOn ? 'begins' : 'ends'} to hold the volumes of ${nameOf(number)} at primary`,
    ({ world, disturbed }) => {
      if (isOn) world.gitOps.add(number);
      else world.gitOps.delete(number);
      disturbed.replications = true;
    },
  ),
);

const replayConsent = fc
  .tuple(site, claim, fc.nat({ max: 3 }), fc.constantFrom('primary', 'primary', 'resync', 'secondary'))
  .map(([number, name, index, replicationState]) =>
    meddle(
      `somebody who may consent applies used consent ${index} of ${name} on ${nameOf(number)} once more, asking for ${replicationState}`,
      async ({ world, disturbed }) => {
        const { guarded } = world.sites[number];
        const oldObject = guarded.replication(name);
        const text = world.consents.filter((it) => it.isUsed && it.claim === name)[index]?.text;
        if (!guarded.isUp || oldObject === undefined || text === undefined) return;
        const { metadata, spec } = oldObject;
        const annotations = { ...metadata.annotations, [consentAnnotation]: text };
        const object = {
          ...oldObject,
          metadata: { ...metadata, annotations },
          spec: { ...spec, replicationState, autoResync: false } as VolumeReplication['spec'],
        };
        const now = world.now + world.setup.siteSkew[number];
        try {
          const context = { site: guarded, told: world, now };
          await admitReplication(context, { object, oldObject, user: 'admin', isReplay: true });
          disturbed.replications = true;
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
        }
      },
    ),
  );

/** Each of them is seldom what a history is about. */
export const meddling = fc.oneof(
  endPod,
  scale,
  edit,
  strayVolume,
  changeVolume,
  deleteClaim,
  applyClaim,
  syncReplications,
  replayConsent,
);
