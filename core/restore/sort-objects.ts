import type { Condition, KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { VolumeGroupReplication } from '../model/volume-group-replication.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import { nameOf, type ObjectName } from './object-name.ts';
import { handlingOf, type Stage } from './restored-kinds.ts';

/** An object that was read, and where: `dump.yaml, document 2`. */
export type SourceObject = { readonly object: KubernetesObject; readonly origin: string };

/** An object that a restore does not take, and why: one clause. */
export type LeftOut = { readonly object: ObjectName; readonly why: string };

/** What was read, by what is done with it. Objects are as they were read. */
export type SortedObjects = {
  readonly volumes: readonly PersistentVolume[];
  readonly claims: readonly PersistentVolumeClaim[];
  /** Everything else that is written. */
  readonly others: readonly KubernetesObject[];
  readonly replications: readonly VolumeReplication[];
  readonly groups: readonly VolumeGroupReplication[];
  readonly leftOut: readonly LeftOut[];
  /** Objects of kinds that a restore does not know. */
  readonly refused: readonly SourceObject[];
};

/** What every cluster makes for itself in each namespace. */
const madeByCluster = ({ kind, metadata, ...rest }: KubernetesObject): string | undefined => {
  if (kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt') return 'each cluster makes its own';
  if (kind === 'ServiceAccount' && metadata.name === 'default') return 'each namespace has its own';
  if (kind === 'Service' && metadata.namespace === 'default' && metadata.name === 'kubernetes')
    return 'each cluster has its own';
  return kind === 'Secret' && rest['type'] === 'kubernetes.io/service-account-token'
    ? 'it opens the source cluster alone'
    : undefined;
};

const madeByOwner = ({ metadata }: KubernetesObject): string | undefined => {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner && `${owner.kind} ${owner.name} makes it`;
};

/** Restored and let go, a Job that has ended would run once more. */
const hasEnded = ({
  kind,
  status,
}: KubernetesObject & { status?: { completionTime?: unknown; conditions?: Condition[] } }) =>
  kind === 'Job' &&
  (status?.completionTime !== undefined ||
    status?.conditions?.some((one) => ['Complete', 'Failed'].includes(one.type) && one.status === 'True'));

const whyLeftOut = (object: KubernetesObject, stage: Stage, withWorkloads: boolean): string | undefined => {
  if (stage !== 'workload') return madeByCluster(object);
  if (hasEnded(object)) return 'it has ended';
  return madeByOwner(object) ?? (withWorkloads ? undefined : 'workloads are restored with --with-workloads');
};

const ofKind = <T extends KubernetesObject>(objects: readonly KubernetesObject[], kind: string): T[] =>
  objects.filter((object): object is T => object.kind === kind);

const volumeKinds = ['PersistentVolume', 'PersistentVolumeClaim'];

/** Sorts what was read by what a restore does with it. */
export const sortObjects = (
  read: readonly SourceObject[],
  { withWorkloads }: { withWorkloads: boolean },
): SortedObjects => {
  const taken: KubernetesObject[] = [];
  const informing: KubernetesObject[] = [];
  const leftOut: LeftOut[] = [];
  const refused: SourceObject[] = [];
  for (const source of read) {
    const { object } = source;
    const handling = handlingOf(object);
    if (handling === undefined) refused.push(source);
    else if (handling.act === 'read') informing.push(object);
    else {
      const why =
        handling.act === 'leave out' ? handling.why : whyLeftOut(object, handling.stage, withWorkloads);
      if (why === undefined) taken.push(object);
      else leftOut.push({ object: nameOf(object), why });
    }
  }
  return {
    volumes: ofKind(taken, 'PersistentVolume'),
    claims: ofKind(taken, 'PersistentVolumeClaim'),
    others: taken.filter(({ kind = '' }) => !volumeKinds.includes(kind)),
    replications: ofKind(informing, 'VolumeReplication'),
    groups: ofKind(informing, 'VolumeGroupReplication'),
    leftOut,
    refused,
  };
};
