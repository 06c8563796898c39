import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { type JsonObject, sameJson } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { canonicalResources } from './canonical-quantity.ts';
import { text } from './columns.ts';
import { editItems, editObject, fill } from './editing.ts';
import { checkPodSpec, defaultTemplate } from './pod-spec.ts';
import { listAt, numberAt, recordAt, textAt } from './reading.ts';
import { checkWorkload, containerColumns, workloadScale } from './workload.ts';

const defaultUpdateStrategy = (given: JsonObject): JsonObject => {
  const strategy = fill(given, { type: 'RollingUpdate' });
  if (textAt(strategy, 'type') !== 'RollingUpdate') return strategy;
  return { ...strategy, rollingUpdate: fill(recordAt(strategy, 'rollingUpdate'), { partition: 0 }) };
};

const defaultClaimTemplate = (claim: JsonObject): JsonObject =>
  editObject(
    fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: { phase: 'Pending' } }),
    'spec',
    (spec) => editObject(fill(spec, { volumeMode: 'Filesystem' }), 'resources', canonicalResources),
  );

const defaults = (set: KubernetesObject): KubernetesObject =>
  editObject(set, 'spec', (spec) => {
    const filled = fill(spec, {
      replicas: 1,
      template: {},
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      updateStrategy: {},
      persistentVolumeClaimRetentionPolicy: {},
    });
    const retained = editObject(filled, 'persistentVolumeClaimRetentionPolicy', (policy) =>
      fill(policy, { whenDeleted: 'Retain', whenScaled: 'Retain' }),
    );
    const templated = editObject(retained, 'template', defaultTemplate);
    return editItems(
      editObject(templated, 'updateStrategy', defaultUpdateStrategy),
      'volumeClaimTemplates',
      defaultClaimTemplate,
    );
  });

/** Pods may mount what the claim templates make, so those count as volumes. */
const validate = (set: KubernetesObject): FieldError[] => {
  const pod = recordAt(set, 'spec', 'template', 'spec');
  const claims = listAt(set, 'spec', 'volumeClaimTemplates').map((claim) => ({
    name: textAt(claim, 'metadata', 'name'),
  }));
  const withClaims = { ...pod, volumes: [...listAt(pod, 'volumes'), ...claims] };
  const path = 'spec.template.spec';
  return [
    ...checkWorkload(set).filter(({ field }) => !field.startsWith(path)),
    ...checkPodSpec(withClaims, path),
  ];
};

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const fixedPart = (set: KubernetesObject): JsonObject =>
  Object.fromEntries(Object.entries(recordAt(set, 'spec')).filter(([name]) => !changeable.includes(name)));

const validateChange = (set: KubernetesObject, old: KubernetesObject): FieldError[] =>
  sameJson(fixedPart(set), fixedPart(old))
    ? []
    : [
        findings.forbidden(
          'spec',
          "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ),
      ];

/** StatefulSets. */
export const statefulSets: Kind = builtInKind(resources.statefulSets, {
  shortNames: ['sts'],
  categories: ['all'],
  status: true,
  scale: workloadScale,
  tracksGeneration: true,
  create: (set) => ({
    ...set,
    spec: recordAt(set, 'spec'),
    status: { replicas: 0, availableReplicas: 0 },
  }),
  defaults,
  validate,
  validateChange,
  columns: [
    text(
      'Ready',
      (set) => `${numberAt(set, 'status', 'readyReplicas')}/${numberAt(set, 'spec', 'replicas')}`,
    ),
  ],
  wide: containerColumns,
});
