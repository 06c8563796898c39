import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  volumeIdentityKey,
  volumeIdentityOf,
  volumeIdentityText,
} from '../model/persistent-volume.ts';
import { claimKeyText, claimRefKey, keyOfClaim } from '../protection/claims-of-volume.ts';
import type { WantedVolume } from './wanted.ts';

/** How far a restored claim has come. */
export type Binding =
  /** To that PV, whose driver and handle are those of the source, as claim and PV both say. */
  | { readonly state: 'bound' }
  /** `why`: one clause. */
  | { readonly state: 'waiting' | 'failed'; readonly why: string };

/** What is there now of one volume. */
export type BindingFacts = {
  readonly wanted: WantedVolume;
  readonly volume: PersistentVolume | undefined;
  readonly claim: PersistentVolumeClaim | undefined;
};

type There = {
  readonly wanted: WantedVolume;
  readonly volume: PersistentVolume;
  readonly claim: PersistentVolumeClaim;
};

const failed = (why: string): Binding => ({ state: 'failed', why });

const identityKey = (volume: PersistentVolume): string | undefined => {
  const identity = volumeIdentityOf(volume);
  return identity && volumeIdentityKey(identity);
};

const identityText = (volume: PersistentVolume): string => {
  const identity = volumeIdentityOf(volume);
  return identity === undefined ? 'no CSI volume' : volumeIdentityText(identity);
};

/** The claim that holds the PV, where it is not this one. */
const strangerOf = ({ volume, claim }: There): string | undefined => {
  const holder = claimRefKey(volume);
  if (holder === undefined) return undefined;
  const [own, other] = [claimKeyText(keyOfClaim(claim)), claimKeyText(holder)];
  if (own !== other) return `claim ${other}`;
  const uid = volume.spec?.claimRef?.uid;
  return uid && uid !== claim.metadata.uid ? `a claim ${other} that is gone` : undefined;
};

const checks: readonly ((there: There) => Binding | undefined)[] = [
  ({ wanted, volume }) =>
    identityKey(volume) === identityKey(wanted.volume)
      ? undefined
      : failed(`PV ${volume.metadata.name} is now ${identityText(volume)}, which is another volume`),
  (there) => {
    const stranger = strangerOf(there);
    return stranger === undefined
      ? undefined
      : failed(`PV ${there.volume.metadata.name} was taken by ${stranger}`);
  },
  ({ claim, volume }) => {
    const bound = claim.spec?.volumeName;
    return bound && bound !== volume.metadata.name ? failed(`it went to PV ${bound}`) : undefined;
  },
  ({ claim }) => (claim.metadata.deletionTimestamp === undefined ? undefined : failed('it is being deleted')),
  ({ claim }) => (claim.status?.phase === 'Lost' ? failed('it ended Lost') : undefined),
  ({ volume }) =>
    ['Released', 'Failed'].includes(volume.status?.phase ?? '')
      ? failed(`PV ${volume.metadata.name} is ${volume.status?.phase}`)
      : undefined,
  ({ claim, volume }) =>
    claim.status?.phase === 'Bound' &&
    volume.status?.phase === 'Bound' &&
    volume.spec?.claimRef?.uid === claim.metadata.uid
      ? { state: 'bound' }
      : undefined,
];

/** Whether a restored claim is bound, as both objects say once everything was written. */
export const decideBinding = ({ wanted, volume, claim }: BindingFacts): Binding => {
  if (volume === undefined) return failed(`PV ${wanted.volume.metadata.name} is gone`);
  if (claim === undefined) return failed('it is gone');
  for (const check of checks) {
    const binding = check({ wanted, volume, claim });
    if (binding !== undefined) return binding;
  }
  const [ofClaim, ofVolume] = [claim.status?.phase ?? 'Pending', volume.status?.phase ?? 'Pending'];
  return { state: 'waiting', why: `it is ${ofClaim}, and PV ${volume.metadata.name} is ${ofVolume}` };
};
