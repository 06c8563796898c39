import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { apiVersionOf, type Resource } from '../model/resource.ts';
import { shellWord } from '../rules/guard/commands.ts';
import type { PodOwner } from './pod-owners.ts';
import { stopByHand } from './stop-by-hand.ts';
import type { Workload } from './workload.ts';

/** A pod that holds a claim and that no workload controller stops: reported before anything changes. */
export type Unstoppable = {
  /** One clause. */
  readonly message: string;
  /** Stops it, or leads to what does. */
  readonly next: string;
};

const ownerOf = (resource: Resource, object: KubernetesObject) => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  name: object.metadata.name ?? '',
});

/** One that was found, and is not among the workloads that are stopped. */
const notRead = (
  owner: Extract<PodOwner, { is: 'scalable' | 'workload' }>,
  workloads: readonly Workload[],
  kubectl: string,
): Unstoppable[] => {
  const { resource, object, namespace, pods } = owner;
  if (workloads.some(({ uid }) => uid === object.metadata.uid)) return [];
  const { kind, name } = ownerOf(resource, object);
  const why =
    owner.is === 'scalable'
      ? 'where it keeps its replica count there is no whole number'
      : 'it is not among the workloads that can be read';
  const runs = { owner: ownerOf(resource, object), namespace, object };
  return [
    {
      message: `pod ${listOf(namespace, pods)} is run by ${kind} ${name}, which nobody here can stop: ${why}`,
      next: stopByHand(runs, kubectl),
    },
  ];
};

const listOf = (namespace: string, pods: readonly string[]): string =>
  pods.map((name) => `${namespace}/${name}`).join(', ');

const unstopped = (owner: PodOwner, workloads: readonly Workload[], kubectl: string): Unstoppable[] => {
  const { namespace, pods } = owner;
  switch (owner.is) {
    case 'no owner':
      return [
        {
          message: `pod ${listOf(namespace, pods)} has no owner that could be stopped: delete it yourself`,
          next: `${kubectl} -n ${shellWord(namespace)} delete pod ${pods.map(shellWord).join(' ')}`,
        },
      ];
    case 'unknown owner': {
      const { kind, name } = owner.owner;
      return [
        {
          message: `pod ${listOf(namespace, pods)} is run by ${kind} ${name}, which nobody here can stop: ${owner.why}`,
          next: stopByHand({ owner: owner.owner, namespace, object: owner.object }, kubectl),
        },
      ];
    }
    default:
      return notRead(owner, workloads, kubectl);
  }
};

/**
 * Who runs pods that hold the claims and is stopped by nobody. Every owner is either among the workloads that were read, or named here: none
 * is dropped. `kubectl`: the words that reach the site.
 */
export const unstoppedOwners = (
  owners: readonly PodOwner[],
  workloads: readonly Workload[],
  kubectl: string,
): readonly Unstoppable[] => owners.flatMap((owner) => unstopped(owner, workloads, kubectl));
