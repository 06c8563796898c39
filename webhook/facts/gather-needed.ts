import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { readingOf } from '../../core/model/reading-of.ts';
import { resources } from '../../core/model/resource.ts';
import { claimKeyText, keyOfClaim } from '../../core/protection/claims-of-volume.ts';
import { takesIn } from '../../core/protection/group-members.ts';
import { type Protector, replicationHereOf } from '../../core/protection/protectors.ts';
import type { NeededFacts, NeededKind } from '../../core/rules/protection-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { CachedView } from './cached-view.ts';
import { deletedObject, readDefinition } from './read-object.ts';

const nameOf = ({ plural, group }: { plural: string; group: string }): string => `${plural}.${group}`;

const definitions = {
  classes: nameOf(resources.volumeReplicationClasses),
  groupClasses: nameOf(resources.volumeGroupReplicationClasses),
} as const;

const allProtectors = (view: CachedView): readonly Protector[] => [
  ...view.replicationsProtecting().map((object): Protector => ({ kind: 'VolumeReplication', object })),
  ...view.groupsProtecting().map((object): Protector => ({ kind: 'VolumeGroupReplication', object })),
];

const isByClass =
  (name: string) =>
  (protector: Protector): boolean =>
    protector.kind === 'VolumeReplication'
      ? protector.object.spec.volumeReplicationClass === name
      : protector.object.spec.volumeReplicationClassName === name;

const isByGroupClass =
  (name: string) =>
  (protector: Protector): boolean =>
    protector.kind === 'VolumeGroupReplication' &&
    protector.object.spec.volumeGroupReplicationClassName === name;

/** A protected claim names the class: it cannot be restored, nor grow, without it. Members of a group that are not known count as well. */
const isOfStorageClass =
  (view: CachedView, name: string) =>
  ({ kind, object }: Protector): boolean => {
    const { namespace = '' } = object.metadata;
    if (kind === 'VolumeGroupReplication')
      return view
        .claimsIn(namespace)
        .some((claim) => claim.spec?.storageClassName === name && takesIn(object, claim) !== false);
    const { kind: of, name: claimName } = object.spec.dataSource;
    if (of !== 'PersistentVolumeClaim') return false;
    return view.claim({ namespace, name: claimName })?.spec?.storageClassName === name;
  };

const protectorsBy = (view: CachedView, kind: NeededKind, name: string): readonly Protector[] => {
  const all = allProtectors(view);
  switch (kind) {
    case 'VolumeReplicationClass':
      return all.filter(isByClass(name));
    case 'VolumeGroupReplicationClass':
      return all.filter(isByGroupClass(name));
    case 'StorageClass':
      return all.filter(isOfStorageClass(view, name));
    case 'CustomResourceDefinition':
      return name === definitions.classes ? all : all.filter((it) => it.kind === 'VolumeGroupReplication');
  }
};

const standbyBy = (view: CachedView, kind: NeededKind, name: string): readonly string[] => {
  const className = kind === 'VolumeReplicationClass' ? name : undefined;
  const isAsked =
    className !== undefined || (kind === 'CustomResourceDefinition' && name === definitions.classes);
  return isAsked ? view.claimsOnStandby(className).map((claim) => claimKeyText(keyOfClaim(claim))) : [];
};

const isNeededKind = (kind: NeededKind, name: string): boolean =>
  kind !== 'CustomResourceDefinition' || name === definitions.classes || name === definitions.groupClasses;

/** A class, or the definition of classes, that is deleted; undefined for other operations and definitions. Throws `ObjectUnreadable`. */
export const gatherNeeded = (
  view: CachedView,
  request: AdmissionRequest,
  kind: NeededKind,
): NeededFacts | undefined => {
  if (request.operation !== 'DELETE') return undefined;
  const { metadata }: KubernetesObject = readDefinition(deletedObject(kind, request.oldObject));
  const name = metadata.name ?? request.name;
  if (!isNeededKind(kind, name)) return undefined;
  return {
    subject: 'needed',
    kind,
    name,
    isTerminating: Boolean(metadata.deletionTimestamp),
    replications: readingOf(() =>
      protectorsBy(view, kind, name).map((protector) =>
        replicationHereOf(
          protector,
          protector.kind === 'VolumeReplication' ? protector.object.spec.dataSource.name : '',
        ),
      ),
    ),
    standby: readingOf(() => standbyBy(view, kind, name)),
  };
};
