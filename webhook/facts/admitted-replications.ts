import { DrError } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import { sourceKeyOf } from '../../core/protection/protectors.ts';
import { shownName } from '../../core/rules/repair/shown-name.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { FactCache } from './caches.ts';
import { type JudgedKind, judgedKindOf } from './judged-kind.ts';
import { createLatelyAdmitted, type LatelyAdmitted } from './lately-admitted.ts';
import { readClass, readGroup, readReplication } from './read-object.ts';
import { slimClass, slimGroup, slimReplication } from './slim-objects.ts';

/** The kinds of classes. */
export type ClassKind = 'VolumeReplicationClass' | 'VolumeGroupReplicationClass';

type GroupKey = { readonly namespace: string; readonly name: string };

/** Replications and classes that were let in lately, laid over the caches until these show them. */
export type AdmittedReplications = {
  /** Dry runs and what cannot be read are left out. */
  add(request: AdmissionRequest): void;
  /** The VolumeReplications of a source, as cached and as let in since. */
  replicationsOf(cache: FactCache<VolumeReplication>, source: string): readonly VolumeReplication[];
  /** The groups of a namespace, as cached and as let in since. */
  groupsIn(cache: FactCache<VolumeGroupReplication>, namespace: string): readonly VolumeGroupReplication[];
  /** One group in every version that may be what is stored. */
  groupVersions(cache: FactCache<VolumeGroupReplication>, key: GroupKey): readonly VolumeGroupReplication[];
  replicationClass(
    cache: FactCache<VolumeReplicationClass>,
    kind: ClassKind,
    name: string,
  ): VolumeReplicationClass | undefined;
};

const nameOf = ({ metadata }: KubernetesObject): string => metadata.name ?? '';

const namespaceOf = ({ metadata }: KubernetesObject): string => metadata.namespace ?? '';

/**
 * A change that was let in may not be stored after all, so it is only ever believed for the worse: what is cached and wants primary
 * wants it still.
 */
const worseOf = <T extends VolumeReplication | VolumeGroupReplication>(cached: T, admitted: T): T =>
  admitted.spec.replicationState === 'primary' ? { ...cached, spec: admitted.spec } : cached;

const layOver = <T extends VolumeReplication | VolumeGroupReplication>(
  cached: readonly T[],
  lately: readonly T[],
): readonly T[] => {
  if (lately.length === 0) return cached;
  const merged = new Map(cached.map((object) => [nameOf(object), object]));
  for (const object of lately) {
    const before = merged.get(nameOf(object));
    merged.set(nameOf(object), before === undefined ? object : worseOf(before, object));
  }
  return [...merged.values()];
};

/** Finds what was let in among what is cached; a generated name is known by how it begins. */
const findShown =
  <T extends KubernetesObject>(cached: readonly T[]) =>
  (object: T): T | undefined => {
    const name = nameOf(object);
    return cached.find((it) =>
      name.endsWith('*') ? nameOf(it).startsWith(name.slice(0, -1)) : nameOf(it) === name,
    );
  };

/** The slim object under the name and namespace it will have. */
const named = <T extends KubernetesObject>(
  slim: T,
  { object, namespace }: Pick<AdmissionRequest, 'object' | 'namespace'>,
): T => {
  const name = shownName(object?.metadata ?? {});
  return { ...slim, metadata: { ...slim.metadata, name, ...(namespace === '' ? {} : { namespace }) } };
};

type Memory = {
  readonly replications: LatelyAdmitted<VolumeReplication>;
  readonly groups: LatelyAdmitted<VolumeGroupReplication>;
  readonly classes: LatelyAdmitted<VolumeReplicationClass>;
};

const note = (memory: Memory, kind: JudgedKind | undefined, request: AdmissionRequest): void => {
  const { object, oldObject } = request;
  const generation = request.operation === 'UPDATE' ? (oldObject?.metadata?.generation ?? 0) : undefined;
  switch (kind) {
    case 'VolumeReplication':
      memory.replications.add({
        object: named(slimReplication(readReplication(object)), request),
        generation,
      });
      return;
    case 'VolumeGroupReplication':
      memory.groups.add({ object: named(slimGroup(readGroup(object)), request), generation });
      return;
    case 'VolumeReplicationClass':
    case 'VolumeGroupReplicationClass':
      memory.classes.add({ object: { ...slimClass(readClass(kind, object)), kind }, generation });
      return;
    default:
  }
};

const classKey = (kind: string, name: string): string => `${kind}/${name}`;

/** An empty memory. */
export const createAdmittedReplications = (now: () => number): AdmittedReplications => {
  const memory: Memory = {
    replications: createLatelyAdmitted((object) => [sourceKeyOf(object) ?? ''], now),
    groups: createLatelyAdmitted((object) => [namespaceOf(object)], now),
    classes: createLatelyAdmitted((object) => [classKey(object.kind ?? '', nameOf(object))], now),
  };
  return {
    add: (request) => {
      if (request.dryRun || (request.operation !== 'CREATE' && request.operation !== 'UPDATE')) return;
      try {
        note(memory, judgedKindOf(request), request);
      } catch (error) {
        if (!(error instanceof DrError)) throw error;
      }
    },
    replicationsOf: (cache, source) => {
      const cached = cache.by('source', source);
      return layOver(cached, memory.replications.by(source, findShown(cached)));
    },
    groupsIn: (cache, namespace) => {
      const cached = cache.by('namespace', namespace);
      return layOver(cached, memory.groups.by(namespace, findShown(cached)));
    },
    groupVersions: (cache, { namespace, name }) => {
      const cached = cache.by('namespace', namespace);
      const lately = memory.groups.by(namespace, findShown(cached));
      return [...cached, ...lately].filter((group) => nameOf(group) === name);
    },
    replicationClass: (cache, kind, name) => {
      const cached = cache.get({ name });
      return cached ?? memory.classes.by(classKey(kind, name), () => cached)[0];
    },
  };
};
