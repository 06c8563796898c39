import { assess, type VolumeStatus } from '../../core/status/assess.ts';
import type { SiteSnapshot } from '../../core/status/snapshot.ts';
import type { Io } from '../io.ts';
import type { Selection } from '../selection/parse-selection.ts';

/** Judges what was read: the first snapshot is the site that was asked for, the second its peer. */
export const assessSites = (
  snapshots: readonly SiteSnapshot[],
  { namespace, claims }: Selection,
  now: number,
): VolumeStatus[] => {
  const [here, there] = snapshots;
  if (here === undefined) return [];
  return assess({
    here,
    there,
    named: namespace === undefined ? undefined : { namespace, names: claims },
    now,
  });
};

/** Says on stderr what a reader of the rows should know beside them. */
export const explainGaps = (snapshots: readonly SiteSnapshot[], io: Pick<Io, 'stderr'>): void => {
  const [here, there] = snapshots;
  if (here !== undefined && there === undefined)
    io.stderr.line(
      `Note: no peer of ${here.site.name} is known, so this is one site only; name the other with --peer-context`,
    );
  for (const { site, objects } of snapshots) {
    if (!objects.known)
      io.stderr.line(
        `Warning: ${site.name} cannot be read: ${objects.why}; volumes that only ${site.name} knows are not shown`,
      );
  }
};
