import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { isJsonObject, type JsonObject, sameJson } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { orNone, text, wideText } from './columns.ts';
import { editItems, editObject, fill } from './editing.ts';
import { checkPodSpec, defaultPodSpec, hasResources } from './pod-spec.ts';
import { podStatusText, readyText, restartsText } from './pod-summary.ts';
import { listAt, numberAt, read, recordAt, textAt } from './reading.ts';

/** What admission plugins of every cluster add: how long a pod stays on a node that is lost. */
const tolerations = ['not-ready', 'unreachable'].map((taint) => ({
  key: `node.kubernetes.io/${taint}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

const withTolerations = (spec: JsonObject): JsonObject => {
  const given = listAt(spec, 'tolerations');
  const missing = tolerations.filter(({ key }) => !given.some((known) => textAt(known, 'key') === key));
  return missing.length === 0 ? spec : { ...spec, tolerations: [...given, ...missing] };
};

/** Who sets a limit and no request asks for the limit. */
const requestsFromLimits = (container: JsonObject): JsonObject => {
  const limits = recordAt(container, 'resources', 'limits');
  if (Object.keys(limits).length === 0) return container;
  return editObject(container, 'resources', (set) => ({
    ...set,
    requests: { ...limits, ...recordAt(set, 'requests') },
  }));
};

/** What a typed status of a container always shows. */
const shownStatus = (status: JsonObject): JsonObject =>
  editObject(fill(status, { lastState: {} }), 'state', (state) =>
    editObject(state, 'terminated', (terminated) => ({
      ...terminated,
      startedAt: terminated['startedAt'] ?? null,
      finishedAt: terminated['finishedAt'] ?? null,
    })),
  );

const defaultStatus = (status: JsonObject): JsonObject =>
  ['containerStatuses', 'initContainerStatuses'].reduce(
    (done, list) => editItems(done, list, shownStatus),
    status,
  );

const defaults = (pod: KubernetesObject): KubernetesObject =>
  editObject(editObject(pod, 'status', defaultStatus), 'spec', (spec) =>
    editItems(defaultPodSpec(fill(spec, { enableServiceLinks: true })), 'containers', requestsFromLimits),
  );

const qosClassOf = (pod: KubernetesObject): string => {
  const spec = read(pod, 'spec');
  if (!hasResources(spec, 'limits') && !hasResources(spec, 'requests')) return 'BestEffort';
  const guaranteed = listAt(spec, 'containers').every((container) => {
    const limits = recordAt(container, 'resources', 'limits');
    const requests = recordAt(container, 'resources', 'requests');
    return ['cpu', 'memory'].every(
      (name) => limits[name] !== undefined && sameJson(limits[name], requests[name]),
    );
  });
  return guaranteed ? 'Guaranteed' : 'Burstable';
};

/** What admission plugins add to every pod; its priority, which others decide as well, is in built-in-admission.ts. */
const admitted = (pod: KubernetesObject): KubernetesObject => ({
  ...pod,
  spec: withTolerations(recordAt(pod, 'spec')),
});

const create = (pod: KubernetesObject): KubernetesObject => {
  const placed = admitted(pod);
  return { ...placed, status: { phase: 'Pending', qosClass: qosClassOf(defaults(placed)) } };
};

const validate = (pod: KubernetesObject): FieldError[] => checkPodSpec(recordAt(pod, 'spec'), 'spec');

const withoutImages = (containers: readonly unknown[]): unknown[] =>
  containers.map((container) => (isJsonObject(container) ? { ...container, image: '' } : container));

/** The spec without what may change: images, the deadline, and more tolerations. */
const fixedPart = (pod: KubernetesObject): JsonObject => {
  const { tolerations: _, activeDeadlineSeconds: __, ...spec } = recordAt(pod, 'spec');
  return {
    ...spec,
    containers: withoutImages(listAt(spec, 'containers')),
    initContainers: withoutImages(listAt(spec, 'initContainers')),
  };
};

const keepsTolerations = (pod: KubernetesObject, old: KubernetesObject): boolean => {
  const now = listAt(pod, 'spec', 'tolerations');
  return listAt(old, 'spec', 'tolerations').every((before) =>
    now.some((toleration) => sameJson(toleration, before)),
  );
};

/** The server adds a diff of its internal type to this text; the types of a pod are too many to repeat here. */
const fixed =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n';

const validateChange = (pod: KubernetesObject, old: KubernetesObject): FieldError[] =>
  sameJson(fixedPart(pod), fixedPart(old)) && keepsTolerations(pod, old)
    ? []
    : [findings.forbidden('spec', fixed)];

/** A pod that no node has seen goes at once; a kubelet gets time to stop the others. */
const gracePeriodSeconds = (pod: KubernetesObject): number => {
  const phase = textAt(pod, 'status', 'phase');
  if (textAt(pod, 'spec', 'nodeName') === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
  return numberAt(pod, 'spec', 'terminationGracePeriodSeconds');
};

const field =
  (...path: string[]) =>
  (pod: KubernetesObject): string =>
    textAt(pod, ...path);

const readinessGates = (pod: KubernetesObject): string => {
  const gates = listAt(pod, 'spec', 'readinessGates').map((gate) => textAt(gate, 'conditionType'));
  if (gates.length === 0) return '<none>';
  const conditions = listAt(pod, 'status', 'conditions');
  const passed = gates.filter((type) =>
    conditions.some((found) => textAt(found, 'type') === type && textAt(found, 'status') === 'True'),
  );
  return `${passed.length}/${gates.length}`;
};

/** Pods. */
export const pods: Kind = builtInKind(resources.pods, {
  shortNames: ['po'],
  categories: ['all'],
  status: true,
  tracksGeneration: true,
  create,
  update: admitted,
  defaults,
  validate,
  validateChange,
  gracePeriodSeconds,
  selectableFields: {
    'spec.nodeName': field('spec', 'nodeName'),
    'spec.restartPolicy': field('spec', 'restartPolicy'),
    'spec.schedulerName': field('spec', 'schedulerName'),
    'spec.serviceAccountName': field('spec', 'serviceAccountName'),
    'spec.hostNetwork': (pod) => String(read(pod, 'spec', 'hostNetwork') === true),
    'status.phase': field('status', 'phase'),
    'status.podIP': field('status', 'podIP'),
    'status.nominatedNodeName': field('status', 'nominatedNodeName'),
  },
  columns: [text('Ready', readyText), text('Status', podStatusText), text('Restarts', restartsText)],
  wide: [
    wideText('IP', (pod) => orNone(textAt(pod, 'status', 'podIP'))),
    wideText('Node', (pod) => orNone(textAt(pod, 'spec', 'nodeName'))),
    wideText('Nominated Node', (pod) => orNone(textAt(pod, 'status', 'nominatedNodeName'))),
    wideText('Readiness Gates', readinessGates),
  ],
});
