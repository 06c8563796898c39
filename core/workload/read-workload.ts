import type { RawObject } from '../backup/choose-objects.ts';
import { claimsMountedBy } from '../backup/workloads/claims-of-workload.ts';
import { isBuiltInOwner } from '../backup/workloads/pod-owners.ts';
import { controllerOf } from '../model/controller-of.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { resources } from '../model/resource.ts';
import { type ManagerContext, managersOf } from './managers.ts';
import { readyPodsOf } from './ready-pods.ts';
import { sizeBeforeOf } from './size-before.ts';
import { isTrue } from './status-conditions.ts';
import { meansOf, sizeOf } from './stop-means.ts';
import type { Workload } from './workload.ts';

const isJob = ({ resource }: RawObject): boolean => resource.kind === resources.jobs.kind;

const hasEnded = (read: RawObject): boolean =>
  isJob(read) && (isTrue(read.object, 'Complete') || isTrue(read.object, 'Failed'));

const isMadeByAnother = ({ object }: RawObject): boolean => {
  const owner = controllerOf(object);
  return owner !== undefined && isBuiltInOwner(owner);
};

/** What an object of a built-in kind is as a workload that mounts these claims; undefined for other kinds. */
export const readWorkload = (
  read: RawObject,
  claims: readonly string[],
  context: ManagerContext,
): Workload | undefined => {
  const { resource, object } = read;
  const means = meansOf(resource.kind);
  if (means === undefined) return undefined;
  const ended = hasEnded(read);
  const size = ended ? 0 : sizeOf(means, object);
  const { namespace = '', name = '', uid = '' } = object.metadata;
  return {
    resource,
    namespace,
    name,
    uid,
    claims,
    means,
    size,
    sizeBefore: sizeBeforeOf(means, object),
    ready: readyPodsOf(means, object, size),
    hasEnded: ended,
    isMadeByAnother: isMadeByAnother(read),
    managers: managersOf(read, context),
    object,
  };
};

/**
 * Whether what makes an object stands for it: stopping a ReplicaSet of a Deployment would be undone at once. A CronJob that is suspended
 * does not stop its Jobs, so those that have not ended are looked at themselves.
 */
const isStoodFor = (read: RawObject, listed: ReadonlySet<string>): boolean =>
  isMadeByAnother(read) && (isJob(read) ? hasEnded(read) : listed.has(controllerOf(read.object)?.uid ?? ''));

/**
 * The workloads that mount any of the claims, among objects of the built-in kinds that make pods. `toldByPods`: claims that the pods of an
 * object mount, whatever its template names.
 */
export const readWorkloads = (
  objects: readonly RawObject[],
  claimNames: (namespace: string) => ReadonlySet<string>,
  context: ManagerContext,
  toldByPods: (object: KubernetesObject) => readonly string[] = () => [],
): Workload[] => {
  const listed = new Set(objects.flatMap(({ object }) => object.metadata.uid ?? []));
  return objects
    .filter((read) => !isStoodFor(read, listed))
    .flatMap((read) => {
      const named = claimsMountedBy(read.object, claimNames(read.object.metadata.namespace ?? ''));
      const told = toldByPods(read.object).filter((name) => !named.includes(name));
      if (named.length + told.length === 0) return [];
      const workload = readWorkload(read, [...named, ...told], context);
      if (workload === undefined) return [];
      return told.length === 0 ? workload : { ...workload, isToldByPods: true };
    });
};
