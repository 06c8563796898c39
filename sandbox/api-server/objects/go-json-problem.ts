const printable = (char: string): string => (char === "'" ? "'\\''" : `'${char}'`);

/** Where V8 stopped; it tells the place in its message, or that the text ended. */
const stoppedAt = (text: string): number | undefined => {
  try {
    JSON.parse(text);
  } catch (cause) {
    const place = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '');
    return place === null ? undefined : Number(place[1]);
  }
  return undefined;
};

const expectation = (before: string): string => {
  const last = before.trimEnd().at(-1);
  if (last === undefined || last === ':' || last === '[') return 'looking for beginning of value';
  if (last === '{') return 'looking for beginning of object key string';
  if (last === ',') return 'looking for beginning of value';
  return last === '"' ? 'after object key' : 'after top-level value';
};

/** What Go's JSON parser says about a text that is no JSON: exact for a text that ends too early, close for the rest. */
export const goJsonProblem = (text: string): string => {
  const position = stoppedAt(text);
  if (position === undefined || position >= text.length) return 'unexpected end of JSON input';
  return `invalid character ${printable(text.charAt(position))} ${expectation(text.slice(0, position))}`;
};
