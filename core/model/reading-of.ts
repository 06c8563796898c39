import { known, type Reading, unknown } from './reading.ts';

/** Thrown where a fact cannot be had, caught by `readingOf` alone: so that what is read from unknown facts is unknown by itself. */
class CannotRead extends Error {
  readonly isPassing: boolean;

  constructor(why: string, isPassing: boolean) {
    super(why);
    this.isPassing = isPassing;
  }
}

/** What was read; unknown as soon as anything on the way to it was. */
export const readingOf = <T>(read: () => T): Reading<T> => {
  try {
    return known(read());
  } catch (error) {
    if (error instanceof CannotRead)
      return { ...unknown(error.message), ...(error.isPassing && { isPassing: true }) };
    throw error;
  }
};

/** Within `readingOf`: ends the reading; `why` is one clause. */
export const cannotRead = (why: string): never => {
  throw new CannotRead(why, false);
};

/** The same of what can be read in a moment. */
export const cannotReadYet = (why: string): never => {
  throw new CannotRead(why, true);
};

/** Within `readingOf`: the value of another reading. */
export const knownValue = <T>(reading: Reading<T>): T => {
  if (reading.known) return reading.value;
  throw new CannotRead(reading.why, reading.isPassing === true);
};
