import type { KubernetesObject } from './kubernetes-object.ts';

/** One requirement of a `NodeSelectorTerm`, on a label or on a field of a node. */
export type NodeRequirement = {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
};

export type NodeSelectorTerm = {
  readonly matchExpressions?: readonly NodeRequirement[];
  readonly matchFields?: readonly NodeRequirement[];
};

/** `v1` NodeSelector: a node meets it where it meets one of the terms. */
export type NodeSelector = { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] };

/** Kubernetes compares whole numbers, and nothing else is above or below anything. */
const isWhole = (text: string | undefined): text is string => text !== undefined && /^[+-]?\d+$/.test(text);

const isAbove = (value: string | undefined, [bound]: readonly string[]): boolean =>
  isWhole(value) && isWhole(bound) && Number(value) > Number(bound);

const isBelow = (value: string | undefined, [bound]: readonly string[]): boolean =>
  isWhole(value) && isWhole(bound) && Number(value) < Number(bound);

const meets = (value: string | undefined, { operator, values = [] }: NodeRequirement): boolean => {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return isAbove(value, values);
    case 'Lt':
      return isBelow(value, values);
    default:
      // A scheduler that does not know an operator lets no node through.
      return false;
  }
};

const fieldOf = ({ metadata }: KubernetesObject, key: string): string | undefined =>
  key === 'metadata.name' ? metadata.name : undefined;

const meetsTerm = (node: KubernetesObject, { matchExpressions = [], matchFields = [] }: NodeSelectorTerm) =>
  // A term that asks for nothing matches no node (component-helpers, nodeaffinity).
  matchExpressions.length + matchFields.length > 0 &&
  matchExpressions.every((it) => meets(node.metadata.labels?.[it.key], it)) &&
  matchFields.every((it) => meets(fieldOf(node, it.key), it));

/** Whether a node may be used, as kube-scheduler judges it: by labels and name alone. */
export const meetsSelector = (node: KubernetesObject, { nodeSelectorTerms = [] }: NodeSelector): boolean =>
  nodeSelectorTerms.some((term) => meetsTerm(node, term));

/** What a PV demands of the nodes that it is mounted on (`spec.nodeAffinity.required`); undefined where any will do. */
export const nodeAffinityOf = (volume: { readonly spec?: object }): NodeSelector | undefined =>
  (volume.spec as { nodeAffinity?: { required?: NodeSelector } } | undefined)?.nodeAffinity?.required;

const requirementText = ({ key, operator, values = [] }: NodeRequirement): string =>
  `${key} ${operator}${values.length === 0 ? '' : ` ${values.join(',')}`}`;

/** `topology.kubernetes.io/zone In east-a`, as a person reads it. */
export const selectorText = ({ nodeSelectorTerms = [] }: NodeSelector): string =>
  nodeSelectorTerms
    .map(({ matchExpressions = [], matchFields = [] }) =>
      [...matchExpressions, ...matchFields].map(requirementText).join(' and '),
    )
    .join(', or ');
