import { createHash } from 'node:crypto';
import type { Kind } from '../kind.ts';

/** What a subresource answers with, and what may be done with it. */
export type ServedSubresource = {
  name: string;
  kind: { group: string; version: string; kind: string };
  verbs: readonly string[];
};

/** One resource as discovery tells it. */
export type ServedResource = {
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  verbs: readonly string[];
  shortNames: readonly string[];
  categories: readonly string[];
  /** Whether objects are stored, so that clients may ask whether their storage version changed. */
  stored: boolean;
  subresources: readonly ServedSubresource[];
};

const changing = ['get', 'patch', 'update'] as const;

/** Subresources of built-in kinds besides `status` and `scale`. */
const ownSubresources: Record<string, readonly ServedSubresource[]> = {
  pods: [
    { name: 'binding', kind: { group: '', version: 'v1', kind: 'Binding' }, verbs: ['create'] },
    { name: 'eviction', kind: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: ['create'] },
    { name: 'log', kind: { group: '', version: 'v1', kind: 'Pod' }, verbs: ['get'] },
  ],
  namespaces: [
    { name: 'finalize', kind: { group: '', version: 'v1', kind: 'Namespace' }, verbs: ['update'] },
  ],
  serviceaccounts: [
    {
      name: 'token',
      kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      verbs: ['create'],
    },
  ],
};

const subresourcesOf = ({ resource, status, scale }: Kind): ServedSubresource[] => {
  const { group, version, kind, plural } = resource;
  return [
    ...(group === '' ? (ownSubresources[plural] ?? []) : []),
    ...(scale === undefined
      ? []
      : [{ name: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: changing }]),
    ...(status ? [{ name: 'status', kind: { group, version, kind }, verbs: changing }] : []),
  ];
};

/** A kind as discovery tells it. */
export const servedResourceOf = (kind: Kind): ServedResource => {
  const { group, version, plural, namespaced } = kind.resource;
  return {
    group,
    version,
    plural,
    singular: kind.singular,
    kind: kind.resource.kind,
    namespaced,
    verbs: kind.verbs,
    shortNames: kind.shortNames,
    categories: kind.categories,
    stored: true,
    subresources: subresourcesOf(kind),
  };
};

/** Changes when a kind is stored in another version: the first 8 bytes of a SHA-256, as kube-apiserver computes it. */
export const storageVersionHash = ({ group, version, kind }: ServedResource): string =>
  createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64');
