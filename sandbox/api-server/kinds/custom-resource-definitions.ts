import type { Condition, KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { sameJson } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { createdColumn, nameColumn } from './columns.ts';
import { checkCustomNames } from './custom-names.ts';
import type { CustomNames, CustomResourceDefinition } from './custom-resource.ts';
import { checkVersions } from './custom-versions.ts';
import { editItems, editObject, fill } from './editing.ts';
import { isSubdomain, notASubdomain } from './name-checks.ts';
import { listAt, read, recordAt, textAt, textsAt } from './reading.ts';

const defaults = (crd: KubernetesObject): KubernetesObject =>
  editObject(crd, 'spec', (spec) =>
    editItems(
      editObject(fill(spec, { conversion: { strategy: 'None' } }), 'names', (names) => {
        const kind = textAt(names, 'kind');
        return kind === '' ? names : fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
      }),
      'versions',
      (version) => fill(version, { served: false, storage: false }),
    ),
  );

const storageVersionOf = (crd: KubernetesObject): string =>
  textAt(
    listAt(crd, 'spec', 'versions').find((version) => read(version, 'storage') === true),
    'name',
  );

const condition = (type: string, reason: string, message: string, time: string): Condition => ({
  type,
  status: 'True',
  lastTransitionTime: time,
  reason,
  message,
});

/**
 * The status of a CRD whose names are free: established at once, where a kube-apiserver's controllers take a moment.
 * `time` in RFC 3339.
 */
export const establishedStatus = (
  crd: KubernetesObject,
  time: string,
): CustomResourceDefinition['status'] => {
  const stored = textsAt(crd, 'status', 'storedVersions');
  const current = storageVersionOf(crd);
  const known = listAt(crd, 'status', 'conditions');
  return {
    acceptedNames: defaultedNames(crd),
    conditions:
      known.length > 0
        ? (known as Condition[])
        : [
            condition('NamesAccepted', 'NoConflicts', 'no conflicts found', time),
            condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted', time),
          ],
    storedVersions: stored.includes(current) || current === '' ? stored : [...stored, current],
  };
};

const defaultedNames = (crd: KubernetesObject): CustomNames =>
  recordAt(defaults(crd), 'spec', 'names') as CustomNames;

const create = (crd: KubernetesObject): KubernetesObject => {
  const { status: _, ...rest } = crd;
  return { ...rest, status: establishedStatus(rest, crd.metadata.creationTimestamp ?? '') };
};

const update = (crd: KubernetesObject, old: KubernetesObject): KubernetesObject => {
  const status = read(crd, 'status') ?? read(old, 'status');
  return { ...crd, status: establishedStatus({ ...crd, status }, crd.metadata.creationTimestamp ?? '') };
};

const checkGroup = (group: string): FieldError[] => {
  if (group === '') return [findings.required('spec.group')];
  if (!isSubdomain(group)) return [findings.invalid('spec.group', group, notASubdomain)];
  return group.includes('.')
    ? []
    : [findings.invalid('spec.group', group, 'should be a domain with at least one dot')];
};

const checkScope = (scope: string): FieldError[] => {
  if (scope === '') return [findings.required('spec.scope')];
  return ['Cluster', 'Namespaced'].includes(scope)
    ? []
    : [findings.notSupported('spec.scope', scope, ['Cluster', 'Namespaced'])];
};

const approval = 'api-approved.kubernetes.io';

/** Groups of the Kubernetes project want an approval, or a confession that there is none. */
const checkApproval = (crd: KubernetesObject): FieldError[] => {
  const group = textAt(crd, 'spec', 'group');
  const isProtected = ['k8s.io', 'kubernetes.io'].some(
    (owned) => group === owned || group.endsWith(`.${owned}`),
  );
  if (!isProtected || (crd.metadata.annotations?.[approval] ?? '') !== '') return [];
  return [
    findings.required(
      `metadata.annotations[${approval}]`,
      `protected groups must have approval annotation "${approval}", see https://github.com/kubernetes/enhancements/pull/1111`,
    ),
  ];
};

const checkPreserve = (crd: KubernetesObject): FieldError[] =>
  read(crd, 'spec', 'preserveUnknownFields') === true
    ? [
        findings.invalid(
          'spec.preserveUnknownFields',
          true,
          'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
        ),
      ]
    : [];

const checkName = (crd: KubernetesObject): FieldError[] => {
  const { name = '' } = crd.metadata;
  return name === `${textAt(crd, 'spec', 'names', 'plural')}.${textAt(crd, 'spec', 'group')}`
    ? []
    : [findings.invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
};

const validate = (crd: KubernetesObject): FieldError[] => [
  ...checkGroup(textAt(crd, 'spec', 'group')),
  ...checkScope(textAt(crd, 'spec', 'scope')),
  ...checkVersions(crd),
  ...checkCustomNames(crd),
  ...checkPreserve(crd),
  ...checkApproval(crd),
  ...(textsAt(crd, 'status', 'storedVersions').length === 0
    ? [findings.invalid('status.storedVersions', null, 'must have at least one stored version')]
    : []),
];

const frozen: readonly (readonly string[])[] = [['scope'], ['names', 'kind'], ['group'], ['names', 'plural']];

const validateChange = (crd: KubernetesObject, old: KubernetesObject): FieldError[] =>
  frozen
    .filter((path) => !sameJson(read(crd, 'spec', ...path), read(old, 'spec', ...path)))
    .map((path) =>
      findings.invalid(['spec', ...path].join('.'), read(crd, 'spec', ...path) ?? null, 'field is immutable'),
    );

/** CustomResourceDefinitions. What they define is served through `kindsOf`. */
export const customResourceDefinitions: Kind = builtInKind(resources.customResourceDefinitions, {
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  status: true,
  tracksGeneration: true,
  create,
  update,
  defaults,
  validate,
  validateNew: checkName,
  validateChange,
  allColumns: [nameColumn, createdColumn],
});
