import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { builtInKind } from './built-in-kind.ts';
import { text } from './columns.ts';
import { editObject, fill } from './editing.ts';
import { listAt, numberAt, read, recordAt, textAt } from './reading.ts';

const halfBusy = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};

const defaults = (autoscaler: KubernetesObject): KubernetesObject =>
  editObject(
    editObject(autoscaler, 'status', (status) => ({
      ...status,
      currentMetrics: status['currentMetrics'] ?? null,
    })),
    'spec',
    (spec) => fill(spec, { minReplicas: 1, metrics: [halfBusy] }),
  );

const validate = (autoscaler: KubernetesObject): FieldError[] => {
  const most = numberAt(autoscaler, 'spec', 'maxReplicas');
  const target = recordAt(autoscaler, 'spec', 'scaleTargetRef');
  return [
    ...(most < 1 ? [findings.required('spec.maxReplicas', 'must be set and greater than 0')] : []),
    ...(most < numberAt(autoscaler, 'spec', 'minReplicas')
      ? [findings.invalid('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...['kind', 'name'].flatMap((name) =>
      textAt(target, name) === '' ? [findings.required(`spec.scaleTargetRef.${name}`)] : [],
    ),
    ...(textAt(target, 'apiVersion') === ''
      ? [findings.invalid('spec.scaleTargetRef.apiVersion', '', 'apiVersion must specify API group')]
      : []),
  ];
};

const targetText = (metric: unknown): string => {
  const target = recordAt(metric, 'resource', 'target');
  const busy = read(target, 'averageUtilization');
  const wanted = typeof busy === 'number' ? `${busy}%` : textAt(target, 'averageValue');
  return `${textAt(metric, 'resource', 'name')}: <unknown>/${wanted}`;
};

/** HorizontalPodAutoscalers: stored and shown; nothing measures load here. */
export const autoscalers: Kind = builtInKind(
  {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    namespaced: true,
  },
  {
    shortNames: ['hpa'],
    categories: ['all'],
    status: true,
    create: (autoscaler) => ({ ...autoscaler, status: { desiredReplicas: 0 } }),
    defaults,
    validate,
    columns: [
      text(
        'Reference',
        (autoscaler) =>
          `${textAt(autoscaler, 'spec', 'scaleTargetRef', 'kind')}/${textAt(autoscaler, 'spec', 'scaleTargetRef', 'name')}`,
      ),
      text(
        'Targets',
        (autoscaler) => listAt(autoscaler, 'spec', 'metrics').map(targetText).join(', ') || '<none>',
      ),
      text('MinPods', (autoscaler) => String(read(autoscaler, 'spec', 'minReplicas') ?? '<unset>')),
      text('MaxPods', (autoscaler) => numberAt(autoscaler, 'spec', 'maxReplicas')),
      text('Replicas', (autoscaler) => numberAt(autoscaler, 'status', 'currentReplicas')),
    ],
  },
);
