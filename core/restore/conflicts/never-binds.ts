import type { PersistentVolume, PersistentVolumeClaim } from '../../model/persistent-volume.ts';
import { bytesOf } from '../../model/quantity.ts';
import { nameOf } from '../object-name.ts';
import { pendingGrowth } from '../pending-growth.ts';
import { storageClassOf } from '../storage-class-of.ts';
import { isBoundAlready } from './is-bound-already.ts';
import { nameOfAnotherVolume } from './name-of-another-volume.ts';
import type { VolumeFacts, VolumeRule } from './volume-rule.ts';

const modeOf = ({ spec }: PersistentVolume | PersistentVolumeClaim): string =>
  spec?.volumeMode ?? 'Filesystem';

const isNoQuantity = (volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined => {
  const [size, request] = [volume.spec?.capacity?.storage, claim.spec?.resources?.requests?.storage];
  return bytesOf(size) === undefined || bytesOf(request) === undefined
    ? `the size of the PV (${size ?? 'none'}) or of the request (${request ?? 'none'}) is no quantity`
    : undefined;
};

/** A PV that is reserved is bound without a look at its size: only one that is open is compared. */
const isTooSmall = ({ wanted, options }: VolumeFacts): string | undefined => {
  const growth = pendingGrowth(wanted);
  return growth === undefined || options.claimRef === 'reserve'
    ? undefined
    : `it asks for ${growth.wants} and the PV has ${growth.has}`;
};

/** The PV that the claim will be bound to: one that is there stays as it is. A PV of another volume is a conflict of its own. */
const boundTo = (facts: VolumeFacts): PersistentVolume => {
  const { wanted, target } = facts;
  const there = target.volume(wanted.volume.metadata.name ?? '');
  return there === undefined || nameOfAnotherVolume(facts) !== undefined ? wanted.volume : there;
};

const mismatch = (facts: VolumeFacts): string | undefined => {
  const { claim } = facts.wanted;
  const volume = boundTo(facts);
  const size = isNoQuantity(volume, claim) ?? isTooSmall(facts);
  if (size !== undefined) return size;
  if (storageClassOf(volume) !== storageClassOf(claim))
    return `its class is "${storageClassOf(claim)}" and the PV's is "${storageClassOf(volume)}"`;
  if (modeOf(volume) !== modeOf(claim))
    return `its volumeMode is ${modeOf(claim)} and the PV's is ${modeOf(volume)}`;
  const missing = (claim.spec?.accessModes ?? []).find((mode) => !volume.spec?.accessModes?.includes(mode));
  return missing && `it asks for access mode ${missing}, which the PV does not have`;
};

/** What Kubernetes' binder compares before it binds an open volume. What is bound already, it does not compare again. */
export const neverBinds: VolumeRule = (facts) => {
  const { volume, claim } = facts.wanted;
  const why = isBoundAlready(facts) ? undefined : mismatch(facts);
  if (why === undefined) return undefined;
  return {
    object: nameOf(claim),
    fact: `it does not fit PV ${volume.metadata.name}: ${why}`,
    next: 'correct the claim or the PV in the source',
    flags: { words: '--transform FILE', servesMove: true },
  };
};
