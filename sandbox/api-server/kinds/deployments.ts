import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { Kind } from '../kind.ts';
import type { JsonObject } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { text } from './columns.ts';
import { editObject, fill } from './editing.ts';
import { defaultTemplate } from './pod-spec.ts';
import { numberAt, recordAt, textAt } from './reading.ts';
import {
  checkSelectorKept,
  checkWorkload,
  containerColumns,
  selectorColumn,
  workloadScale,
} from './workload.ts';

const defaultStrategy = (given: JsonObject): JsonObject => {
  const strategy = fill(given, { type: 'RollingUpdate' });
  if (textAt(strategy, 'type') !== 'RollingUpdate') return strategy;
  const rolling = fill(recordAt(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' });
  return { ...strategy, rollingUpdate: rolling };
};

const defaults = (deployment: KubernetesObject): KubernetesObject =>
  editObject(deployment, 'spec', (spec) => {
    const filled = fill(spec, {
      replicas: 1,
      strategy: {},
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      template: {},
    });
    return editObject(editObject(filled, 'strategy', defaultStrategy), 'template', defaultTemplate);
  });

/** Deployments. */
export const deployments: Kind = builtInKind(resources.deployments, {
  shortNames: ['deploy'],
  categories: ['all'],
  status: true,
  scale: workloadScale,
  tracksGeneration: true,
  countsAnnotations: true,
  create: (deployment) => ({ ...deployment, spec: recordAt(deployment, 'spec'), status: {} }),
  defaults,
  validate: checkWorkload,
  validateChange: checkSelectorKept,
  columns: [
    text(
      'Ready',
      (deployment) =>
        `${numberAt(deployment, 'status', 'readyReplicas')}/${numberAt(deployment, 'spec', 'replicas')}`,
    ),
    text('Up-to-date', (deployment) => numberAt(deployment, 'status', 'updatedReplicas')),
    text('Available', (deployment) => numberAt(deployment, 'status', 'availableReplicas')),
  ],
  wide: [...containerColumns, selectorColumn],
});
