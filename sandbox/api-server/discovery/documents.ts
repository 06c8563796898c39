import type { ServedGroup, ServedVersion } from './group-versions.ts';
import { type ServedResource, type ServedSubresource, storageVersionHash } from './served-resource.ts';

const groupVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

const versionEntry = (group: string, version: string) => ({
  groupVersion: groupVersionOf(group, version),
  version,
});

/** `/api`. */
export const apiVersions = (serverAddress: string) => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
});

const groupEntry = ({ group, versions }: ServedGroup) => ({
  name: group,
  versions: versions.map(({ version }) => versionEntry(group, version)),
  preferredVersion: versionEntry(group, versions[0]?.version ?? ''),
});

/** `/apis`. */
export const apiGroupList = (groups: readonly ServedGroup[]) => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groups.map(groupEntry),
});

/** `/apis/group`. */
export const apiGroup = (group: ServedGroup) => ({
  kind: 'APIGroup',
  apiVersion: 'v1',
  ...groupEntry(group),
});

const whenSome = <T>(name: string, list: readonly T[]) => (list.length === 0 ? {} : { [name]: list });

const subresourceEntry = (resource: ServedResource, { name, kind, verbs }: ServedSubresource) => ({
  name: `${resource.plural}/${name}`,
  singularName: '',
  namespaced: resource.namespaced,
  ...(kind.group === resource.group && kind.version === resource.version
    ? {}
    : { group: kind.group, version: kind.version }),
  kind: kind.kind,
  verbs,
});

const resourceEntries = (resource: ServedResource) => [
  {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: resource.verbs,
    ...whenSome('shortNames', resource.shortNames),
    ...whenSome('categories', resource.categories),
    ...(resource.stored ? { storageVersionHash: storageVersionHash(resource) } : {}),
  },
  ...resource.subresources.map((subresource) => subresourceEntry(resource, subresource)),
];

/** `/api/v1` and `/apis/group/version`. */
export const apiResourceList = (group: string, { version, resources }: ServedVersion) => ({
  kind: 'APIResourceList',
  ...(group === '' ? {} : { apiVersion: 'v1' }),
  groupVersion: groupVersionOf(group, version),
  resources: resources.flatMap(resourceEntries),
});

const aggregatedResource = (resource: ServedResource) => ({
  resource: resource.plural,
  responseKind: { group: resource.group, version: resource.version, kind: resource.kind },
  scope: resource.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: resource.singular,
  verbs: resource.verbs,
  ...whenSome('shortNames', resource.shortNames),
  ...whenSome('categories', resource.categories),
  ...whenSome(
    'subresources',
    resource.subresources.map(({ name, kind, verbs }) => ({ subresource: name, responseKind: kind, verbs })),
  ),
});

/** `/api` or `/apis` for clients that want everything at once (`apidiscovery.k8s.io/v2`). */
export const aggregatedDiscovery = (groups: readonly ServedGroup[]) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: groups.map(({ group, versions }) => ({
    metadata: group === '' ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
    versions: versions.map(({ version, resources }) => ({
      version,
      resources: resources.map(aggregatedResource),
      freshness: 'Current',
    })),
  })),
});
