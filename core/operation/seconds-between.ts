/**
 * Seconds between two moments in milliseconds, as whoever reads them from a record counts: times are written down in whole seconds, so that
 * what a run says of itself and what is told of it later is the same.
 */
export const secondsBetween = (from: number, until: number): number =>
  Math.max(0, Math.floor(until / 1000) - Math.floor(from / 1000));
