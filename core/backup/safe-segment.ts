/** Bytes of one name that every file system takes, with room for an ending and a number. */
const longest = 200;

const encoder = new TextEncoder();

const escaped = (character: string): string =>
  Array.from(
    encoder.encode(character),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');

/**
 * A name as one segment of a path, whatever it holds: letters, digits, `-`, `_` and `.` stand for themselves, a `.` only behind
 * something; all else becomes `%` and its bytes. It is cut where it is long, so two names may give one segment.
 */
export const safeSegment = (name: string): string => {
  const safe = name
    .toWellFormed()
    .replaceAll(/^\.|[^\w.-]/gu, escaped)
    .slice(0, longest);
  return safe === '' ? '%' : safe;
};
