import { isJsonObject } from '../schema/json-value.ts';
import type { AccessAttributes } from './attributes.ts';

/** `rbac.authorization.k8s.io/v1` PolicyRule. */
export type PolicyRule = {
  verbs: readonly string[];
  apiGroups: readonly string[];
  resources: readonly string[];
  resourceNames: readonly string[];
  nonResourceURLs: readonly string[];
};

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** Reads `rules` of a Role or ClusterRole; what is no rule is left out. */
export const rulesOf = (role: { [field: string]: unknown }): PolicyRule[] => {
  const { rules } = role;
  if (!Array.isArray(rules)) return [];
  return rules.filter(isJsonObject).map((rule) => ({
    verbs: texts(rule['verbs']),
    apiGroups: texts(rule['apiGroups']),
    resources: texts(rule['resources']),
    resourceNames: texts(rule['resourceNames']),
    nonResourceURLs: texts(rule['nonResourceURLs']),
  }));
};

const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);

const matchesResource = (resources: readonly string[], resource: string, subresource: string): boolean => {
  const asked = subresource === '' ? resource : `${resource}/${subresource}`;
  return has(resources, asked) || (subresource !== '' && resources.includes(`*/${subresource}`));
};

const matchesPath = (patterns: readonly string[], path: string): boolean =>
  patterns.some(
    (pattern) =>
      pattern === '*' || pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))),
  );

/** Whether one rule allows it. */
export const allows = (rule: PolicyRule, attributes: AccessAttributes): boolean => {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (attributes.type === 'path') return matchesPath(rule.nonResourceURLs, attributes.path);
  const { group, resource, subresource, name } = attributes;
  return (
    has(rule.apiGroups, group) &&
    matchesResource(rule.resources, resource, subresource) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
  );
};
