import { createHash } from 'node:crypto';
import { parseAccept } from '../http/accept.ts';
import { type ApiRequest, jsonReply, type Reply } from '../http/exchange.ts';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from './documents.ts';
import { groupsOf, type ServedGroup } from './group-versions.ts';
import type { ServedKinds } from './served-kinds.ts';
import { type ServedResource, servedResourceOf } from './served-resource.ts';

/** Answers the paths of discovery; undefined for any other path. */
export type Discovery = (request: Pick<ApiRequest, 'path' | 'headers'>) => Reply | undefined;

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const wantsAggregated = (accept: string | undefined): boolean => {
  const [first] = parseAccept(accept).filter(
    ({ type, parameters }) => type === 'application/json' && parameters['v'] !== 'v2beta1',
  );
  return (
    first?.parameters['as'] === 'APIGroupDiscoveryList' && first.parameters['g'] === 'apidiscovery.k8s.io'
  );
};

const aggregatedReply = (groups: readonly ServedGroup[], headers: ApiRequest['headers']): Reply => {
  const body = JSON.stringify(aggregatedDiscovery(groups));
  const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`;
  const answerHeaders = { etag, vary: 'Accept' };
  if (headers['if-none-match'] === etag)
    return { type: 'whole', status: 304, contentType: aggregatedType, body: '', headers: answerHeaders };
  return { type: 'whole', status: 200, contentType: aggregatedType, body, headers: answerHeaders };
};

/** Makes discovery of the served kinds and of resources that are not stored. Documents are kept until the kinds change. */
export const createDiscovery = (
  kinds: ServedKinds,
  others: readonly ServedResource[],
  address: () => string,
): Discovery => {
  let known: { generation: number; groups: readonly ServedGroup[] } | undefined;
  const groups = (): readonly ServedGroup[] => {
    const generation = kinds.generation();
    if (known?.generation !== generation)
      known = { generation, groups: groupsOf([...kinds.all().map(servedResourceOf), ...others]) };
    return known.groups;
  };
  const core = () => groups().filter(({ group }) => group === '');
  const named = () => groups().filter(({ group }) => group !== '');

  const versionReply = (group: string, version: string): Reply | undefined => {
    const found = groups()
      .find((candidate) => candidate.group === group)
      ?.versions.find((candidate) => candidate.version === version);
    return found === undefined ? undefined : jsonReply(200, apiResourceList(group, found));
  };

  const coreReply = (version: string | undefined, headers: ApiRequest['headers']): Reply | undefined => {
    if (version !== undefined) return versionReply('', version);
    return wantsAggregated(headers.accept)
      ? aggregatedReply(core(), headers)
      : jsonReply(200, apiVersions(address()), { headers: { vary: 'Accept' } });
  };

  const groupsReply = (headers: ApiRequest['headers']): Reply =>
    wantsAggregated(headers.accept)
      ? aggregatedReply(named(), headers)
      : jsonReply(200, apiGroupList(named()), { headers: { vary: 'Accept' } });

  const groupReply = (group: string): Reply | undefined => {
    const found = named().find((candidate) => candidate.group === group);
    return found === undefined ? undefined : jsonReply(200, apiGroup(found));
  };

  return ({ path, headers }) => {
    const [, root, first, second, ...more] = path.replace(/\/$/, '').split('/');
    if (more.length > 0) return undefined;
    if (root === 'api') return second === undefined ? coreReply(first, headers) : undefined;
    if (root !== 'apis') return undefined;
    if (first === undefined) return groupsReply(headers);
    return second === undefined ? groupReply(first) : versionReply(first, second);
  };
};
