import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { editField, without, withoutAnnotations } from './clean/edit-fields.ts';
import { cleanMetadata } from './clean/metadata.ts';
import { cleanPersistentVolume } from './clean/persistent-volume.ts';
import { cleanPersistentVolumeClaim } from './clean/persistent-volume-claim.ts';
import { cleanReplication } from './clean/replication.ts';
import { cleanService } from './clean/service.ts';
import { cleanJob, cleanWorkload } from './clean/workload.ts';

type Clean = (object: KubernetesObject) => KubernetesObject;

/** Finalizers of a namespace are in its spec; a server sets its own. */
const cleanNamespace: Clean = (namespace) =>
  editField(namespace, 'spec', (spec) => without(spec, 'finalizers'));

/** Tokens that a server made for the account. */
const cleanServiceAccount: Clean = (account) => without(account, 'secrets');

const defaultClass = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** Of two default classes the newer one wins: a restored one would take over every claim that names none. */
const cleanStorageClass: Clean = (storageClass) =>
  withoutAnnotations(storageClass, (name) => defaultClass.includes(name));

/** By API group and kind; a version says nothing of what a field means to these. */
const byKind: Readonly<Record<string, Clean>> = {
  '/Namespace': cleanNamespace,
  '/PersistentVolume': cleanPersistentVolume,
  '/PersistentVolumeClaim': cleanPersistentVolumeClaim,
  '/Service': cleanService,
  '/ServiceAccount': cleanServiceAccount,
  'storage.k8s.io/StorageClass': cleanStorageClass,
  'replication.storage.openshift.io/VolumeReplication': cleanReplication,
  'replication.storage.openshift.io/VolumeGroupReplication': cleanReplication,
  'apps/Deployment': cleanWorkload,
  'apps/StatefulSet': cleanWorkload,
  'apps/ReplicaSet': cleanWorkload,
  'apps/DaemonSet': cleanWorkload,
  'batch/Job': cleanJob,
  'batch/CronJob': cleanWorkload,
};

const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

/**
 * An object as it can be created on another cluster: without what its own cluster wrote on it or what means that cluster alone. Only
 * the fields that the rules of its kind name are changed; all others stay, known or not. Cleaning what was cleaned changes nothing.
 */
export const cleanObject = (object: KubernetesObject): KubernetesObject => {
  const key = `${groupOf(object.apiVersion ?? '')}/${object.kind ?? ''}`;
  const ofKind = Object.hasOwn(byKind, key) ? byKind[key] : undefined;
  // First, because a replication's own rule asks whether a server answered it.
  return cleanMetadata(ofKind === undefined ? object : ofKind(object));
};
