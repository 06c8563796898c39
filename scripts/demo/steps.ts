import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { claimRefAnnotation } from '../../core/rules/repair/binder-annotations.ts';
import type { Change, Site, Stage } from './stage.ts';

export type Step = {
  what: string;
  /** One line: what happens, and why it is done. */
  why: string;
  run(stage: Stage): Promise<void>;
};

const namespace = 'default';
const otherNamespace = 'elsewhere';
const claimName = 'rbd-pvc';
const replicationName = 'pvc-volumereplication';
const text = 'written on cluster-1 before the move';

const say = (line: string) => console.log(`   ${line}`);

const create = async (stage: Stage, site: Site, resource: Resource, object: KubernetesObject) => {
  await stage.cluster(site).create(resource, object);
  say(`${site}: ${resource.kind} ${object.metadata.name} created`);
};

const setState = async (stage: Stage, site: Site, replicationState: string) => {
  await stage
    .cluster(site)
    .patch(
      resources.volumeReplications,
      { name: replicationName, namespace },
      { spec: { replicationState } },
      { type: 'merge', fieldManager: 'demo' },
    );
  say(`${site}: VolumeReplication ${replicationName} set to ${replicationState}`);
};

const untilBound = (stage: Stage, site: Site) =>
  stage.until<PersistentVolumeClaim>(site, {
    resource: resources.persistentVolumeClaims,
    name: claimName,
    namespace,
    is: 'Bound',
    when: ({ status }) => status?.phase === 'Bound',
  });

/** Done means seen at the current generation, not a state that an earlier wish left behind. */
const untilState = (stage: Stage, site: Site, state: 'Primary' | 'Secondary') =>
  stage.until<VolumeReplication>(site, {
    resource: resources.volumeReplications,
    name: replicationName,
    namespace,
    is: state,
    when: ({ metadata, status }) =>
      status?.state === state && status.observedGeneration === metadata.generation,
  });

const untilSynced = (stage: Stage, site: Site) =>
  stage.until<VolumeReplication>(site, {
    resource: resources.volumeReplications,
    name: replicationName,
    namespace,
    is: 'synced to the other site',
    when: ({ status }) => status?.lastSyncTime !== undefined,
  });

/** A volume as `kubectl get -o yaml` shows it and kubectl would send it: with all that only its own cluster knows. */
const copyOf = ({ metadata, ...volume }: PersistentVolume): PersistentVolume => {
  const { resourceVersion: _, ...rest } = metadata;
  const annotations = { ...metadata.annotations, [claimRefAnnotation]: 'reserve' };
  return { ...volume, metadata: { ...rest, annotations } };
};

const showReference = (site: Site, { spec }: PersistentVolume) =>
  say(`${site}: claimRef ${JSON.stringify(spec?.claimRef)}, ${spec?.persistentVolumeReclaimPolicy}`);

/** The claim and its volume on the other cluster: the volume as it is, for the webhook to repair, and then the claim. */
const carryOver = async (stage: Stage) => {
  const [first, second] = [stage.cluster('cluster-1'), stage.cluster('cluster-2')];
  const claim = await first.get<PersistentVolumeClaim>(resources.persistentVolumeClaims, {
    name: claimName,
    namespace,
  });
  const name = claim.spec?.volumeName ?? '';
  const volume = await first.get<PersistentVolume>(resources.persistentVolumes, { name });
  showReference('cluster-1', volume);
  await create(stage, 'cluster-2', resources.persistentVolumes, copyOf(volume));
  showReference('cluster-2', await second.get<PersistentVolume>(resources.persistentVolumes, { name }));
  await create(stage, 'cluster-2', resources.persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claimName, namespace },
    spec: { ...claim.spec },
  });
};

/** The sample VolumeReplication, which asks for primary. */
const replicationIn = (stage: Stage, ofNamespace: string): KubernetesObject => {
  const object = stage.sample('volume-replication');
  return { ...object, metadata: { ...object.metadata, namespace: ofNamespace } };
};

/** What a tired engineer does, and what stands in the way of it. */
const tryUnsafeChanges = async (stage: Stage) => {
  const creation = (object: KubernetesObject): Change => ({
    words: ['create', '-f', '-'],
    input: object,
    ask: (cluster) => cluster.create(resources.volumeReplications, object),
  });
  say('A second primary:');
  await stage.refused('cluster-2', creation(replicationIn(stage, namespace)), 'DR102');
  say('A VolumeReplication in another namespace than its claim:');
  await create(stage, 'cluster-1', resources.namespaces, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: otherNamespace },
  });
  await stage.refused('cluster-1', creation(replicationIn(stage, otherNamespace)), 'DR103');
  say('The end of a claim that is protected:');
  const deletion: Change = {
    words: ['delete', 'pvc', claimName],
    ask: (cluster) => cluster.delete(resources.persistentVolumeClaims, { name: claimName, namespace }),
  };
  await stage.refused('cluster-1', deletion, 'DR111');
};

/** The planned migration of the ceph-csi guide, as a person follows it by hand. */
export const steps: readonly Step[] = [
  {
    what: 'Two clusters with mirrored storage',
    why: 'Two API servers, each with a simulated array, a replication controller and an admission webhook. 12 minutes pass in 6 s.',
    run: async (stage) => {
      await stage.dr('sandbox', 'up', '--detach', '--embedded', '--clock-factor=120');
    },
  },
  {
    what: 'A volume on cluster-1',
    why: 'StorageClass with Retain, the storage secret and the replication class on both sites; a claim on the first.',
    run: async (stage) => {
      for (const site of ['cluster-1', 'cluster-2'] as const) {
        await create(stage, site, resources.storageClasses, stage.sample('storage-class'));
        await create(stage, site, resources.secrets, stage.sample('secret'));
        await create(
          stage,
          site,
          resources.volumeReplicationClasses,
          stage.sample('volume-replication-class'),
        );
      }
      const claim = stage.sample('persistent-volume-claim');
      await create(stage, 'cluster-1', resources.persistentVolumeClaims, claim);
      await untilBound(stage, 'cluster-1');
    },
  },
  {
    what: 'Bytes that must not get lost',
    why: 'The application writes to the only copy there is.',
    run: async (stage) => {
      await stage.dr('sandbox', 'write', 'cluster-1', claimName, text);
    },
  },
  {
    what: 'Protect it',
    why: 'A VolumeReplication asks for primary: the controller enables mirroring and promotes; snapshots travel on schedule.',
    run: async (stage) => {
      await create(stage, 'cluster-1', resources.volumeReplications, stage.sample('volume-replication'));
      await untilState(stage, 'cluster-1', 'Primary');
      await untilSynced(stage, 'cluster-1');
      await stage.dr('status');
    },
  },
  {
    what: 'Carry the claim and its volume over',
    why: 'The volume as cluster-1 has it: bound to a claim that does not exist on cluster-2. The webhook there repairs it.',
    run: async (stage) => {
      await carryOver(stage);
      await untilBound(stage, 'cluster-2');
    },
  },
  {
    what: 'What the guard refuses',
    why: 'Changes that would lose data, whoever asks for them: here three that a tired engineer could make.',
    run: tryUnsafeChanges,
  },
  {
    what: 'Demote cluster-1',
    why: 'The old side first: what was written since the last snapshot travels with the demotion, and at no moment are there two primaries.',
    run: async (stage) => {
      await setState(stage, 'cluster-1', 'secondary');
      await untilState(stage, 'cluster-1', 'Secondary');
      await stage.dr('status');
    },
  },
  {
    what: 'Promote cluster-2',
    why: 'Without force: the storage agrees only once the demotion has arrived, so nothing is lost.',
    run: async (stage) => {
      await create(stage, 'cluster-2', resources.volumeReplications, stage.sample('volume-replication'));
      await untilState(stage, 'cluster-2', 'Primary');
      await untilSynced(stage, 'cluster-2');
      await stage.dr('status');
    },
  },
  {
    what: 'Read the bytes where the application runs now',
    why: 'What was written on cluster-1 is there on cluster-2.',
    run: async (stage) => {
      const read = await stage.dr('sandbox', 'read', 'cluster-2', claimName);
      if (!read.includes(text)) throw new Error(`cluster-2 holds other bytes: ${JSON.stringify(read)}`);
      say('equal.');
    },
  },
];
