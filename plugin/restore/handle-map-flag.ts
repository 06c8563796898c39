import { listFlag } from '../flags/flag.ts';

/** `--map-volume-handle`, of whatever restores. */
export const handleMapFlag = (group: string) =>
  listFlag(
    'OLD=NEW: the handle that the driver of the target knows the volume by; a * at the end of both stands for the rest; may be repeated',
    { group },
  );
