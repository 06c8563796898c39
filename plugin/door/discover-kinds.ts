import type { OwnerReference } from '../../core/model/kubernetes-object.ts';
import type { Resource } from '../../core/model/resource.ts';
import type { Site } from './clusters.ts';

type ApiResourceList = {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
};

type Discovered = { readonly resource: Resource; readonly hasScale: boolean };

/** Finds the kinds of owners by discovery, each group once. */
export const createDiscovery = ({ cluster }: Site, signal: AbortSignal) => {
  const groups = new Map<string, Promise<ApiResourceList>>();
  const read = (apiVersion: string): Promise<ApiResourceList> => {
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const reading = groups.get(apiVersion) ?? cluster.request<ApiResourceList>('GET', path, { signal });
    groups.set(apiVersion, reading);
    return reading;
  };
  return async ({
    apiVersion,
    kind,
  }: Pick<OwnerReference, 'apiVersion' | 'kind'>): Promise<Discovered | undefined> => {
    const { resources: served = [] } = await read(apiVersion);
    const found = served.find((it) => it.kind === kind && !it.name.includes('/'));
    if (found === undefined) return undefined;
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    return {
      resource: {
        group: group ?? '',
        version: version ?? '',
        plural: found.name,
        kind,
        namespaced: found.namespaced,
      },
      hasScale: served.some(({ name }) => name === `${found.name}/scale`),
    };
  };
};
