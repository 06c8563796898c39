/** How long the steps of mirroring take, in milliseconds. */
export type Timings = {
  /** From a change of role or of the link until a mirror daemon looks at the image. */
  readonly notice: number;
  /** The same for the daemon of the site that was demoted. */
  readonly noticeOwnDemotion: number;
  /** The same when a demoted image finds another history at its peer. */
  readonly noticeSplitBrain: number;
  /** Between two reports of a daemon about an image on which something happens. */
  readonly report: number;
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

/** As recorded from two Ceph 18.2.7 clusters; what came sooner or later from time to time has one value here. */
const RECORDED: Timings = {
  notice: 3_000,
  noticeOwnDemotion: 6_000,
  noticeSplitBrain: 100,
  report: 30_000,
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
