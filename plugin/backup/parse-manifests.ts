import { flattenList } from '../../core/backup/flatten-list.ts';
import { objectFault } from '../../core/backup/object-fault.ts';
import { DrError } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { loadYaml, type YamlDocument, YamlFault } from './load-yaml.ts';

/** Characters of one text; an API server takes a tenth of it for one object. */
export const largestText = 32 * 2 ** 20;

const refusal = (origin: string, line: number, problem: string): DrError =>
  new DrError({
    code: 'ManifestInvalid',
    message: `${oneLine(origin)}:${line}: ${oneLine(problem)}`,
    hint: 'give Kubernetes objects as YAML or JSON',
  });

/** Between two documents: within one, a comma would stand there, and no text of JSON goes over a line's end. */
const betweenDocuments = /(?<=\})[ \t\r]*\n\s*(?=\{)/;

/** The text as JSON, one document after the other as kubectl prints them, which is quick; undefined where it is none. */
const parseJson = (text: string): YamlDocument[] | undefined => {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    let line = 1;
    return text.split(betweenDocuments).map((part) => {
      const at = line;
      // The end of the line that split them is in neither.
      line += part.split('\n').length;
      return { line: at, value: JSON.parse(part) };
    });
  } catch {
    return undefined;
  }
};

const parseDocuments = (text: string, origin: string): YamlDocument[] => {
  try {
    return parseJson(text) ?? loadYaml(text);
  } catch (error) {
    if (error instanceof YamlFault) throw refusal(origin, error.line, error.message);
    throw error;
  }
};

/** Which item of a list is at fault; nothing to say where the document is no list. */
const placeOf = (index: number, count: number): string => (count === 1 ? '' : `item ${index + 1}: `);

const objectsOf = ({ line, value }: YamlDocument, origin: string): KubernetesObject[] => {
  const items = flattenList(value);
  return items.map((item, index) => {
    const fault = objectFault(item);
    if (fault !== undefined) throw refusal(origin, line, `${placeOf(index, items.length)}${fault}`);
    return item as KubernetesObject;
  });
};

/**
 * The objects of a text that somebody hands in: YAML or JSON, one or more documents, lists flattened, in their order. `origin` is
 * what the text is called in errors. Throws a `DrError` `ManifestInvalid` that names line and problem.
 */
export const parseManifests = (text: string, origin: string): KubernetesObject[] => {
  if (text.length > largestText)
    throw refusal(origin, 1, `it is larger than ${largestText / 2 ** 20} MiB; give it in parts`);
  return parseDocuments(text.replace(/^\uFEFF/, ''), origin)
    .filter(({ value }) => value !== null)
    .flatMap((document) => objectsOf(document, origin));
};
