import type { Column } from '../kind.ts';
import { sayAge } from './age.ts';

type Cell = Column['cell'];

const column = (name: string, type: Column['type'], cell: Cell, priority: number): Column => ({
  name,
  type,
  priority,
  cell,
});

/** A column of text, shown always. */
export const text = (name: string, cell: Cell): Column => column(name, 'string', cell, 0);

/** A column of text that `-o wide` adds. */
export const wideText = (name: string, cell: Cell): Column => column(name, 'string', cell, 1);

/** A column of whole numbers. */
export const integer = (name: string, cell: Cell): Column => column(name, 'integer', cell, 0);

/** A column of true and false. */
export const flag = (name: string, cell: Cell): Column => column(name, 'boolean', cell, 0);

/** The first column of nearly every kind. */
export const nameColumn: Column = {
  ...text('Name', ({ metadata }) => metadata.name ?? ''),
  format: 'name',
};

/** How long ago the object was created. */
export const ageColumn: Column = text('Age', ({ metadata }, now) => sayAge(metadata.creationTimestamp, now));

/** When the object was created: roles and CRDs show it in place of an age. */
export const createdColumn: Column = column(
  'Created At',
  'date',
  ({ metadata }) => metadata.creationTimestamp ?? '<unknown>',
  0,
);

/** `<none>` in place of nothing. */
export const orNone = (value: string): string => (value === '' ? '<none>' : value);
