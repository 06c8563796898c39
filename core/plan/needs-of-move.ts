import { type PodTemplate, podTemplateOf } from '../backup/workloads/pod-template.ts';
import { isForOneNode } from '../check/pod-needs.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { meetsSelector, type NodeSelector, selectorText } from '../model/node-selector.ts';
import { claimsOfPod, type Pod } from '../model/pod.ts';
import type { Reading } from '../model/reading.ts';
import { readingOf } from '../model/reading-of.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import { oneLine } from '../rules/one-line.ts';
import { harmWithout, nodesNeeded, type ObjectNeed, objectsNeeded } from '../workload/needs-of-template.ts';
import { workloadText } from '../workload/workload.ts';
import type { MoveFacts, MoveGroup, MoveSite, MoveVolume } from './move.ts';

/** What runs on the volumes after a move: a pod of the source, or the pods that a workload is going to make. */
type Runner = {
  /** `pod shop/web-0 of cluster-1`. */
  readonly by: string;
  readonly template: PodTemplate;
  /** On the target. */
  readonly namespace: string;
  /** The pod of a DaemonSet: its demand is for the node that it was made for. */
  readonly isForOneNode?: boolean;
};

/** What the pods of a move cannot run without on the target, each once. */
export type NeedsOfMove = {
  readonly objects: readonly (ObjectNeed & { readonly by: string })[];
  readonly nodes: readonly { readonly by: string; readonly selector: NodeSelector }[];
};

/** The lists of the target that tell whether it has what is needed. */
export type TargetList = ObjectNeed['list'] | 'nodes';

/** What there is of that, on the target and of what is brought there. */
export type NeedsThere = {
  readonly target: string;
  /** What the target has, as far as it was asked for. */
  readonly listed: (list: TargetList) => Reading<readonly KubernetesObject[]>;
  /** What is restored along. */
  readonly brought: readonly KubernetesObject[];
  /** Secrets could be brought along, and are not. */
  readonly couldBringSecrets: boolean;
};

const podsOn = ({ site, view }: MoveSite, volumes: readonly MoveVolume[]): Runner[] => {
  if (!view.known) return [];
  return volumes.flatMap(({ source, target }) => {
    const pods = readingOf(() => view.value.podsOf(source));
    return (pods.known ? pods.value : [])
      .filter((pod) => claimsOfPod(pod).length > 0)
      .map(
        (pod: Pod): Runner => ({
          by: `pod ${pod.metadata.namespace}/${pod.metadata.name} of ${site.name}`,
          template: { spec: (pod.spec ?? {}) as NonNullable<PodTemplate['spec']> },
          namespace: target.namespace,
          isForOneNode: isForOneNode(pod),
        }),
      );
  });
};

/** Workloads that are there already: brought earlier, or by somebody else. */
const workloadsOn = ({ workloads }: MoveSite, volumes: readonly MoveVolume[]): Runner[] => {
  const claims = new Set(volumes.map(({ target }) => claimKeyText(target)));
  return (workloads.known ? workloads.value : [])
    .filter(({ namespace, claims: own }) => own.some((name) => claims.has(`${namespace}/${name}`)))
    .map((workload) => ({
      by: workloadText(workload),
      template: podTemplateOf(workload.object),
      namespace: workload.namespace,
    }));
};

const isOfOneOf = (volumes: readonly MoveVolume[], claims: readonly string[], namespace: string): boolean =>
  volumes.some(({ source }) => source.namespace === namespace && claims.includes(source.name));

const broughtWorkloads = (
  { brought }: MoveFacts,
  volumes: readonly MoveVolume[],
  objects: readonly KubernetesObject[],
): Runner[] =>
  brought.workloads
    .filter(({ claims, namespace }) => isOfOneOf(volumes, claims, namespace))
    .flatMap(({ kind, namespace, name }) => {
      const object = objects.find(
        (it) => it.kind === kind && it.metadata.name === name && it.metadata.namespace === namespace,
      );
      return object === undefined
        ? []
        : [{ by: `${kind} ${namespace}/${name}`, template: podTemplateOf(object), namespace }];
    });

/** The first of those that are the same. */
const eachOnce = <T>(entries: readonly T[], keyOf: (entry: T) => string): readonly T[] =>
  [...Map.groupBy(entries, keyOf).values()].flatMap(([first]) => (first === undefined ? [] : [first]));

/** What the pods of these groups need on the target; `objects`: what is brought there. */
export const needsOfMove = (
  facts: MoveFacts,
  groups: readonly MoveGroup[],
  objects: readonly KubernetesObject[],
): NeedsOfMove => {
  if (facts.verb === 'undo' || !facts.withWorkloads) return { objects: [], nodes: [] };
  const volumes = groups.flatMap((group) => group.volumes);
  const { source, target } = facts.sites;
  const runners = [
    ...podsOn(source, volumes),
    ...workloadsOn(target, volumes),
    ...broughtWorkloads(facts, volumes, objects),
  ];
  return {
    objects: eachOnce(
      runners.flatMap(({ by, template, namespace }) =>
        objectsNeeded(template, namespace).map((need) => ({ ...need, by })),
      ),
      ({ kind, namespace, name }) => `${kind} ${namespace}/${name}`,
    ),
    nodes: eachOnce(
      runners.flatMap((runner) => {
        const selector = runner.isForOneNode ? undefined : nodesNeeded(runner.template);
        return selector === undefined ? [] : [{ by: runner.by, selector }];
      }),
      ({ selector }) => JSON.stringify(selector),
    ),
  };
};

/** The lists that tell of them. */
export const listsOfNeeds = ({ objects, nodes }: NeedsOfMove): readonly TargetList[] => [
  ...new Set([...objects.map(({ list }) => list), ...(nodes.length > 0 ? (['nodes'] as const) : [])]),
];

const named = ({ kind, namespace, name }: ObjectNeed): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** In a list of its kind. */
const isCalled =
  ({ namespace, name }: ObjectNeed) =>
  ({ metadata }: KubernetesObject): boolean =>
    metadata.name === name && (namespace === undefined || metadata.namespace === namespace);

const isBrought = (need: ObjectNeed, brought: readonly KubernetesObject[]): boolean =>
  brought.filter(({ kind }) => kind === need.kind).some(isCalled(need));

/** What the target lacks of them, as `check` says it (DR432, DR433): one clause each. What could not be listed is said as well. */
export const lackingNeeds = (needs: NeedsOfMove, there: NeedsThere): readonly string[] => {
  const { target, listed, brought, couldBringSecrets } = there;
  const unread = listsOfNeeds(needs).flatMap((list) => {
    const reading = listed(list);
    return reading.known
      ? []
      : `whether ${target} has what the pods need is not known: ${oneLine(reading.why)}`;
  });
  const objects = needs.objects.flatMap((need) => {
    const reading = listed(need.list);
    if (!reading.known || reading.value.some(isCalled(need)) || isBrought(need, brought)) return [];
    const bring = need.list === 'secrets' && couldBringSecrets ? '; --include-secrets brings it along' : '';
    return `DR432: ${named(need)} is not on ${target}, and ${need.by} needs it: ${harmWithout[need.list]}${bring}`;
  });
  const nodes = needs.nodes.flatMap(({ by, selector }) => {
    const reading = listed('nodes');
    if (!reading.known || reading.value.some((node) => meetsSelector(node, selector))) return [];
    return oneLine(
      `DR433: no node of ${target} is one that ${by} could run on: it wants ${selectorText(selector)}, and would stay Pending`,
      600,
    );
  });
  return [...unread, ...objects, ...nodes];
};
