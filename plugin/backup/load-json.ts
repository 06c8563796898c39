import type { YamlDocument } from './load-yaml.ts';

/** Between two documents: within one, a comma would stand there, and no text of JSON goes over a line's end. */
const betweenDocuments = /(?<=\})[ \t\r]*\n\s*(?=\{)/;

/** A text as JSON, one document after the other as kubectl prints them, which is quick; undefined where it is none. */
export const loadJson = (text: string): YamlDocument[] | undefined => {
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
