import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { builtInKind } from './built-in-kind.ts';
import { integer, text } from './columns.ts';
import { field, type InternalType, internalForm } from './internal-form.ts';
import { numberAt, read, recordAt } from './reading.ts';

const spec: InternalType = [
  field('MinAvailable', 'minAvailable'),
  field('Selector', 'selector'),
  field('MaxUnavailable', 'maxUnavailable'),
  field('UnhealthyPodEvictionPolicy', 'unhealthyPodEvictionPolicy'),
];

const validate = (budget: KubernetesObject): FieldError[] => {
  const given = recordAt(budget, 'spec');
  return given['minAvailable'] !== undefined && given['maxUnavailable'] !== undefined
    ? [
        {
          reason: 'FieldValueInvalid',
          field: 'spec',
          message: `Invalid value: ${JSON.stringify(internalForm(given, spec))}: minAvailable and maxUnavailable cannot be both set`,
        },
      ]
    : [];
};

const limit = (name: string) => (budget: KubernetesObject) => String(read(budget, 'spec', name) ?? 'N/A');

/** PodDisruptionBudgets: stored and shown. */
export const disruptionBudgets: Kind = builtInKind(
  {
    group: 'policy',
    version: 'v1',
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    namespaced: true,
  },
  {
    shortNames: ['pdb'],
    status: true,
    tracksGeneration: true,
    create: (budget) => ({
      ...budget,
      spec: recordAt(budget, 'spec'),
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    }),
    validate,
    columns: [
      text('Min Available', limit('minAvailable')),
      text('Max Unavailable', limit('maxUnavailable')),
      integer('Allowed Disruptions', (budget) => numberAt(budget, 'status', 'disruptionsAllowed')),
    ],
  },
);
