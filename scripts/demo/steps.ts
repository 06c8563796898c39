import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
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
const before = 'written on cluster-1 before the disaster';
const after = 'written on cluster-2 after the disaster.';

const say = (line: string) => console.log(`   ${line}`);

const create = async (stage: Stage, site: Site, resource: Resource, object: KubernetesObject) => {
  await stage.cluster(site).create(resource, object);
  say(`${site}: ${resource.kind} ${object.metadata.name} created`);
};

/** A volume as `kubectl get -o yaml` shows it and kubectl would send it: with all that only its own cluster knows. */
const copyOf = ({ metadata, ...volume }: PersistentVolume): PersistentVolume => {
  const { resourceVersion: _, ...rest } = metadata;
  const annotations = { ...metadata.annotations, [claimRefAnnotation]: 'reserve' };
  return { ...volume, metadata: { ...rest, annotations } };
};

const showReference = (site: Site, { spec }: PersistentVolume) =>
  say(`${site}: claimRef ${JSON.stringify(spec?.claimRef)}, ${spec?.persistentVolumeReclaimPolicy}`);

/** The volume's object on the other cluster as it is, for the webhook there to repair. */
const carryOverByHand = async (stage: Stage) => {
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

/** An application that mounts the claim. */
const application: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'web', image: 'web' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
      },
    },
  },
};

const showWorkload = async (stage: Stage, site: Site) => {
  const { status } = await stage
    .cluster(site)
    .get<KubernetesObject & { status?: { readyReplicas?: number } }>(resources.deployments, {
      name: 'web',
      namespace,
    });
  if (status?.readyReplicas !== 2) throw new Error(`the application is not up on ${site}`);
  say(`${site}: Deployment web has 2 ready pods`);
};

const compareBytes = async (stage: Stage, site: Site, expected: string) => {
  const read = await stage.dr('sandbox', 'read', site, claimName);
  if (!read.includes(expected)) throw new Error(`${site} holds other bytes: ${JSON.stringify(read)}`);
  say('equal.');
};

/** A disaster and the return from it, as the ceph-csi guide has them, by our commands. */
export const steps: readonly Step[] = [
  {
    what: 'Two clusters with mirrored storage, and a claim on the first',
    why: 'Two API servers, each with a simulated array, a replication controller and an admission webhook. 12 minutes pass in 6 s.',
    run: async (stage) => {
      await stage.dr('sandbox', 'up', '--detach', '--embedded', '--with-example', '--clock-factor=120');
      await stage.dr('sandbox', 'write', 'cluster-1', claimName, before);
    },
  },
  {
    what: 'Protect it',
    why: 'The volume is retained, a VolumeReplication makes it primary, and the first snapshot goes out.',
    run: async (stage) => {
      await stage.dr('protect', claimName);
      await stage.dr('status');
    },
  },
  {
    what: 'Back it up, and look for what would stand in the way',
    why: 'The other site needs more than the bytes: claim, volume and classes, where the first site cannot take them with it.',
    run: async (stage) => {
      await stage.dr('backup', claimName, '-d', stage.backups);
      await stage.dr('backup', 'list', '-d', stage.backups);
      await stage.dr('check');
    },
  },
  {
    what: 'What the guard repairs',
    why: 'The volume as cluster-1 has it: bound to a claim that does not exist on cluster-2. The webhook there repairs it.',
    run: carryOverByHand,
  },
  {
    what: 'What the guard refuses',
    why: 'Changes that would lose data, whoever asks for them: here three that a tired engineer could make.',
    run: tryUnsafeChanges,
  },
  {
    what: 'An application on it, moved to the other site and back',
    why: 'Both sites are up: nothing is forced, and nothing lost. First the plan, then the move itself.',
    run: async (stage) => {
      await create(stage, 'cluster-1', resources.deployments, application);
      await stage.dr('plan', 'relocate', 'deploy/web');
      await stage.dr('relocate', 'deploy/web');
      await stage.dr('status');
      await stage.dr('relocate', 'deploy/web', '--to=cluster-1');
      await compareBytes(stage, 'cluster-1', before);
    },
  },
  {
    what: 'The first site is lost',
    why: 'A backup brings what cluster-2 lacks. What may be lost is shown first, and nothing is forced before somebody accepts it.',
    run: async (stage) => {
      await stage.dr('backup', claimName, '--include-workloads', '-d', stage.backups);
      await stage.dr('sandbox', 'fail', 'cluster-1');
      const words = ['failover', 'deploy/web', '--to=cluster-2', '--from', stage.backups];
      await stage.drRefused(...words);
      await stage.drRefused(...words, '--yes', '--accept-data-loss=0s');
      await stage.dr(...words, '--yes', '--accept-data-loss=15m', '--reason=demo');
      await showWorkload(stage, 'cluster-2');
      await compareBytes(stage, 'cluster-2', before);
      await stage.dr('status', '--context', 'cluster-2');
    },
  },
  {
    what: 'The first site comes back, and believes that it is primary',
    why: 'Its workloads are stopped and its older copy is made anew while the application runs on; only then everything moves back.',
    run: async (stage) => {
      await stage.dr('sandbox', 'write', 'cluster-2', claimName, after);
      await stage.dr('sandbox', 'heal', 'cluster-1');
      await stage.dr('status');
      await stage.dr('failback', 'deploy/web', '--yes', '--accept-data-loss=unknown');
      await showWorkload(stage, 'cluster-1');
      await compareBytes(stage, 'cluster-1', after);
      await stage.dr('status');
      await stage.dr('history');
    },
  },
];
