/** One figure of a bench, as it is printed. */
export type Measurement = {
  what: string;
  /** With its unit. */
  figure: string;
  /** What the design asks for; left out where the figure only informs. */
  target?: string;
};

/** The middle value of some runs: one slow run on a busy machine does not count. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** The value that a share of all values (0 to 1) does not exceed. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export const milliseconds = (value: number): string => `${value.toFixed(0)} ms`;
export const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
export const ratio = (value: number, baseline: number): string => `${(value / baseline).toFixed(2)} x`;
