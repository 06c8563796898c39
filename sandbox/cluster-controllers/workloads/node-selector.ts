/** `v1.NodeSelectorRequirement`. */
type Requirement = { key: string; operator: string; values?: readonly string[] };

/** `v1.NodeSelector`. */
export type NodeSelector = {
  nodeSelectorTerms?: readonly {
    matchExpressions?: readonly Requirement[];
    matchFields?: readonly Requirement[];
  }[];
};

/** A node as selectors see it. */
export type SelectableNode = { name: string; labels: Readonly<Record<string, string>> };

const isInteger = (text: string | undefined): boolean => text !== undefined && /^[+-]?\d+$/.test(text);

const requirementHolds = (
  { key, operator, values = [] }: Requirement,
  fields: Readonly<Record<string, string>>,
): boolean => {
  const value = fields[key];
  const [bound] = values;
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
      return isInteger(value) && isInteger(bound) && Number(value) > Number(bound);
    case 'Lt':
      return isInteger(value) && isInteger(bound) && Number(value) < Number(bound);
    default:
      return false;
  }
};

/** Whether a node meets one of the terms. As in Kubernetes: no selector is met by all, a term that says nothing by none. */
export const nodeMeets = (selector: NodeSelector | undefined, node: SelectableNode): boolean => {
  if (selector === undefined) return true;
  return (selector.nodeSelectorTerms ?? []).some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false;
    return (
      matchExpressions.every((one) => requirementHolds(one, node.labels)) &&
      matchFields.every((one) => requirementHolds(one, { 'metadata.name': node.name }))
    );
  });
};
