import type { VolumeReplication } from '../model/volume-replication.ts';
import type { StepFacts } from './step-facts.ts';

// A site that was lost and comes back holds an older copy, and nothing on it says so once it is demoted. So the demotion itself leaves
// a mark: which primary the copy is older than. The mark goes when the copy was made anew, and with each promote.

/** On a VolumeReplication: its copy is older than the one of this primary, and has to be made anew. */
const staleAnnotation = 'kubectl-dr.dev/stale-against';
/** On a VolumeReplication: its copy was made anew from this primary. */
const resyncedAnnotation = 'kubectl-dr.dev/resynced-from';

/** A VolumeReplication that is primary, by name and uid, as a mark names it. */
const primaryText = (site: string, primary: VolumeReplication): string =>
  `${site}/${primary.metadata.uid ?? ''}`;

/** Annotations that are written along; undefined takes one off. */
export type Marks = Readonly<Record<string, string | undefined>>;

/** On the demotion of an older copy. `site`, `primary`: where the good one is. */
export const staleMark = (site: string, primary: VolumeReplication): Marks => ({
  [staleAnnotation]: primaryText(site, primary),
  [resyncedAnnotation]: undefined,
});

/** On the end of a resync. */
export const resyncedMark = (site: string, primary: VolumeReplication): Marks => ({
  [staleAnnotation]: undefined,
  [resyncedAnnotation]: primaryText(site, primary),
});

/** The same, of what the other site shows: it has to be known to be primary for a resync. */
export const madeAnewMark = ({ there, peer: { replication } }: StepFacts): Marks =>
  there === undefined || replication?.kind !== 'VolumeReplication'
    ? {}
    : resyncedMark(there.name, replication.object);

/** What was made anew holds nothing of its own: who moves it back later has nothing to look for on it. */
export const settledDemotion = (now: number) => ({ followed: 'yes', at: now }) as const;

/** On a promote: nothing is said of the copy any more, it is the one that counts. */
export const noMarks: Marks = { [staleAnnotation]: undefined, [resyncedAnnotation]: undefined };

/** Whether a copy is marked as older than another one. */
export const isMarkedStale = ({ metadata }: Pick<VolumeReplication, 'metadata'>): boolean =>
  metadata.annotations?.[staleAnnotation] !== undefined;

/** Whether a copy was made anew from this very primary. */
export const wasResyncedFrom = (
  { metadata }: VolumeReplication,
  site: string,
  primary: VolumeReplication,
): boolean => metadata.annotations?.[resyncedAnnotation] === primaryText(site, primary);
