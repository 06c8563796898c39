import type { LabelSelector } from '../model/volume-group-replication.ts';

type Labels = Readonly<Record<string, string>>;
type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

const meetsSet = (value: string | undefined, { operator, values = [] }: Requirement): boolean | undefined => {
  // kube-apiserver refuses an empty list, and controllers then find nothing at all.
  if (values.length === 0) return undefined;
  const isAmong = value !== undefined && values.includes(value);
  return operator === 'In' ? isAmong : !isAmong;
};

const meets = (labels: Labels, requirement: Requirement): boolean | undefined => {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      return meetsSet(value, requirement);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return undefined;
  }
};

/**
 * Whether labels fit a `metav1.LabelSelector`; an empty one fits all. Undefined where it has a requirement that nobody
 * understands and the others do not rule the labels out.
 */
export const matchesSelector = (
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Labels = {},
): boolean | undefined => {
  const isExact = Object.entries(matchLabels).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  );
  const answers = [isExact, ...matchExpressions.map((requirement) => meets(labels, requirement))];
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
};
