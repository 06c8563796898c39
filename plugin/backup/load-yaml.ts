import {
  boolYaml11Tag,
  constructFromEvents,
  floatYaml11Tag,
  intYaml11Tag,
  mapTag,
  nullYaml11Tag,
  parseEvents,
  Schema,
  seqTag,
  strTag,
  YAMLException,
} from 'js-yaml';
import { deepestNesting } from '../../core/backup/object-fault.ts';
import { messageOf } from '../../core/model/error.ts';

// js-yaml, not yaml: a list of 1,000 volumes is 7 MB, for which the one takes 3 s and the other 45 s and 2 GB of memory.

/** Words that stand for something else are those of kubectl, which reads YAML 1.1: `yes` is true, 0644 is octal. No tags. */
const schema = new Schema([
  strTag,
  mapTag,
  seqTag,
  nullYaml11Tag,
  boolYaml11Tag,
  intYaml11Tag,
  floatYaml11Tag,
]);

/** What cannot be read, and in which line, counted from 1. */
export class YamlFault extends Error {
  readonly line: number;

  constructor(problem: string, line: number) {
    super(problem);
    this.line = line;
  }
}

/** One document of a text. */
export type YamlDocument = {
  /** The line where it begins, counted from 1. */
  readonly line: number;
  /** Null where it is empty. */
  readonly value: unknown;
};

/** Characters. A document of this size, most of it structure, takes a gigabyte of memory; as JSON it takes a tenth. */
const largestDocument = 8 * 2 ** 20;

/** `---` in the first column begins a document wherever it stands, also within quotes: YAML 1.2.2, 9.1.2. */
const boundary = /^(?=---(?:\s|$))/m;

type Part = { readonly line: number; readonly text: string };

const linesIn = (text: string): number => text.split('\n').length - 1;

const partsOf = (text: string): Part[] => {
  let line = 1;
  return text.split(boundary).map((part) => {
    const at = line;
    line += linesIn(part);
    return { line: at, text: part };
  });
};

/** The line of a document's first word, below its marker, comments and blank lines. */
const firstLine = ({ line, text }: Part): number => {
  const index = text.split('\n').findIndex((content) => !/^(?:---)?\s*(?:#.*)?$/.test(content));
  return line + Math.max(0, index);
};

const documentsOf = (part: Part, largest: number): YamlDocument[] => {
  if (part.text.length > largest)
    throw new YamlFault(
      `a YAML document is larger than ${largest / 2 ** 20} MiB: give it as JSON`,
      part.line,
    );
  try {
    const events = parseEvents(part.text, { maxDepth: deepestNesting });
    const values = constructFromEvents(events, { source: part.text, schema, maxAliases: 0 });
    return values.map((value) => ({ line: firstLine(part), value: value ?? null }));
  } catch (error) {
    // A text that nobody vouches for may also exhaust the stack or the memory.
    if (!(error instanceof YAMLException)) throw new YamlFault(messageOf(error), part.line);
    throw new YamlFault(error.reason, part.line + (error.mark?.line ?? 0));
  }
};

/**
 * The documents of a YAML text that nobody vouches for. Throws a `YamlFault` at what a manifest has no need of: aliases, by which
 * a small text becomes a large one, tags, duplicate keys, nesting without an end, and documents of more characters than `largest`.
 */
export const loadYaml = (text: string, largest = largestDocument): YamlDocument[] =>
  partsOf(text).flatMap((part) => documentsOf(part, largest));
