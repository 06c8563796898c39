import { listAt, recordAt, textAt, textsAt } from './reading.ts';

const requirementText = (requirement: unknown): string => {
  const key = textAt(requirement, 'key');
  const values = textsAt(requirement, 'values').toSorted().join(',');
  switch (textAt(requirement, 'operator')) {
    case 'In':
      return `${key} in (${values})`;
    case 'NotIn':
      return `${key} notin (${values})`;
    case 'Exists':
      return key;
    default:
      return `!${key}`;
  }
};

/** A label selector as one writes it behind `-l`: `a=b,tier in (x,y)`; `<none>` for one that selects nothing. */
export const labelSelectorText = (selector: unknown): string => {
  const labels = Object.entries(recordAt(selector, 'matchLabels')).map(([name, value]) => `${name}=${value}`);
  const terms = [...labels, ...listAt(selector, 'matchExpressions').map(requirementText)];
  return terms.length === 0 ? '<none>' : terms.toSorted().join(',');
};
