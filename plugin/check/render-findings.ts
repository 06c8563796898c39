import { type CheckFinding, type FindingLevel, objectText } from '../../core/check/finding.ts';
import { catalogue } from '../../core/rules/catalogue.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import type { Cell, Painter } from '../output/color.ts';

/** What a table of findings shows. */
export type FindingsView = { readonly wide: boolean; readonly headings: boolean; readonly paint: Painter };

const colors = { error: 'red', warning: 'yellow', info: 'blue' } as const satisfies Record<
  FindingLevel,
  string
>;

const none = '<none>';

/** Messages quote what others wrote, such as a driver's answer: none of it may break a row or steer a terminal. */
const oneRow = (text: string): string => oneLine(text, 2_000);

const rowOf = ({ code, level, site, object, message, next }: CheckFinding, view: FindingsView): Cell[] => [
  code,
  view.paint(level, colors[level]),
  site?.name ?? none,
  object === undefined ? none : objectText(object),
  ...(view.wide ? [catalogue[code].title] : []),
  oneRow(`${message}${next === undefined ? '' : `; next: ${next}`}`),
];

/** Rows for a table, the headings first. A finding ends in the next command: nothing after it to line up with. */
export const findingRows = (findings: readonly CheckFinding[], view: FindingsView): Cell[][] => [
  ...(view.headings ? [['CODE', 'LEVEL', 'SITE', 'OBJECT', ...(view.wide ? ['RULE'] : []), 'FINDING']] : []),
  ...findings.map((found) => rowOf(found, view)),
];
