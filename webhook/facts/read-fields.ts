import { DrError } from '../../core/model/error.ts';

/** Any JSON object. */
export type JsonObject = { readonly [field: string]: unknown };

/** Reads fields of an object that may be any JSON; `path` is for the message. All throw `ObjectUnreadable`. A null is an absent field. */
export type FieldReader = {
  object(value: unknown, path: string): JsonObject;
  text(value: unknown, path: string): string;
  oneOf(value: unknown, path: string, words: readonly string[]): void;
  list(value: unknown, path: string): readonly unknown[];
  texts(value: unknown, path: string): void;
  textMap(value: unknown, path: string): void;
  /** Checks only what is there. */
  optional<T>(value: unknown, check: (value: unknown) => T): T | undefined;
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The error for an object that no rule can read; `why` is a clause. */
export const objectUnreadable = (about: string, why: string): DrError =>
  new DrError({
    code: 'ObjectUnreadable',
    message: `${about} cannot be read: ${why}`,
    hint: 'correct the object; kubectl explain tells what it may hold',
  });

/** A reader whose errors name the object. */
export const createFieldReader = (about: string): FieldReader => {
  const expect = (isRight: boolean, path: string, what: string): void => {
    if (!isRight) throw objectUnreadable(about, `${path} is no ${what}`);
  };
  const object: FieldReader['object'] = (value, path) => {
    if (isObject(value)) return value;
    throw objectUnreadable(about, `${path} is ${value === undefined ? 'missing' : 'no object'}`);
  };
  const text: FieldReader['text'] = (value, path) => {
    if (typeof value === 'string') return value;
    throw objectUnreadable(about, `${path} is ${value === undefined ? 'missing' : 'no text'}`);
  };
  const list: FieldReader['list'] = (value, path) => {
    expect(Array.isArray(value), path, 'list');
    return value as unknown[];
  };
  return {
    object,
    text,
    list,
    oneOf: (value, path, words) => expect(words.includes(text(value, path)), path, words.join(' or ')),
    texts: (value, path) => {
      for (const entry of list(value, path)) text(entry, `an entry of ${path}`);
    },
    textMap: (value, path) => {
      for (const [key, entry] of Object.entries(object(value, path))) text(entry, `${path}.${key}`);
    },
    optional: (value, check) => (value === undefined || value === null ? undefined : check(value)),
  };
};
