import { failures } from '../http/failure.ts';

/** A resourceVersion as a number; left out means 0. Refuses what is no number with Go's text, as recorded. */
export const parseResourceVersion = (text: string | null): number => {
  if (text === null || text === '') return 0;
  if (/^\d{1,19}$/.test(text)) return Number(text);
  const quoted = JSON.stringify(text);
  throw failures.plainError(
    `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
  );
};
