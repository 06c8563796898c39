import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { type LabelRequirement, matchesLabels } from '../selection/label-selector.ts';

/** `metav1.LabelSelector`. */
export type LabelSelector = {
  matchLabels?: Readonly<Record<string, string>>;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
};

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

const requirementOf = ({ key, operator, values = [] }: Expression): LabelRequirement => {
  if (operator === 'Exists') return { key, operator: 'exists' };
  if (operator === 'DoesNotExist') return { key, operator: '!' };
  return { key, operator: operator === 'NotIn' ? 'notin' : 'in', values };
};

const requirementsOf = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): LabelRequirement[] => [
  ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'in' as const, values: [value] })),
  ...matchExpressions.map(requirementOf),
];

/** Whether labels fit a selector; an empty or missing selector fits all. */
export const selects = (
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean => matchesLabels(requirementsOf(selector ?? {}), labels ?? {});

const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  requirementsOf(selector ?? {}).length === 0;

/** Whether the object as it was, or as it will be, fits a selector. */
export const selectsEither = (
  selector: LabelSelector | undefined,
  objects: readonly (KubernetesObject | undefined)[],
): boolean =>
  isEmptySelector(selector) ||
  objects.some((object) => object !== undefined && selects(selector, object.metadata.labels));
