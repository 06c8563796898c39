/** A place in the history of a volume: the n-th snapshot since some promotion. */
export type Position = { readonly epoch: string; readonly sequence: number };

/**
 * The history that a copy continues. Every promotion opens an epoch; `past` says up to which snapshot of the earlier
 * ones this history goes:
 *
 *     epoch a   1 ── 2 ── 3 ── 4        site 1 went on to 4
 *                    └─ epoch b  1 ── 2  site 2 was promoted by force from 2: past = [{ a, until 2 }]
 *
 * Position (a, 4) is not on the history of epoch b: the two have split.
 */
export type Timeline = {
  readonly epoch: string;
  readonly past: readonly { readonly epoch: string; readonly until: number }[];
};

/** Whether a history that has reached `sequence` goes through a position. */
export const passesThrough = (timeline: Timeline, sequence: number, position: Position): boolean => {
  if (timeline.epoch === position.epoch) return position.sequence <= sequence;
  const past = timeline.past.find(({ epoch }) => epoch === position.epoch);
  return past !== undefined && position.sequence <= past.until;
};

/** The history of a copy that is promoted at `sequence` of what it followed. */
export const branchOff = (timeline: Timeline, sequence: number, epoch: string): Timeline => ({
  epoch,
  past: [...timeline.past, { epoch: timeline.epoch, until: sequence }],
});
