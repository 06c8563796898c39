import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Caller } from '../authentication/caller.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import type { Store } from '../store/store.ts';
import { keyOf } from '../store/stored-object.ts';
import type { Access, AccessAttributes } from './attributes.ts';
import { allows, type PolicyRule, rulesOf } from './rules.ts';

/** Decides by the RBAC objects that are stored now. */
export type Authorizer = {
  decide: (attributes: AccessAttributes) => Access;
  /** All rules that hold for somebody in a namespace; empty: those at the scope of the cluster. */
  rulesFor: (caller: Caller, namespace: string) => PolicyRule[];
};

const rbac = (plural: string): string => `${plural}.rbac.authorization.k8s.io`;

/** Members of this group may do everything, whatever the RBAC objects say. */
const superusers = 'system:masters';

const serviceAccountName = ({ namespace, name }: JsonObject): string =>
  `system:serviceaccount:${namespace}:${name}`;

const isSubject = (subject: unknown, caller: Caller, bindingNamespace: string | undefined): boolean => {
  if (!isJsonObject(subject)) return false;
  switch (subject['kind']) {
    case 'User':
      return subject['name'] === caller.name;
    case 'Group':
      return caller.groups.includes(String(subject['name']));
    case 'ServiceAccount':
      return (
        serviceAccountName({ ...subject, namespace: subject['namespace'] ?? bindingNamespace }) ===
        caller.name
      );
    default:
      return false;
  }
};

const bindsTo = ({ subjects, metadata }: KubernetesObject, caller: Caller): boolean =>
  Array.isArray(subjects) && subjects.some((subject) => isSubject(subject, caller, metadata.namespace));

const described = (binding: KubernetesObject): string => {
  const { kind, metadata, roleRef } = binding;
  const role = isJsonObject(roleRef) ? `${roleRef['kind']} ${JSON.stringify(roleRef['name'])}` : 'no role';
  const name = metadata.namespace === undefined ? metadata.name : `${metadata.name}/${metadata.namespace}`;
  return `RBAC: allowed by ${kind} ${JSON.stringify(name)} of ${role}`;
};

/** Makes the authorizer. */
export const createAuthorizer = (store: Store): Authorizer => {
  const roleOf = ({ roleRef, metadata }: KubernetesObject): KubernetesObject | undefined => {
    if (!isJsonObject(roleRef)) return undefined;
    const name = String(roleRef['name']);
    return roleRef['kind'] === 'ClusterRole'
      ? store.get(rbac('clusterroles'), keyOf(undefined, name))?.object
      : store.get(rbac('roles'), keyOf(metadata.namespace, name))?.object;
  };

  const bindingsIn = (namespace: string): KubernetesObject[] =>
    [
      ...store.list(rbac('clusterrolebindings')),
      ...(namespace === '' ? [] : store.list(rbac('rolebindings'), namespace)),
    ].map(({ object }) => object);

  const bindingsOf = (caller: Caller, namespace: string) =>
    bindingsIn(namespace).filter((binding) => bindsTo(binding, caller));

  const rulesOfBinding = (binding: KubernetesObject): PolicyRule[] => rulesOf(roleOf(binding) ?? {});

  return {
    decide: (attributes) => {
      const { caller } = attributes;
      if (caller.groups.includes(superusers)) return { allowed: true, reason: '' };
      const namespace = attributes.type === 'resource' ? attributes.namespace : '';
      const allowing = bindingsOf(caller, namespace).find((binding) =>
        rulesOfBinding(binding).some((rule) => allows(rule, attributes)),
      );
      return allowing === undefined
        ? { allowed: false, reason: '' }
        : { allowed: true, reason: described(allowing) };
    },
    rulesFor: (caller, namespace) => {
      const all = caller.groups.includes(superusers)
        ? [
            { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] },
            { verbs: ['*'], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ['*'] },
          ]
        : [];
      return [...all, ...bindingsOf(caller, namespace).flatMap(rulesOfBinding)];
    },
  };
};
