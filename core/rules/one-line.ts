import { printableLine } from '../printable.ts';

/** Text that others wrote, as one line of at most so many characters: it ends up in terminals, headers and audit logs. */
export const oneLine = (text: string, longest = 200): string => {
  const line = printableLine(text).replaceAll(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
};

const encoder = new TextEncoder();

/** Cuts a line to so many bytes of UTF-8, never within a character. */
export const cutToBytes = (line: string, bytes: number): string => {
  if (encoder.encode(line).length <= bytes) return line;
  const { read } = encoder.encodeInto(line, new Uint8Array(bytes - 3));
  return `${line.slice(0, read)}…`;
};
