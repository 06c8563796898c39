import type { RestoreConflict } from '../conflict.ts';
import type { Target } from '../target.ts';
import type { Wanted, WantedVolume } from '../wanted.ts';

/** One volume, and what stands around it. */
export type VolumeFacts = {
  readonly wanted: WantedVolume;
  readonly target: Target;
  readonly options: Pick<Wanted, 'existing' | 'claimRef'>;
  /** Names of the classes that the source brings along. */
  readonly newClasses: ReadonlySet<string>;
};

/** One reason why a volume cannot be restored; undefined where it does not apply. */
export type VolumeRule = (facts: VolumeFacts) => RestoreConflict | undefined;
