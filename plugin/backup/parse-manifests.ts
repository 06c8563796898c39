import { flattenList } from '../../core/backup/flatten-list.ts';
import { objectFault } from '../../core/backup/object-fault.ts';
import { DrError } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { loadJson } from './load-json.ts';
import { loadYaml, type YamlDocument, YamlFault } from './load-yaml.ts';

/** Characters of one text; an API server takes a tenth of it for one object. */
export const largestText = 32 * 2 ** 20;

const refusal = (origin: string, line: number, problem: string): DrError =>
  new DrError({
    code: 'ManifestInvalid',
    message: `${oneLine(origin)}:${line}: ${oneLine(problem)}`,
    hint: 'give Kubernetes objects as YAML or JSON',
  });

const parseDocuments = (text: string, origin: string): YamlDocument[] => {
  try {
    return loadJson(text) ?? loadYaml(text);
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
