// What a cluster's own controllers do for workloads that mount claims: pods, attachments, readiness, each with delay.
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { claimsOfPod, type Pod } from '../../core/model/pod.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { VolumeAttachment } from '../../core/model/volume-attachment.ts';
import type { SimulatedCluster } from './simulated-cluster.ts';
import { type ClaimName, claimNames, type SimulatedStorage, type SiteNumber } from './simulated-storage.ts';

export const namespace = 'default';

/** `together`: one workload mounts both claims, so that they move together; `apart`: two groups. */
export type Layout = 'together' | 'apart';

type Sketch = { readonly resource: Resource; readonly object: KubernetesObject };

const template = (claims: readonly string[]) => ({
  spec: {
    volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
  },
});

const replicated = (resource: Resource, name: string, replicas: number, claims: string[]): Sketch => ({
  resource,
  object: {
    kind: resource.kind,
    metadata: { namespace, name },
    spec: { replicas, template: template(claims) },
  },
});

const cron = (name: string, suspend: boolean): Sketch => ({
  resource: resources.cronJobs,
  object: {
    kind: 'CronJob',
    metadata: { namespace, name },
    spec: { suspend, jobTemplate: { spec: { template: template(['data']) } } },
  },
});

/** The workloads of a history as they are before anything moves; somebody suspended `archive` on purpose. */
export const workloadsOf = (layout: Layout): readonly Sketch[] => [
  ...(layout === 'together'
    ? [replicated(resources.statefulSets, 'db', 2, ['data', 'wal'])]
    : [
        replicated(resources.deployments, 'web', 2, ['data']),
        replicated(resources.statefulSets, 'db', 1, ['wal']),
      ]),
  cron('nightly', false),
  cron('archive', true),
];

export const workloadKinds = [resources.deployments, resources.statefulSets, resources.cronJobs] as const;

type WorkloadObject = KubernetesObject & {
  readonly spec: {
    readonly replicas?: number;
    readonly suspend?: boolean;
    readonly template?: ReturnType<typeof template>;
  };
  readonly status?: { readonly observedGeneration?: number; readonly readyReplicas?: number };
};

/** 0 or 1 where it is stopped and started as a whole. */
export const sizeOf = (object: KubernetesObject): number => {
  const { replicas, suspend } = (object as WorkloadObject).spec;
  return replicas ?? (suspend === true ? 0 : 1);
};

type Parts = {
  readonly cluster: SimulatedCluster;
  readonly storage: SimulatedStorage;
  readonly site: SiteNumber;
};

const ownerOf = ({ metadata }: KubernetesObject): string => metadata.labels?.['owner'] ?? '';
const isGoing = ({ metadata }: KubernetesObject): boolean => metadata.deletionTimestamp !== undefined;

const podsOf = ({ cluster }: Parts): Pod[] => cluster.all<Pod>(resources.pods);

const attachmentsOf = ({ cluster }: Parts): VolumeAttachment[] =>
  cluster.all<VolumeAttachment>(resources.volumeAttachments);

const volumeNameOf = ({ cluster }: Parts, claim: string): string | undefined =>
  cluster.find<PersistentVolumeClaim>(resources.persistentVolumeClaims, { namespace, name: claim })?.spec
    ?.volumeName;

const attachmentOf = (parts: Parts, claim: string): VolumeAttachment | undefined => {
  const name = volumeNameOf(parts, claim);
  return attachmentsOf(parts).find(({ spec }) => spec?.source?.persistentVolumeName === name);
};

/** Whether what runs in a pod can write: everything is attached, and the storage takes writes. */
const canWrite = (parts: Parts, pod: Pod): boolean =>
  claimsOfPod(pod).every(
    (claim) =>
      attachmentOf(parts, claim) !== undefined &&
      parts.storage.roleOf(parts.site, claim as ClaimName) === 'primary',
  );

/** Claims that a pod writes to at this moment: also one that is told to end, until it has. */
export const writtenClaims = (parts: Parts): readonly ClaimName[] => {
  const writing = podsOf(parts).filter((pod) => canWrite(parts, pod));
  return claimNames.filter((claim) => writing.some((pod) => claimsOfPod(pod).includes(claim)));
};

/** What uses a claim at this moment, as one word each. */
export const usesOf = (parts: Parts, claim: string): readonly string[] => [
  ...podsOf(parts).flatMap((pod) => (claimsOfPod(pod).includes(claim) ? [`pod ${pod.metadata.name}`] : [])),
  ...(attachmentOf(parts, claim) === undefined ? [] : ['an attachment']),
];

const makePod = ({ cluster }: Parts, owner: KubernetesObject, claims: readonly string[]): void => {
  const name = `${owner.metadata.name}-${cluster.all(resources.pods).length}-${owner.metadata.resourceVersion}`;
  cluster.store(resources.pods, {
    metadata: { namespace, name, labels: { owner: `${owner.kind} ${owner.metadata.name}` } },
    ...template(claims),
  });
};

const going = (pod: Pod): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
});

type Action = () => void;

/** One pod more or fewer, and a status that tells of it. */
const replicaActions = (parts: Parts, object: WorkloadObject, resource: Resource): Action[] => {
  const { cluster } = parts;
  const own = podsOf(parts).filter((pod) => ownerOf(pod) === `${object.kind} ${object.metadata.name}`);
  const staying = own.filter((pod) => !isGoing(pod));
  const claims = (object.spec.template?.spec.volumes ?? []).map(({ name }) => name);
  const [last] = staying.slice(-1);
  const actions: Action[] = [];
  if (staying.length < sizeOf(object)) actions.push(() => makePod(parts, object, claims));
  if (staying.length > sizeOf(object) && last !== undefined)
    actions.push(() => cluster.store(resources.pods, going(last)));
  const ready = staying.filter((pod) => canWrite(parts, pod)).length;
  const { observedGeneration, readyReplicas = 0 } = object.status ?? {};
  if (observedGeneration !== object.metadata.generation || readyReplicas !== ready) {
    const status = { observedGeneration: object.metadata.generation, readyReplicas: ready };
    actions.push(() => cluster.store(resource, { ...object, status }));
  }
  return actions;
};

/** The image behind a PV: of the claim's name there may be another one on either site. */
const handleOf = ({ cluster }: Parts, volumeName: string): string =>
  cluster.find<PersistentVolume>(resources.persistentVolumes, { name: volumeName })?.spec?.csi
    ?.volumeHandle ?? '';

const attach = (parts: Parts, claim: ClaimName, volumeName: string): void => {
  const { cluster, storage, site } = parts;
  cluster.store(resources.volumeAttachments, {
    metadata: { name: `csi-${claim}` },
    spec: { nodeName: 'node-1', source: { persistentVolumeName: volumeName } },
  });
  storage.arrays[site].publish({ volumeId: handleOf(parts, volumeName), nodeId: 'node-1', secrets: {} });
};

const detach = (parts: Parts, claim: ClaimName): void => {
  const { cluster, storage, site } = parts;
  const volumeName = attachmentOf(parts, claim)?.spec?.source?.persistentVolumeName ?? '';
  cluster.remove(resources.volumeAttachments, { name: `csi-${claim}` });
  storage.arrays[site].unpublish({ volumeId: handleOf(parts, volumeName), nodeId: 'node-1', secrets: {} });
};

const attachmentActions = (parts: Parts, claim: ClaimName): Action[] => {
  const isUsed = podsOf(parts).some((pod) => claimsOfPod(pod).includes(claim));
  const isAttached = attachmentOf(parts, claim) !== undefined;
  const name = volumeNameOf(parts, claim);
  if (isUsed && !isAttached && name !== undefined) return [() => attach(parts, claim, name)];
  return !isUsed && isAttached ? [() => detach(parts, claim)] : [];
};

/** Everything that could happen next, one of which does. */
export const workloadActions = (parts: Parts): Action[] => {
  const { cluster } = parts;
  const pods = podsOf(parts);
  return [
    ...[resources.deployments, resources.statefulSets].flatMap((resource) =>
      cluster.all<WorkloadObject>(resource).flatMap((object) => replicaActions(parts, object, resource)),
    ),
    ...claimNames.flatMap((claim) => attachmentActions(parts, claim)),
    ...pods
      .filter((pod) => isGoing(pod) || ownerOf(pod).startsWith('CronJob'))
      .map((pod) => () => cluster.remove(resources.pods, { namespace, name: pod.metadata.name ?? '' })),
  ];
};

/** The hour of a CronJob strikes: a pod comes that nobody but itself ends. */
export const fireCronJobs = (parts: Parts): void => {
  const fired = new Set(podsOf(parts).map(ownerOf));
  for (const object of parts.cluster.all<WorkloadObject>(resources.cronJobs))
    if (sizeOf(object) > 0 && !fired.has(`CronJob ${object.metadata.name}`)) makePod(parts, object, ['data']);
};
