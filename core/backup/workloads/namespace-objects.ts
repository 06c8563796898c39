import type { KubernetesObject } from '../../model/kubernetes-object.ts';
import type { Reading } from '../../model/reading.ts';
import type { Resource } from '../../model/resource.ts';
import type { OwnerLookup } from '../../workload/owner-chain.ts';
import type { MissingObject } from '../backup-index.ts';
import type { RawObject } from '../choose-objects.ts';

/** Everything of one namespace that could go along with its volumes, by plural. Kinds that were not asked for are left out. */
export type NamespaceObjects = {
  readonly namespace: string;
  readonly claimNames: ReadonlySet<string>;
  readonly byPlural: Readonly<Record<string, Reading<readonly KubernetesObject[]>>>;
  /** The controllers that were read on the way up from what mounts claims; left out: none were. */
  readonly owners?: OwnerLookup;
};

/** The objects of a kind; none where it was not asked for or cannot be read. */
export const objectsOf = (
  { byPlural }: NamespaceObjects,
  { plural }: Resource,
): readonly KubernetesObject[] => {
  const reading = byPlural[plural];
  return reading?.known ? reading.value : [];
};

/** Kinds that could not be read: nobody knows which of their objects belong here. */
export const unreadableKinds = (
  { namespace, byPlural }: NamespaceObjects,
  kinds: readonly Resource[],
): MissingObject[] =>
  kinds.flatMap(({ kind, plural }) => {
    const reading = byPlural[plural];
    return reading === undefined || reading.known ? [] : { kind, namespace, name: '*', why: reading.why };
  });

/** `Deployment shop/web`. */
export const shownObject = ({ resource, object }: RawObject): string =>
  `${resource.kind} ${object.metadata.namespace}/${object.metadata.name}`;
