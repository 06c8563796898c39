import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { isJsonObject, type JsonObject, sameJson } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { createdColumn, nameColumn, text, wideText } from './columns.ts';
import { editItems, editObject, fill } from './editing.ts';
import { field, internalForm } from './internal-form.ts';
import { listAt, read, textAt, textsAt } from './reading.ts';

const group = 'rbac.authorization.k8s.io';

const rbac = (plural: string, kind: string, namespaced: boolean): Resource => ({
  group,
  version: 'v1',
  plural,
  kind,
  namespaced,
});

const checkRule = (rule: unknown, path: string, namespaced: boolean): FieldError[] => {
  const urls = textsAt(rule, 'nonResourceURLs');
  const verbs =
    textsAt(rule, 'verbs').length === 0
      ? [findings.required(`${path}.verbs`, 'verbs must contain at least one value')]
      : [];
  if (urls.length > 0)
    return namespaced
      ? [
          ...verbs,
          findings.invalid(
            `${path}.nonResourceURLs`,
            urls,
            'namespaced rules cannot apply to non-resource URLs',
          ),
        ]
      : verbs;
  return [
    ...verbs,
    ...(textsAt(rule, 'apiGroups').length === 0
      ? [findings.required(`${path}.apiGroups`, 'resource rules must supply at least one api group')]
      : []),
    ...(textsAt(rule, 'resources').length === 0
      ? [findings.required(`${path}.resources`, 'resource rules must supply at least one resource')]
      : []),
  ];
};

const role = (resource: Resource): Kind =>
  builtInKind(resource, {
    nameRule: 'path-segment',
    // A role without rules shows `rules: null`.
    defaults: (object) => (listAt(object, 'rules').length === 0 ? { ...object, rules: null } : object),
    validate: (object) =>
      listAt(object, 'rules').flatMap((rule, index) =>
        checkRule(rule, `rules[${index}]`, resource.namespaced),
      ),
    allColumns: [nameColumn, createdColumn],
  });

const defaultSubject = (subject: JsonObject): JsonObject =>
  textAt(subject, 'kind') === 'ServiceAccount' ? subject : fill(subject, { apiGroup: group });

const bindingDefaults = (binding: KubernetesObject): KubernetesObject =>
  editItems(
    editObject(binding, 'roleRef', (reference) => fill(reference, { apiGroup: group })),
    'subjects',
    defaultSubject,
  );

const checkSubject = (subject: unknown, path: string): FieldError[] => {
  const kind = textAt(subject, 'kind');
  return [
    ...(textAt(subject, 'name') === '' ? [findings.required(`${path}.name`)] : []),
    ...(['ServiceAccount', 'User', 'Group'].includes(kind)
      ? []
      : [findings.notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])]),
  ];
};

const checkBinding = (binding: KubernetesObject, roles: readonly string[]): FieldError[] => {
  const kind = textAt(binding, 'roleRef', 'kind');
  return [
    ...(roles.includes(kind) ? [] : [findings.notSupported('roleRef.kind', kind, roles)]),
    ...(textAt(binding, 'roleRef', 'name') === '' ? [findings.required('roleRef.name')] : []),
    ...listAt(binding, 'subjects').flatMap((subject, index) => checkSubject(subject, `subjects[${index}]`)),
  ];
};

const reference = [field('APIGroup', 'apiGroup', ''), field('Kind', 'kind', ''), field('Name', 'name', '')];

const checkRoleKept = (binding: KubernetesObject, old: KubernetesObject): FieldError[] =>
  sameJson(read(binding, 'roleRef'), read(old, 'roleRef'))
    ? []
    : [
        findings.invalid(
          'roleRef',
          internalForm(read(binding, 'roleRef'), reference),
          'cannot change roleRef',
        ),
      ];

const subjectsOf = (binding: KubernetesObject, kind: string): string =>
  listAt(binding, 'subjects')
    .filter((subject) => isJsonObject(subject) && textAt(subject, 'kind') === kind)
    .map((subject) =>
      kind === 'ServiceAccount'
        ? `${textAt(subject, 'namespace')}/${textAt(subject, 'name')}`
        : textAt(subject, 'name'),
    )
    .join(', ');

const roleBinding = (resource: Resource, roles: readonly string[]): Kind =>
  builtInKind(resource, {
    nameRule: 'path-segment',
    defaults: bindingDefaults,
    validate: (binding) => checkBinding(binding, roles),
    validateChange: checkRoleKept,
    columns: [
      text(
        'Role',
        (binding) => `${textAt(binding, 'roleRef', 'kind')}/${textAt(binding, 'roleRef', 'name')}`,
      ),
    ],
    wide: [
      wideText('Users', (binding) => subjectsOf(binding, 'User')),
      wideText('Groups', (binding) => subjectsOf(binding, 'Group')),
      wideText('ServiceAccounts', (binding) => subjectsOf(binding, 'ServiceAccount')),
    ],
  });

/** Roles, and who has them. */
export const accessKinds: readonly Kind[] = [
  roleBinding(rbac('clusterrolebindings', 'ClusterRoleBinding', false), ['ClusterRole']),
  role(rbac('clusterroles', 'ClusterRole', false)),
  roleBinding(rbac('rolebindings', 'RoleBinding', true), ['Role', 'ClusterRole']),
  role(rbac('roles', 'Role', true)),
];
