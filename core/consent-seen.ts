import type { ConsentAction } from './consent-action.ts';
import { millisecondsOf } from './model/api-time.ts';
import { formatTime } from './model/condition.ts';
import { compareVolumes, type SeenVolume } from './model/same-volume.ts';

/** What the other site is for a volume, in the word by which a consent names it. */
export type SeenPeer = 'primary' | 'not-primary' | 'unknown';

/** What the giver of a consent saw. What is left out was not looked at: of the other site that is `unknown`. */
export type Seen = {
  readonly peer: SeenPeer;
  /** The last sync that was known, milliseconds since the epoch. */
  readonly lastSync?: number | undefined;
  /** Handles of the volumes that it was given for. */
  readonly volumes?: readonly string[] | undefined;
  /** `metadata.generation` of the object; 0 where the consent comes with its creation. */
  readonly generation?: number | undefined;
};

/** What whoever honours a consent sees at that moment. */
export type Sight = {
  readonly peer: SeenPeer;
  /** What the other site, as a primary, tells of the last sync; undefined where it tells none. */
  readonly lastSync: number | undefined;
  /** All volumes that the change is about; undefined for one that is not known. */
  readonly volumes: readonly (SeenVolume | undefined)[];
  /** Generations of the object that a consent to this may have been given at: the one of now first. */
  readonly generations: readonly [number, ...number[]];
};

const peers: readonly SeenPeer[] = ['primary', 'not-primary', 'unknown'];
const fields = ['peer', 'lastSync', 'volumes', 'generation'];

const isText = (value: unknown): value is string => typeof value === 'string';

/** Reads `seen` of a consent, as strictly as the rest of it. Answers what is wrong with it as text. */
export const parseSeen = (value: unknown): Seen | string => {
  if (value === undefined) return { peer: 'unknown' };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'seen must be an object';
  const stranger = Object.keys(value).find((field) => !fields.includes(field));
  if (stranger !== undefined) return `seen has an unknown field "${stranger}"`;
  const { peer = 'unknown', lastSync, volumes, generation } = value as Record<string, unknown>;
  const word = peers.find((it) => it === peer);
  if (word === undefined) return `seen.peer must be one of ${peers.join(', ')}`;
  const sync = isText(lastSync) ? millisecondsOf(lastSync) : undefined;
  if (lastSync !== undefined && sync === undefined)
    return 'seen.lastSync must be a time such as 2026-01-02T15:04:05Z';
  if (volumes !== undefined && !(Array.isArray(volumes) && volumes.every(isText)))
    return 'seen.volumes must be a list of volume handles';
  if (generation !== undefined && !(Number.isInteger(generation) && Number(generation) >= 0))
    return 'seen.generation must be a whole number';
  return {
    peer: word,
    lastSync: sync,
    volumes: volumes as readonly string[] | undefined,
    generation: generation as number | undefined,
  };
};

/** The same as it stands in a consent. */
export const seenFields = ({ peer, lastSync, volumes, generation }: Seen): Record<string, unknown> => ({
  peer,
  ...(lastSync === undefined ? {} : { lastSync: formatTime(lastSync) }),
  ...(volumes === undefined ? {} : { volumes }),
  ...(generation === undefined ? {} : { generation }),
});

/**
 * What the other site may be, from the best to the worst, for the actions that rest on it: who takes over fears a primary there, who gives
 * a copy up fears that there is none.
 */
const fromBestToWorst: Readonly<Partial<Record<ConsentAction, readonly SeenPeer[]>>> = {
  'force-promote': ['not-primary', 'unknown', 'primary'],
  resync: ['primary', 'unknown', 'not-primary'],
};

/** The worst of several answers of the other site, for one action. */
export const worstPeer = (action: ConsentAction, answers: readonly SeenPeer[]): SeenPeer => {
  const order = fromBestToWorst[action] ?? [];
  const [worst] = answers.toSorted((a, b) => order.indexOf(b) - order.indexOf(a));
  return worst ?? 'unknown';
};

/** Whether what the other site shows now is worse for an action than what somebody saw of it. */
export const isPeerWorse = (action: ConsentAction, seen: SeenPeer, now: SeenPeer): boolean => {
  const order = fromBestToWorst[action] ?? [];
  return order.indexOf(now) > order.indexOf(seen);
};

const saw: Readonly<Record<SeenPeer, string>> = {
  primary: 'was given while the other site said that it is primary',
  'not-primary': 'was given while the other site said that it is not primary',
  unknown: 'was given by somebody who could not tell whether the other site is primary',
};

const sees: Readonly<Record<SeenPeer, string>> = {
  primary: 'it says now that it is',
  'not-primary': 'it says now that it is not',
  unknown: 'now nobody can tell',
};

const otherPeer = (seen: Seen, now: Sight, action: ConsentAction): string | undefined =>
  isPeerWorse(action, seen.peer, now.peer) ? `${saw[seen.peer]}, and ${sees[now.peer]}` : undefined;

const olderSync = ({ lastSync }: Seen, now: Sight, action: ConsentAction): string | undefined =>
  action === 'force-promote' &&
  lastSync !== undefined &&
  now.lastSync !== undefined &&
  now.lastSync < lastSync
    ? `was given with a last sync of ${formatTime(lastSync)} in view, and the other site tells of ${formatTime(now.lastSync)}`
    : undefined;

/** A handle in a consent may be the one that the volume has on the other site. */
const isOneOf = (handles: readonly string[], volume: SeenVolume | undefined): boolean =>
  volume !== undefined &&
  handles.some((volumeHandle) => compareVolumes(volume, { driver: volume.driver, volumeHandle }) === 'same');

const otherVolume = ({ volumes }: Seen, now: Sight): string | undefined =>
  volumes === undefined || now.volumes.every((it) => isOneOf(volumes, it))
    ? undefined
    : `was given for other volumes (${volumes.join(', ')})`;

const otherGeneration = ({ generation }: Seen, { generations }: Sight): string | undefined =>
  generation === undefined || generations.includes(generation)
    ? undefined
    : `was given for generation ${generation} of the object, and it is at ${generations[0]} now`;

/**
 * Why a consent does not cover what is seen now, as what is said of it; undefined where nothing is worse than its giver saw. Somebody who
 * sees less than the one who honours it has not accepted what that one sees.
 */
export const whyWorse = (seen: Seen, now: Sight, action: ConsentAction): string | undefined => {
  for (const look of [otherPeer, olderSync, otherVolume, otherGeneration]) {
    const why = look(seen, now, action);
    if (why !== undefined) return why;
  }
  return undefined;
};
