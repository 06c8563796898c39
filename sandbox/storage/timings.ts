/** How long the steps of mirroring take, in milliseconds. */
export type Timings = {
  /** Until a daemon notices what it is told of: a new image, and the demotion of an image that it copies from. */
  readonly notice: number;
  /**
   * Between two looks of a daemon. Only then it finds what nobody tells it: what became of an image, here or at the peer, that it does
   * not copy at the moment. And only then it writes how far the others are. What every call answers is as old as that.
   */
  readonly look: number;
  /** Between two times at which the manager of a site reads which images are primary; one that it does not know has no schedule. */
  readonly scheduleRefresh: number;
  /** What a snapshot takes besides its bytes. */
  readonly transferLatency: number;
  /** After this silence the reports of a daemon count as those of a dead one. */
  readonly contactLoss: number;
  /** Resync with force: until the local image is deleted, … */
  readonly discard: number;
  /** … until it exists again, … */
  readonly recreate: number;
  /** … until it is mirrored, … */
  readonly adopt: number;
  /** … and until its daemon reports. */
  readonly firstReport: number;
  /** From the end of mirroring on the primary until the peer's copy is removed. */
  readonly removal: number;
};

/**
 * As recorded from two Ceph 18.2.7 clusters; what came sooner or later from time to time has one value here. `look` is Ceph's
 * `rbd_mirror_image_state_check_interval`, and the same between two updates of the statuses.
 */
const RECORDED: Timings = {
  notice: 2_500,
  look: 30_000,
  scheduleRefresh: 60_000,
  transferLatency: 200,
  contactLoss: 30_000,
  discard: 30_000,
  recreate: 27_000,
  adopt: 3_000,
  firstReport: 27_000,
  removal: 30_000,
};

/** The recorded durations, each divided by the clock factor. */
export const scaleTimings = (clockFactor: number): Timings =>
  Object.fromEntries(
    Object.entries(RECORDED).map(([step, duration]) => [step, duration / clockFactor]),
  ) as Record<keyof Timings, number>;
