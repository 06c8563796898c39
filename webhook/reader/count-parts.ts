const [quote, backslash] = [0x22, 0x5c];
/** `,`, `{` and `[`: each begins a member or an entry, so that there are never more values than these and one. */
const beginners: ReadonlySet<number> = new Set([0x2c, 0x7b, 0x5b]);

/** Where the string that begins behind a quote ends: the index of its closing quote, or the length where it has none. */
const endOfString = (json: Uint8Array, from: number): number => {
  let at = json.indexOf(quote, from);
  for (; at !== -1; at = json.indexOf(quote, at + 1)) {
    let escapes = 0;
    while (json[at - 1 - escapes] === backslash) escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return json.length;
};

/**
 * How many parts a JSON text has, counted before anything is made of them: what it takes in memory goes by these far more than by its
 * length. Stops counting beyond `most`.
 */
export const countParts = (json: Uint8Array, most: number): number => {
  let parts = 1;
  for (let at = 0; at < json.length && parts <= most; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === quote) at = endOfString(json, at + 1);
    else if (beginners.has(byte)) parts += 1;
  }
  return parts;
};
