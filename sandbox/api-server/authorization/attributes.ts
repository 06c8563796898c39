import type { Caller } from '../authentication/caller.ts';

/** What somebody wants to do, as RBAC sees it. */
export type AccessAttributes = { caller: Caller } & (
  | {
      type: 'resource';
      verb: string;
      group: string;
      version?: string;
      resource: string;
      subresource: string;
      namespace: string;
      name: string;
    }
  | { type: 'path'; verb: string; path: string }
);

/** The answer of the authorizer; the reason is shown where one is known. */
export type Access = { allowed: boolean; reason: string };

const quoted = (text: string): string => JSON.stringify(text);

/** `User "x" cannot list resource "pods" in API group "" in the namespace "default"`. */
export const refusalOf = (attributes: AccessAttributes): string => {
  const user = `User ${quoted(attributes.caller.name)}`;
  if (attributes.type === 'path') return `${user} cannot ${attributes.verb} path ${quoted(attributes.path)}`;
  const { verb, group, resource, subresource, namespace } = attributes;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quoted(namespace)}`;
  return `${user} cannot ${verb} resource ${quoted(what)} in API group ${quoted(group)} ${where}`;
};
