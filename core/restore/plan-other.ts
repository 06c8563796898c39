import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Resource } from '../model/resource.ts';
import type { RestoreConflict } from './conflict.ts';
import { missingMetadata } from './missing-metadata.ts';
import { nameOf, nameText } from './object-name.ts';
import type { Step } from './plan.ts';
import { handlingOf } from './restored-kinds.ts';
import type { Target } from './target.ts';
import type { ExistingPolicy, WantedObject } from './wanted.ts';

/** What is done for one object that is no volume, and what is to be said about it. */
export type PlannedObject = {
  readonly step: Step;
  readonly conflicts: readonly RestoreConflict[];
  /** One sentence each. */
  readonly warnings: readonly string[];
};

type Json = Readonly<Record<string, unknown>>;

const contentOf = (object: KubernetesObject): string =>
  JSON.stringify(
    ['data', 'binaryData', 'type'].map((field) => {
      const value = object[field];
      return typeof value === 'object' && value !== null ? Object.entries(value).sort() : (value ?? null);
    }),
  );

const replicasOf = (object: KubernetesObject): unknown => (object['spec'] as Json | undefined)?.['replicas'];

const mayBeInUse = 'its volumes may be in use';

/** Whether a warning is about a workload that runs on the target: whoever stops it anyway need not be told. */
export const isOfRunningWorkload = (warning: string): boolean => warning.endsWith(mayBeInUse);

/** What a person should know of an object that stays as it is. Never what is in it: it may be a secret. */
const remark = (wanted: KubernetesObject, there: KubernetesObject, target: Target): string | undefined => {
  const name = `${nameText(nameOf(wanted))} of ${target.site.name}`;
  if (['ConfigMap', 'Secret'].includes(wanted.kind ?? ''))
    return contentOf(wanted) === contentOf(there)
      ? undefined
      : `${name} stays as it is, but holds something else`;
  const replicas = Number(replicasOf(there) ?? 0);
  return replicas > 0 ? `${name} is there and asks for ${replicas} replicas: ${mayBeInUse}` : undefined;
};

const resourceOf = (object: KubernetesObject): Resource => {
  const handling = handlingOf(object);
  if (handling?.act !== 'restore') throw new Error(`a ${object.kind} is not restored`);
  return handling.resource;
};

const stepForExisting = (object: KubernetesObject, there: KubernetesObject, policy: ExistingPolicy): Step => {
  const resource = resourceOf(object);
  const metadata = policy === 'update' ? missingMetadata(object, there) : undefined;
  if (metadata === undefined) return { action: 'keep', resource, object: there, why: 'is there already' };
  const { resourceVersion } = there.metadata;
  const patch = { metadata: { resourceVersion, ...metadata } };
  return { action: 'update', resource, object: there, patch, why: 'labels and annotations' };
};

/** Namespaces and classes are shared by many: that they are there says nothing. */
const isShared = ({ stage }: WantedObject): boolean => stage === 'namespace' || stage === 'class';

const exists = (object: KubernetesObject, target: Target): RestoreConflict => ({
  object: nameOf(object),
  fact: `it exists on ${target.site.name}, and --existing=fail was given`,
  next: 'compare it with the source: leave out --existing, and what is there stays',
});

/** Decides about one object. Where its kind could not be read, creating it shows whether it is there. */
export const planOther = (wanted: WantedObject, target: Target, existing: ExistingPolicy): PlannedObject => {
  const { object } = wanted;
  const reading = target.object(nameOf(object));
  const there = reading.known ? reading.value : undefined;
  if (there === undefined) {
    const step: Step = { action: 'create', resource: resourceOf(object), object, why: '' };
    return { step, conflicts: [], warnings: [] };
  }
  const policy = isShared(wanted) ? 'verify' : existing;
  const said = isShared(wanted) ? undefined : remark(object, there, target);
  return {
    step: stepForExisting(object, there, policy),
    conflicts: policy === 'fail' ? [exists(object, target)] : [],
    warnings: said === undefined ? [] : [said],
  };
};
