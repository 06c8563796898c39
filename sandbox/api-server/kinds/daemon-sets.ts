import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { Kind } from '../kind.ts';
import { type JsonObject, sameJson } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { integer, orNone, text } from './columns.ts';
import { editObject, fill } from './editing.ts';
import { defaultTemplate } from './pod-spec.ts';
import { numberAt, read, recordAt, textAt } from './reading.ts';
import { checkSelectorKept, checkWorkload, containerColumns, selectorColumn } from './workload.ts';

const templateGeneration = 'deprecated.daemonset.template.generation';

const defaultUpdateStrategy = (given: JsonObject): JsonObject => {
  const strategy = fill(given, { type: 'RollingUpdate' });
  if (textAt(strategy, 'type') !== 'RollingUpdate') return strategy;
  const rolling = fill(recordAt(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 });
  return { ...strategy, rollingUpdate: rolling };
};

const defaults = (set: KubernetesObject): KubernetesObject =>
  editObject(set, 'spec', (spec) => {
    const filled = fill(spec, { template: {}, updateStrategy: {}, revisionHistoryLimit: 10 });
    return editObject(
      editObject(filled, 'template', defaultTemplate),
      'updateStrategy',
      defaultUpdateStrategy,
    );
  });

const withTemplateGeneration = (set: KubernetesObject, generation: number): KubernetesObject => {
  const annotations = { ...set.metadata.annotations, [templateGeneration]: String(generation) };
  return { ...set, metadata: { ...set.metadata, annotations } };
};

const create = (set: KubernetesObject): KubernetesObject => ({
  ...withTemplateGeneration(set, 1),
  spec: recordAt(set, 'spec'),
  status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
});

/** Counts the changes of the template. */
const update = (set: KubernetesObject, old: KubernetesObject): KubernetesObject => {
  const before = Number(old.metadata.annotations?.[templateGeneration] ?? 1);
  const changed = !sameJson(read(defaults(set), 'spec', 'template'), read(old, 'spec', 'template'));
  return withTemplateGeneration(set, changed ? before + 1 : before);
};

const nodeSelectorText = (set: KubernetesObject): string =>
  Object.entries(recordAt(set, 'spec', 'template', 'spec', 'nodeSelector'))
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(',');

/** DaemonSets. */
export const daemonSets: Kind = builtInKind(resources.daemonSets, {
  shortNames: ['ds'],
  categories: ['all'],
  status: true,
  tracksGeneration: true,
  create,
  update,
  defaults,
  validate: checkWorkload,
  validateChange: checkSelectorKept,
  columns: [
    integer('Desired', (set) => numberAt(set, 'status', 'desiredNumberScheduled')),
    integer('Current', (set) => numberAt(set, 'status', 'currentNumberScheduled')),
    integer('Ready', (set) => numberAt(set, 'status', 'numberReady')),
    integer('Up-to-date', (set) => numberAt(set, 'status', 'updatedNumberScheduled')),
    integer('Available', (set) => numberAt(set, 'status', 'numberAvailable')),
    text('Node Selector', (set) => orNone(nodeSelectorText(set))),
  ],
  wide: [...containerColumns, selectorColumn],
});
