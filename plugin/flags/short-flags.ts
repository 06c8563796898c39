/** One-letter flags that take no value; all others do. */
const switches = new Set(['A', 'w', 'h', 'y']);

/** `-Aowide` as kubectl reads it: `-A`, `-o wide`. */
const expandGroup = (letters: string): string[] => {
  const letter = letters.slice(0, 1);
  const rest = letters.slice(1);
  if (letter === '') return [];
  if (switches.has(letter) && !rest.startsWith('=')) return [`-${letter}`, ...expandGroup(rest)];
  return rest === '' ? [`-${letter}`] : [`-${letter}`, rest.replace(/^=/, '')];
};

/**
 * Rewrites groups of one-letter flags into single ones: `-owide`, `-nkube-system`, `-v=6`, `-Ao json`. Words after `--`
 * stay as they are.
 */
export const expandShortFlags = (words: readonly string[]): string[] => {
  const end = words.indexOf('--');
  const flags = end === -1 ? words : words.slice(0, end);
  const rest = end === -1 ? [] : words.slice(end);
  return [
    ...flags.flatMap((word) => (/^-[A-Za-z]./.test(word) ? expandGroup(word.slice(1)) : [word])),
    ...rest,
  ];
};
