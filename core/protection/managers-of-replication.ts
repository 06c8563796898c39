import { controllerOf } from '../model/controller-of.ts';
import { resources } from '../model/resource.ts';
import { oneLine } from '../rules/one-line.ts';
import { argoCdOf } from '../workload/managers/argo-cd.ts';
import { fluxOf } from '../workload/managers/flux.ts';
import type { Protector } from './protectors.ts';

/** Somebody else who says what a replication asks for: who it is, and what to do about it before it is changed, as one clause. */
export type ReplicationManager = { readonly name: string; readonly warning: string };

/** A group writes the VolumeReplication that carries its state, as it is told to: to change the group is what changes both. */
const isItsGroup = ({ apiVersion, kind }: { apiVersion: string; kind: string }): boolean =>
  kind === 'VolumeGroupReplication' && apiVersion.startsWith(`${resources.volumeGroupReplications.group}/`);

const ownersOf = ({ object }: Protector): ReplicationManager[] => {
  const owner = controllerOf(object);
  if (owner === undefined || isItsGroup(owner)) return [];
  return [
    {
      name: oneLine(`${owner.kind} ${object.metadata.namespace}/${owner.name}`),
      warning:
        'owns it and sets it back to what it wants itself: have that one make the change, or pause it first',
    },
  ];
};

/** Who sets a replication back: an owner of a kind that is not ours (Ramen's VolumeReplicationGroup), Flux, Argo CD. */
export const managersOfReplication = (protector: Protector): readonly ReplicationManager[] => {
  const resource =
    protector.kind === 'VolumeReplication' ? resources.volumeReplications : resources.volumeGroupReplications;
  const managed = { resource, object: protector.object };
  return [
    ...ownersOf(protector),
    ...fluxOf(managed).flatMap(({ name, warning }) => (warning === undefined ? [] : { name, warning })),
    ...argoCdOf(managed).map(({ name }) => ({
      name,
      warning: 'sets it back where it heals itself (selfHeal): turn off its automated sync first',
    })),
  ];
};

/** `VolumeReplication shop/db of cluster-1: Flux Kustomization flux-system/shop sets it back …`, one line for each. */
export const warningsOfManagers = (protector: Protector, site: string): readonly string[] => {
  const { namespace, name } = protector.object.metadata;
  return managersOfReplication(protector).map(
    (manager) => `${protector.kind} ${namespace}/${name} of ${site}: ${manager.name} ${manager.warning}`,
  );
};
