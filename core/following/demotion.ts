import { millisecondsOf } from '../model/api-time.ts';
import { formatTime } from '../model/condition.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';

// Once a volume is demoted nothing on it tells any more whether the other site had followed it: kubernetes-csi-addons and we clear the
// last sync of a secondary. So whoever asks for the demotion writes it down with that very change: kubectl dr, dr-webhook for everybody
// else, and dr-controller where neither did.

/** On a VolumeReplication that was demoted: whether the other site had followed it, as JSON. */
export const demotionAnnotation = 'kubectl-dr.dev/demotion';

/** Whether the other site had followed a primary, in a word. */
export type FollowedState = 'yes' | 'no' | 'unknown';

/** What is written down with a demotion. */
export type DemotionNote = {
  readonly followed: FollowedState;
  /** When it was asked for, milliseconds since the epoch. */
  readonly at: number;
  /** The sync by which the other site is known to have followed, milliseconds since the epoch; undefined where none tells. */
  readonly lastSync?: number | undefined;
};

/** What a replication that is not primary shows of its own last demotion. */
export type Demotion =
  /** It never asked for primary: it wrote nothing of its own. */
  | { readonly kind: 'never' }
  | ({ readonly kind: 'marked' } & DemotionNote)
  | {
      readonly kind: 'unmarked';
      /** When it was asked to be what it is; undefined where nobody knows. */
      readonly at: number | undefined;
    };

const states: readonly FollowedState[] = ['yes', 'no', 'unknown'];

/** The annotation's text. `generation`: the one that the demotion gives the object, by which a mark of before is told apart. */
export const demotionText = ({ followed, at, lastSync }: DemotionNote, generation: number): string =>
  JSON.stringify({
    followed,
    generation,
    at: formatTime(at),
    ...(lastSync === undefined ? {} : { lastSync: formatTime(lastSync) }),
  });

/** A replication as far as its demotion is read from it. */
type Demoted = KubernetesObject & { readonly spec: { readonly replicationState: string } };

const parse = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

const timeOf = (value: unknown): number | undefined =>
  typeof value === 'string' ? millisecondsOf(value) : undefined;

/** An API server counts a deletion that waits for finalizers as one more generation, which changes nothing of the spec. */
const specGenerations = ({ generation = 0, deletionTimestamp }: Demoted['metadata']): readonly number[] =>
  deletionTimestamp === undefined ? [generation] : [generation, generation - 1];

/**
 * The mark on an object, if it speaks of its last change of the spec, or of the one before where that asks for primary again. Nobody
 * takes it off: the next change makes it void.
 */
const markOf = ({ metadata, spec }: Demoted): Extract<Demotion, { kind: 'marked' }> | undefined => {
  const { followed, generation, at, lastSync } =
    parse(metadata.annotations?.[demotionAnnotation] ?? '') ?? {};
  const changesSince = spec.replicationState === 'primary' ? 1 : 0;
  const isOfThisSpec = specGenerations(metadata).some((it) => generation === it - changesSince);
  const [time, sync] = [timeOf(at), timeOf(lastSync)];
  const state = states.find((it) => it === followed);
  if (!isOfThisSpec || state === undefined || time === undefined) return undefined;
  return { kind: 'marked', followed: state, at: time, ...(sync === undefined ? {} : { lastSync: sync }) };
};

/** What an object shows of its last demotion; `askedAt`: when its present state was asked for. */
export const demotionOf = (object: Demoted, askedAt: number | undefined): Demotion => {
  const mark = markOf(object);
  if (mark !== undefined) return mark;
  // The first version of an object is what it was created with.
  if (object.spec.replicationState !== 'primary' && object.metadata.generation === 1)
    return { kind: 'never' };
  return { kind: 'unmarked', at: askedAt };
};

/** Clocks of two sites may differ by so much. */
export const siteClocksMs = 5 * 60_000;

const fromWorstToBest: readonly FollowedState[] = ['no', 'unknown', 'yes'];

/** Whether a note tells better news than another one: that the other site had followed, or by a later sync. */
export const isBetterNote = (note: DemotionNote, than: DemotionNote): boolean => {
  const [own, other] = [note, than].map(({ followed }) => fromWorstToBest.indexOf(followed)) as [
    number,
    number,
  ];
  return own > other || (own === other && (note.lastSync ?? 0) > (than.lastSync ?? 0));
};

/** Whether a copy was primary before its demotion, or may have been: then it may hold what no other has. */
export const wasPrimaryBefore = (demotion: Demotion): boolean => demotion.kind !== 'never';

/** Whether a demotion on record left the other site with everything. */
export const leftNothing = (demotion: Demotion): boolean =>
  demotion.kind === 'never' || (demotion.kind === 'marked' && demotion.followed === 'yes');

/**
 * Whether a replica followed a primary, after its own demotion, until that one was demoted, too: the last sync arrived here. Its time is of
 * the other site, and clocks differ.
 */
const followedUntilDemotion = (own: DemotionNote, { followed, lastSync }: DemotionNote): boolean =>
  followed === 'yes' && lastSync !== undefined && lastSync > own.at + siteClocksMs;

/**
 * Whether a site's copy went its own way: it was demoted before anybody had followed it, and the other site was primary after that. What
 * that one wrote is not here, whatever a driver calls equal, until the copy is made anew, or a sync has arrived all the same.
 */
export const hasParted = (own: Demotion, other: Demotion): boolean =>
  own.kind === 'marked' &&
  own.followed !== 'yes' &&
  other.kind === 'marked' &&
  other.at >= own.at &&
  !followedUntilDemotion(own, other);

/**
 * Whether a replica's copy parted from the primary's: it was demoted with writes that nobody had followed, and no sync has arrived since.
 * `lastSync`: what the primary tells, of what follows it now; undefined: nothing. In milliseconds since the epoch.
 */
export const isApart = (replica: Demotion, lastSync: number | undefined): boolean =>
  replica.kind === 'marked' &&
  replica.followed === 'no' &&
  (lastSync === undefined || lastSync <= replica.at);

/**
 * Whether a site was primary after the other one for sure, so that its own copy is the youngest: then nothing is missing from it,
 * whatever became of the other one's writes.
 */
export const wasPrimaryLater = (own: Demotion, other: Demotion): boolean =>
  own.kind === 'marked' &&
  other.kind !== 'never' &&
  other.at !== undefined &&
  own.at > other.at + siteClocksMs;

/**
 * Whether a site may take over from the other one by what both show of their demotions: nothing that was written there is missing here
 * (DR113).
 */
export const hasAllOf = (own: Demotion, other: Demotion): boolean =>
  !hasParted(own, other) && (leftNothing(other) || wasPrimaryLater(own, other));
