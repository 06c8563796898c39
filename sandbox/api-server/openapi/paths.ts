import type { Kind } from '../kind.ts';
import type { JsonObject } from '../schema/json-value.ts';
import { groupVersionKind, groupVersionPath, schemaName } from './published-schemas.ts';

const parameter = (name: string, type = 'string'): JsonObject => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true },
});

const writeParameters = [parameter('dryRun'), parameter('fieldManager'), parameter('fieldValidation')];

const listParameters = [
  ...['allowWatchBookmarks', 'sendInitialEvents', 'watch'].map((name) => parameter(name, 'boolean')),
  ...['continue', 'fieldSelector', 'labelSelector', 'resourceVersion', 'resourceVersionMatch'].map((name) =>
    parameter(name),
  ),
  ...['limit', 'timeoutSeconds'].map((name) => parameter(name, 'integer')),
];

const patchTypes = (custom: boolean): string[] => [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  ...(custom ? [] : ['application/strategic-merge-patch+json']),
];

type Method = { method: string; action: string; verb: string; parameters: JsonObject[] };

/** Methods on one object. Clients learn from the parameters of PATCH whether the server validates fields. */
const objectMethods: readonly Method[] = [
  { method: 'get', action: 'get', verb: 'get', parameters: [] },
  { method: 'put', action: 'put', verb: 'update', parameters: writeParameters },
  {
    method: 'patch',
    action: 'patch',
    verb: 'patch',
    parameters: [...writeParameters, parameter('force', 'boolean')],
  },
  { method: 'delete', action: 'delete', verb: 'delete', parameters: [parameter('dryRun')] },
];

const collectionMethods: readonly Method[] = [
  { method: 'get', action: 'list', verb: 'list', parameters: listParameters },
  { method: 'post', action: 'post', verb: 'create', parameters: writeParameters },
  { method: 'delete', action: 'deletecollection', verb: 'deletecollection', parameters: listParameters },
];

const bodyOf = (kind: Kind, method: string): JsonObject => {
  const body = { schema: { $ref: `#/components/schemas/${schemaName(kind)}` } };
  if (method === 'patch')
    return {
      requestBody: { content: Object.fromEntries(patchTypes(kind.custom).map((type) => [type, {}])) },
    };
  return method === 'put' || method === 'post' ? { requestBody: { content: { '*/*': body } } } : {};
};

const operation = (kind: Kind, { method, action, parameters }: Method): JsonObject => ({
  ...(parameters.length === 0 ? {} : { parameters }),
  ...bodyOf(kind, method),
  responses: { '200': { description: 'OK' } },
  'x-kubernetes-action': action,
  'x-kubernetes-group-version-kind': groupVersionKind(kind),
});

const operations = (kind: Kind, methods: readonly Method[]): JsonObject =>
  Object.fromEntries(
    methods
      .filter(({ verb }) => kind.verbs.includes(verb))
      .map((method) => [method.method, operation(kind, method)]),
  );

/** The paths of one kind, as far as clients look at them: which methods there are and what they take. */
export const pathsOf = (kind: Kind): Record<string, JsonObject> => {
  const base = groupVersionPath(kind);
  const { plural, namespaced } = kind.resource;
  const collection = namespaced ? `${base}/namespaces/{namespace}/${plural}` : `${base}/${plural}`;
  const whole = operations(kind, collectionMethods);
  const single = operations(kind, objectMethods);
  const status = operations(
    kind,
    objectMethods.filter(({ method }) => method !== 'delete'),
  );
  return {
    [collection]: whole,
    ...(namespaced && kind.verbs.includes('list')
      ? { [`${base}/${plural}`]: operations(kind, collectionMethods.slice(0, 1)) }
      : {}),
    ...(Object.keys(single).length === 0 ? {} : { [`${collection}/{name}`]: single }),
    ...(kind.status ? { [`${collection}/{name}/status`]: status } : {}),
  };
};
