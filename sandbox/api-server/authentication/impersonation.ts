import type { IncomingHttpHeaders } from 'node:http';
import { type AccessAttributes, refusalOf } from '../authorization/attributes.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { failures } from '../http/failure.ts';
import { authenticatedGroup, type Caller } from './caller.ts';

type Wish = { name: string; groups: string[] };

const groupsOf = (header: string | string[] | undefined): string[] => {
  if (header === undefined) return [];
  return (Array.isArray(header) ? header : header.split(',')).map((group) => group.trim());
};

const wishOf = (headers: IncomingHttpHeaders): Wish | undefined => {
  const name = headers['impersonate-user'];
  const groups = groupsOf(headers['impersonate-group']);
  if (typeof name === 'string' && name !== '') return { name, groups };
  if (groups.length > 0)
    throw failures.plainError(`requested [{Group  ${groups[0]} }] without impersonating a user`);
  return undefined;
};

const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/;

const attributesFor = (
  caller: Caller,
  resource: string,
  namespace: string,
  name: string,
): AccessAttributes => ({
  type: 'resource',
  caller,
  verb: 'impersonate',
  group: '',
  resource,
  subresource: '',
  namespace,
  name,
});

const asked = (caller: Caller, { name, groups }: Wish): AccessAttributes[] => {
  const account = serviceAccount.exec(name);
  return [
    account === null
      ? attributesFor(caller, 'users', '', name)
      : attributesFor(caller, 'serviceaccounts', account[1] ?? '', account[2] ?? ''),
    ...groups.map((group) => attributesFor(caller, 'groups', '', group)),
  ];
};

const impersonated = ({ name, groups }: Wish): Caller => {
  const account = serviceAccount.exec(name);
  const own =
    account === null || groups.length > 0
      ? groups
      : ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`];
  return { name, groups: [...new Set([...own, authenticatedGroup])] };
};

/** Whom a request is made as (`--as`, `--as-group`); refuses (403) those who may not impersonate. */
export const actingCaller = (
  caller: Caller,
  headers: IncomingHttpHeaders,
  authorizer: Authorizer,
): Caller => {
  const wish = wishOf(headers);
  if (wish === undefined) return caller;
  for (const attributes of asked(caller, wish)) {
    if (authorizer.decide(attributes).allowed || attributes.type !== 'resource') continue;
    const { resource, name } = attributes;
    throw failures.forbidden({ group: '', plural: resource, kind: resource }, name, refusalOf(attributes));
  }
  return impersonated(wish);
};
