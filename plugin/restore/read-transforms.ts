import { DrError } from '../../core/model/error.ts';
import type { TransformMatch, TransformRule } from '../../core/restore/transform-rule.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { loadYaml, YamlFault } from '../backup/load-yaml.ts';
import { readTextFile } from './read-text.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with the file, as one clause. */
class Fault extends Error {}

const fault = (what: string): never => {
  throw new Fault(what);
};

const fieldsOf = (value: unknown, place: string, known: readonly string[]): Fields => {
  if (!isFields(value)) return fault(`${place} has no fields`);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  return unknown === undefined
    ? value
    : fault(`${place} has an unknown field "${unknown}": known are ${known.join(', ')}`);
};

const textOf = (value: unknown, place: string): string =>
  typeof value === 'string' && value !== '' ? value : fault(`${place} must be text`);

const textsOf = (value: unknown, place: string): Readonly<Record<string, string>> => {
  if (!isFields(value)) return fault(`${place} must map texts to texts`);
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => [key, textOf(text, `${place}.${key}`)]),
  );
};

const matchOf = (value: unknown, place: string): TransformMatch => {
  const { kind, name, namespace, labels } = fieldsOf(value, place, ['kind', 'name', 'namespace', 'labels']);
  return {
    ...(kind !== undefined && { kind: textOf(kind, `${place}.kind`) }),
    ...(name !== undefined && { name: textOf(name, `${place}.name`) }),
    ...(namespace !== undefined && { namespace: textOf(namespace, `${place}.namespace`) }),
    ...(labels !== undefined && { labels: textsOf(labels, `${place}.labels`) }),
  };
};

const operations = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

const operationOf = (value: unknown, place: string): Fields => {
  const operation = fieldsOf(value, place, ['op', 'path', 'from', 'value']);
  if (!operations.includes(textOf(operation['op'], `${place}.op`)))
    fault(`${place}.op is none of ${operations.join(', ')}`);
  if (typeof operation['path'] !== 'string') fault(`${place}.path must be text`);
  return operation;
};

const listOf = (value: unknown, place: string): readonly unknown[] =>
  Array.isArray(value) ? value : fault(`${place} must be a list`);

const ruleOf = (value: unknown, index: number): TransformRule => {
  const place = `rules[${index}]`;
  const known = ['name', 'match', 'jsonPatch', 'mergePatch'];
  const { name, match, jsonPatch, mergePatch } = fieldsOf(value, place, known);
  if (jsonPatch === undefined && mergePatch === undefined)
    fault(`${place} changes nothing: give it a jsonPatch or a mergePatch`);
  if (mergePatch !== undefined && !isFields(mergePatch)) fault(`${place}.mergePatch has no fields`);
  return {
    name: name === undefined ? place : textOf(name, `${place}.name`),
    match: matchOf(match ?? fault(`${place}.match is missing`), `${place}.match`),
    ...(jsonPatch !== undefined && {
      jsonPatch: listOf(jsonPatch, `${place}.jsonPatch`).map((operation, at) =>
        operationOf(operation, `${place}.jsonPatch[${at}]`),
      ),
    }),
    ...(isFields(mergePatch) && { mergePatch }),
  };
};

/** The rules of a file for `--transform`. Throws a `DrError` that names file, place and fault: a mistyped field must not pass. */
export const parseTransforms = (text: string, origin: string): readonly TransformRule[] => {
  try {
    const documents = loadYaml(text);
    if (documents.length !== 1) fault('it is not one document');
    const { rules } = fieldsOf(documents[0]?.value, 'the file', ['rules']);
    return listOf(rules, 'rules').map(ruleOf);
  } catch (error) {
    if (!(error instanceof Fault || error instanceof YamlFault)) throw error;
    const line = error instanceof YamlFault ? `:${error.line}` : '';
    throw new DrError({
      code: 'TransformInvalid',
      message: oneLine(`${origin}${line}: ${error.message}`, 400),
      hint: 'see docs/restore.md for the rules',
    });
  }
};

/** Reads a file of rules. */
export const readTransforms = async (path: string, signal: AbortSignal): Promise<readonly TransformRule[]> =>
  parseTransforms(await readTextFile(path, signal), path);
