/** `metav1.LabelSelector`. */
export type LabelSelector = {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
};

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

const requirementHolds = (
  { key, operator, values }: Requirement,
  labels: Record<string, string>,
): boolean => {
  const value = labels[key];
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && (values ?? []).includes(value);
    case 'NotIn':
      return value === undefined || !(values ?? []).includes(value);
    default:
      return false;
  }
};

/** Whether labels meet a selector. As in Kubernetes: no selector meets nothing, an empty one meets everything. */
export const selectorMatches = (
  selector: LabelSelector | undefined,
  labels: Record<string, string> | undefined,
): boolean => {
  if (selector === undefined) return false;
  const present = labels ?? {};
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => present[key] === value);
  return equal && (selector.matchExpressions ?? []).every((one) => requirementHolds(one, present));
};
