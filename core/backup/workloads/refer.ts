import type { Resource } from '../../model/resource.ts';
import type { RawObject } from '../choose-objects.ts';
import { type NamespaceObjects, objectsOf, shownObject } from './namespace-objects.ts';
import { type PodTemplate, podTemplateOf, type Reference } from './pod-template.ts';

/** A reference, and the object that holds it. */
export type HeldReference = Reference & { readonly by: RawObject };

/** The references that workloads hold in their pod templates. */
export const referencesIn = (
  workloads: readonly RawObject[],
  named: (template: PodTemplate) => readonly Reference[],
): HeldReference[] =>
  workloads.flatMap((by) => named(podTemplateOf(by.object)).map((reference) => ({ ...reference, by })));

/** What references lead to, by name, and one line for each that leads nowhere. */
export type Referred = { readonly objects: readonly RawObject[]; readonly warnings: readonly string[] };

/** Follows references to one kind. Where the object is not there, its holder does not start on its own cluster either. */
export const refer = (
  here: NamespaceObjects,
  resource: Resource,
  held: readonly HeldReference[],
): Referred => {
  const byName = new Map(objectsOf(here, resource).map((object) => [object.metadata.name ?? '', object]));
  const names = new Set(held.map(({ name }) => name));
  const isRead = here.byPlural[resource.plural]?.known === true;
  const absent = held.filter(({ name, isOptional }) => isRead && !isOptional && !byName.has(name));
  return {
    objects: [...names].sort().flatMap((name) => {
      const object = byName.get(name);
      return object === undefined ? [] : { resource, object };
    }),
    warnings: absent.map(
      ({ by, name }) => `${shownObject(by)} names ${resource.kind} ${name}, which does not exist`,
    ),
  };
};
