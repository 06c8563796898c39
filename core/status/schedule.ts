import { parseSchedulingInterval } from '../model/duration.ts';
import { known, type Reading, unknown } from '../model/reading.ts';
import type { VolumeReplicationClass } from '../model/volume-replication.ts';

/** How a class mirrors: at intervals, each write as it comes (journal), or with no interval of its own. */
export type Schedule =
  | { readonly kind: 'interval'; readonly text: string; readonly milliseconds: number }
  | { readonly kind: 'journal' }
  | { readonly kind: 'none' };

/** The grammar of ceph-csi: digits and m, h or d. A Go duration such as `90s` is none, and nothing travels every 0 minutes. */
const parseInterval = (text: string): Reading<Schedule> => {
  const milliseconds = parseSchedulingInterval(text);
  return milliseconds
    ? known({ kind: 'interval', text, milliseconds })
    : unknown(`schedulingInterval "${text}" is not digits and m, h or d`);
};

/** Whether the class mirrors each write as it comes; of one that is not known, it is not assumed. */
export const isJournalClass = (replicationClass: Pick<VolumeReplicationClass, 'spec'> | undefined): boolean =>
  replicationClass?.spec.parameters?.['mirroringMode'] === 'journal';

/** What the class of a replication says about when data travels. */
export const scheduleOf = (volumeReplicationClass: VolumeReplicationClass): Reading<Schedule> => {
  const { mirroringMode, schedulingInterval } = volumeReplicationClass.spec.parameters ?? {};
  if (mirroringMode === 'journal') return known({ kind: 'journal' });
  if (schedulingInterval === undefined) return known({ kind: 'none' });
  return parseInterval(schedulingInterval);
};
