import { isJsonObject, type JsonObject } from '../schema/json-value.ts';

type Step = string | number;

/** What stands at a path; undefined where any step of it is missing. */
export const read = (value: unknown, ...path: readonly Step[]): unknown => {
  let found = value;
  for (const step of path) {
    if (Array.isArray(found)) found = found[Number(step)];
    else if (isJsonObject(found) && Object.hasOwn(found, step)) found = found[step];
    else return undefined;
  }
  return found;
};

/** The text at a path; empty where there is none. */
export const textAt = (value: unknown, ...path: readonly Step[]): string => {
  const found = read(value, ...path);
  return typeof found === 'string' ? found : '';
};

/** The number at a path; 0 where there is none, as Go has it. */
export const numberAt = (value: unknown, ...path: readonly Step[]): number => {
  const found = read(value, ...path);
  return typeof found === 'number' ? found : 0;
};

/** The list at a path; empty where there is none. */
export const listAt = (value: unknown, ...path: readonly Step[]): readonly unknown[] => {
  const found = read(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** The texts of the list at a path; what is no text is left out. */
export const textsAt = (value: unknown, ...path: readonly Step[]): string[] =>
  listAt(value, ...path).filter((item) => typeof item === 'string');

/** The object at a path; empty where there is none. */
export const recordAt = (value: unknown, ...path: readonly Step[]): JsonObject => {
  const found = read(value, ...path);
  return isJsonObject(found) ? found : {};
};
