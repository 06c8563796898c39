import { oneLine } from '../core/rules/one-line.ts';

/**
 * Characters of all warnings of one answer. The API server keeps 4096 for a request, and cuts every single warning to 256 without
 * saying so once there are more; guard and advice may both speak about one request, so each takes half.
 */
const longestTotal = 2048;
/** Shorter than this a warning does not say anything. */
const shortest = 256;

const lengthOf = (text: string): number => Array.from(text).length;

const totalOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + lengthOf(text), 0);

/**
 * Warnings as the API server takes them whole: single lines without control characters, which it drops otherwise, none twice, and
 * no more of them than it keeps. What is cut ends with an ellipsis, and what is left out is counted in a last warning.
 */
export const fitWarnings = (warnings: readonly string[]): readonly string[] => {
  const lines = [
    ...new Set(warnings.map((text) => oneLine(text, longestTotal)).filter((text) => text !== '')),
  ];
  if (totalOf(lines) <= longestTotal) return lines;
  const last = (left: number): string =>
    `${left} more ${left === 1 ? 'warning is' : 'warnings are'} left out`;
  const room = longestTotal - lengthOf(last(lines.length));
  const kept = lines.slice(0, Math.floor(room / shortest));
  const share = Math.floor(room / kept.length);
  const cut = kept.map((text) => oneLine(text, share));
  return kept.length === lines.length ? cut : [...cut, last(lines.length - kept.length)];
};
