import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { failures } from '../http/failure.ts';
import type { Kind } from '../kind.ts';

/** One condition of a field selector: `metadata.name=x`. */
export type FieldRequirement = { field: string; equal: boolean; value: string };

const withoutBackslashes = (text: string): string => text.replaceAll(/\\([\\,=])/g, '$1');

const parseTerm = (term: string, selector: string): FieldRequirement => {
  const match = /^((?:[^\\=!]|\\.)*?)(!=|==|=)((?:[^\\]|\\.)*)$/s.exec(term);
  if (match === null)
    throw failures.badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
  const [, field = '', operator, value = ''] = match;
  return { field, equal: operator !== '!=', value: withoutBackslashes(value) };
};

/** Parses `metadata.name=x,status.phase!=y`; commas and equal signs of values are escaped with a backslash. */
export const parseFieldSelector = (selector: string): FieldRequirement[] =>
  selector
    .split(/(?<!\\),/)
    .filter((term) => term !== '')
    .map((term) => parseTerm(term, selector));

const metadataFields: Record<string, (object: KubernetesObject) => string> = {
  'metadata.name': ({ metadata }) => metadata.name ?? '',
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
};

const readerOf = ({ strategy }: Kind, field: string) =>
  Object.hasOwn(metadataFields, field) ? metadataFields[field] : strategy.selectableFields[field];

const unsupported = ({ custom, strategy }: Kind, field: string) => {
  // A built-in kind without fields of its own meets the generic conversion, which words it differently.
  const generic = !custom && Object.keys(strategy.selectableFields).length === 0;
  return failures.badRequest(
    generic
      ? `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
      : `field label not supported: ${field}`,
  );
};

/** Refuses (400) fields by which a kind cannot be selected. */
export const checkFields = (requirements: readonly FieldRequirement[], kind: Kind): void => {
  for (const { field } of requirements)
    if (readerOf(kind, field) === undefined) throw unsupported(kind, field);
};

/** Whether an object fulfils all requirements, which `checkFields` has let pass. */
export const matchesFields = (
  requirements: readonly FieldRequirement[],
  kind: Kind,
  object: KubernetesObject,
): boolean =>
  requirements.every(({ field, equal, value }) => (readerOf(kind, field)?.(object) === value) === equal);
