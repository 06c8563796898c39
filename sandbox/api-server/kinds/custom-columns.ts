import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Column } from '../kind.ts';
import { goJson } from '../schema/finding.ts';
import { sayDuration } from './age.ts';
import { nameColumn } from './columns.ts';
import type { PrinterColumn } from './custom-resource.ts';
import { compilePath } from './json-path.ts';

type Cell = string | number | boolean | null;

const asText = (value: unknown): Cell =>
  typeof value === 'object' && value !== null ? goJson(value) : String(value);

const asAge = (value: unknown, now: number): Cell => {
  if (typeof value !== 'string') return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? '<invalid>' : sayDuration(now - at);
};

/** The cell of a value by the type of its column; a value of another type is not shown. */
const cells: Readonly<Record<Column['type'], (value: unknown, now: number) => Cell>> = {
  string: asText,
  date: asAge,
  boolean: (value) => (typeof value === 'boolean' ? value : null),
  integer: (value) => (typeof value === 'number' ? Math.trunc(value) : null),
  number: (value) => (typeof value === 'number' ? value : null),
};

/** Only the first value of a path is shown; one that is missing or null leaves the cell empty. */
const cellOf = ({ type, jsonPath }: PrinterColumn): Column['cell'] => {
  const find = compilePath(jsonPath);
  return (object: KubernetesObject, now: number) => {
    const value = find?.(object)[0];
    return value === undefined || value === null ? null : cells[type](value, now);
  };
};

const columnOf = (printed: PrinterColumn): Column => ({
  name: printed.name,
  type: printed.type,
  ...(printed.format === undefined ? {} : { format: printed.format }),
  description:
    printed.description ?? `Custom resource definition column (in JSONPath format): ${printed.jsonPath}`,
  priority: printed.priority ?? 0,
  cell: cellOf(printed),
});

const age: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** The columns of a custom kind: its name, and what its CRD asks for; a CRD that asks for nothing gets the age. */
export const customColumns = (printed: readonly PrinterColumn[]): readonly Column[] => [
  nameColumn,
  ...(printed.length === 0 ? [age] : printed).map(columnOf),
];
