import type { Caller } from '../authentication/caller.ts';
import { failures } from '../http/failure.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import type { AccessAttributes } from './attributes.ts';
import type { Authorizer } from './authorizer.ts';
import type { PolicyRule } from './rules.ts';

/** Answers a review: the object as it was sent, with its status. */
export type Review = (object: JsonObject, caller: Caller, namespace: string | undefined) => JsonObject;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const specOf = (object: JsonObject): JsonObject => (isJsonObject(object['spec']) ? object['spec'] : {});

const attributesOf = (spec: JsonObject, caller: Caller): AccessAttributes => {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (isJsonObject(resource))
    return {
      type: 'resource',
      caller,
      verb: text(resource['verb']),
      group: text(resource['group']),
      resource: text(resource['resource']),
      subresource: text(resource['subresource']),
      namespace: text(resource['namespace']),
      name: text(resource['name']),
    };
  if (isJsonObject(path)) return { type: 'path', caller, verb: text(path['verb']), path: text(path['path']) };
  throw failures.badRequest(
    'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
  );
};

const answered = (object: JsonObject, authorizer: Authorizer, attributes: AccessAttributes): JsonObject => {
  const { allowed, reason } = authorizer.decide(attributes);
  const status = { allowed, ...(reason === '' ? {} : { reason }) };
  return { ...object, metadata: isJsonObject(object['metadata']) ? object['metadata'] : {}, status };
};

/** May I? */
export const selfSubjectAccessReview =
  (authorizer: Authorizer): Review =>
  (object, caller) =>
    answered(object, authorizer, attributesOf(specOf(object), caller));

const subjectOf = (spec: JsonObject): Caller => ({
  name: text(spec['user']),
  groups: Array.isArray(spec['groups']) ? spec['groups'].map(String) : [],
  ...(text(spec['uid']) === '' ? {} : { uid: text(spec['uid']) }),
});

/** May they? */
export const subjectAccessReview =
  (authorizer: Authorizer): Review =>
  (object) => {
    const spec = specOf(object);
    return answered(object, authorizer, attributesOf(spec, subjectOf(spec)));
  };

/** May they, in the namespace of the path? */
export const localSubjectAccessReview =
  (authorizer: Authorizer): Review =>
  (object, caller, namespace) => {
    const spec = specOf(object);
    const { resourceAttributes } = spec;
    if (isJsonObject(resourceAttributes) && resourceAttributes['namespace'] !== namespace)
      throw failures.badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace ?? ''}`);
    return subjectAccessReview(authorizer)(object, caller, namespace);
  };

const resourceRule = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule) => ({
  verbs,
  apiGroups,
  resources,
  ...(resourceNames.length === 0 ? {} : { resourceNames }),
});

/** What may I do here? */
export const selfSubjectRulesReview =
  (authorizer: Authorizer): Review =>
  (object, caller) => {
    const namespace = text(specOf(object)['namespace']);
    if (namespace === '') throw failures.badRequest('no namespace on request');
    const rules = authorizer.rulesFor(caller, namespace);
    return {
      ...object,
      metadata: {},
      status: {
        resourceRules: rules.filter(({ resources }) => resources.length > 0).map(resourceRule),
        nonResourceRules: rules
          .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
          .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
        incomplete: false,
      },
    };
  };
