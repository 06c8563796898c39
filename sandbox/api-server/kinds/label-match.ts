import type { JsonObject } from '../schema/json-value.ts';
import { listAt, recordAt, textAt, textsAt } from './reading.ts';

const holds = (requirement: unknown, labels: JsonObject): boolean => {
  const key = textAt(requirement, 'key');
  const value = labels[key];
  const values = textsAt(requirement, 'values');
  switch (textAt(requirement, 'operator')) {
    case 'In':
      return typeof value === 'string' && values.includes(value);
    case 'NotIn':
      return typeof value !== 'string' || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
};

/** Whether labels fulfil a `metav1.LabelSelector`; an empty one selects everything. */
export const matchesLabels = (selector: unknown, labels: JsonObject): boolean =>
  Object.entries(recordAt(selector, 'matchLabels')).every(([name, value]) => labels[name] === value) &&
  listAt(selector, 'matchExpressions').every((requirement) => holds(requirement, labels));
