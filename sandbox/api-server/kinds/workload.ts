import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { FieldError } from '../field-error.ts';
import type { Column } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { sameJson } from '../schema/json-value.ts';
import { wideText } from './columns.ts';
import { matchesLabels } from './label-match.ts';
import { labelSelectorText } from './label-selector-text.ts';
import { checkPodSpec, joinContainers } from './pod-spec.ts';
import { numberAt, read, recordAt } from './reading.ts';

/** `-o wide` of a kind with a pod template. */
export const containerColumns: readonly Column[] = [
  wideText('Containers', (workload) => joinContainers(read(workload, 'spec', 'template', 'spec'), 'name')),
  wideText('Images', (workload) => joinContainers(read(workload, 'spec', 'template', 'spec'), 'image')),
];

/** `-o wide` of a kind that selects its pods. */
export const selectorColumn: Column = wideText('Selector', (workload) =>
  labelSelectorText(read(workload, 'spec', 'selector')),
);

/** The scale subresource of all workloads that have one. */
export const workloadScale = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.spec.selector',
} as const;

const checkReplicas = (workload: KubernetesObject): FieldError[] => {
  const replicas = numberAt(workload, 'spec', 'replicas');
  return replicas < 0
    ? [findings.invalid('spec.replicas', replicas, 'must be greater than or equal to 0')]
    : [];
};

const checkSelector = (workload: KubernetesObject): FieldError[] => {
  const selector = read(workload, 'spec', 'selector');
  const labels = read(workload, 'spec', 'template', 'metadata', 'labels');
  const selects = selector !== undefined && matchesLabels(selector, recordAt(labels));
  return [
    ...(selector === undefined ? [findings.required('spec.selector')] : []),
    ...(selects
      ? []
      : [
          findings.invalid(
            'spec.template.metadata.labels',
            labels ?? null,
            '`selector` does not match template `labels`',
          ),
        ]),
  ];
};

/** Findings about replicas, selector and template. */
export const checkWorkload = (workload: KubernetesObject): FieldError[] => [
  ...checkReplicas(workload),
  ...checkSelector(workload),
  ...checkPodSpec(recordAt(workload, 'spec', 'template', 'spec'), 'spec.template.spec'),
];

/** A workload cannot be made to own other pods than it was created for. */
export const checkSelectorKept = (workload: KubernetesObject, old: KubernetesObject): FieldError[] => {
  const selector = read(workload, 'spec', 'selector');
  return sameJson(selector, read(old, 'spec', 'selector'))
    ? []
    : [findings.invalid('spec.selector', selector ?? null, 'field is immutable')];
};
