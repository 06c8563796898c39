import { PageNotFound } from '../http/failure.ts';

/** A path below `/api/v1` or `/apis/group/version`, taken apart. */
export type ResourcePath = {
  group: string;
  version: string;
  plural: string;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
};

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new PageNotFound();
  }
};

/** The subresources of namespaces, which stand where else the kind of a namespaced object does. */
const namespaceSubresources = new Set(['status', 'finalize']);

const inNamespace = (rest: readonly string[]): rest is [string, string, string, ...string[]] =>
  rest[0] === 'namespaces' && rest.length >= 3 && !namespaceSubresources.has(rest[2] ?? '');

/** Takes a path apart; undefined where it names no resource. */
export const parseResourcePath = (path: string): ResourcePath | undefined => {
  const segments = path.split('/').slice(1).map(decoded);
  const [root, ...below] = segments;
  const start = root === 'api' ? 1 : 2;
  if ((root !== 'api' && root !== 'apis') || below.length <= start) return undefined;
  const [group, version] = root === 'api' ? ['', below[0] ?? ''] : [below[0] ?? '', below[1] ?? ''];
  const rest = below.slice(start);
  const namespace = inNamespace(rest) ? rest[1] : undefined;
  const [plural = '', name, subresource, ...more] = inNamespace(rest) ? rest.slice(2) : rest;
  if (plural === '' || more.length > 0) return undefined;
  return { group, version, plural, namespace, name: name === '' ? undefined : name, subresource };
};

/** The verb of RBAC for a method on a resource. */
export const verbOf = (method: string, { name }: ResourcePath, isWatch: boolean): string => {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      if (isWatch) return 'watch';
      return name === undefined ? 'list' : 'get';
  }
};
