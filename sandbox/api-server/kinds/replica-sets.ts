import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { Kind } from '../kind.ts';
import { builtInKind } from './built-in-kind.ts';
import { integer } from './columns.ts';
import { editObject, fill } from './editing.ts';
import { defaultTemplate } from './pod-spec.ts';
import { numberAt, recordAt } from './reading.ts';
import {
  checkSelectorKept,
  checkWorkload,
  containerColumns,
  selectorColumn,
  workloadScale,
} from './workload.ts';

const defaults = (set: KubernetesObject): KubernetesObject =>
  editObject(set, 'spec', (spec) =>
    editObject(fill(spec, { replicas: 1, template: {} }), 'template', defaultTemplate),
  );

/** ReplicaSets. */
export const replicaSets: Kind = builtInKind(resources.replicaSets, {
  shortNames: ['rs'],
  categories: ['all'],
  status: true,
  scale: workloadScale,
  tracksGeneration: true,
  create: (set) => ({ ...set, spec: recordAt(set, 'spec'), status: { replicas: 0 } }),
  defaults,
  validate: checkWorkload,
  validateChange: checkSelectorKept,
  columns: [
    integer('Desired', (set) => numberAt(set, 'spec', 'replicas')),
    integer('Current', (set) => numberAt(set, 'status', 'replicas')),
    integer('Ready', (set) => numberAt(set, 'status', 'readyReplicas')),
  ],
  wide: [...containerColumns, selectorColumn],
});
