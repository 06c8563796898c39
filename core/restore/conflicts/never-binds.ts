import type { PersistentVolume, PersistentVolumeClaim } from '../../model/persistent-volume.ts';
import { bytesOf } from '../../model/quantity.ts';
import { nameOf } from '../object-name.ts';
import { storageClassOf } from '../storage-class-of.ts';
import type { VolumeRule } from './volume-rule.ts';

const modeOf = ({ spec }: PersistentVolume | PersistentVolumeClaim): string =>
  spec?.volumeMode ?? 'Filesystem';

const mismatch = (volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined => {
  const [size, request] = [volume.spec?.capacity?.storage, claim.spec?.resources?.requests?.storage];
  const [bytes, wanted] = [bytesOf(size), bytesOf(request)];
  if (bytes === undefined || wanted === undefined)
    return `the size of the PV (${size ?? 'none'}) or of the request (${request ?? 'none'}) is no quantity`;
  if (bytes < wanted) return `it asks for ${request} and the PV has ${size}`;
  if (storageClassOf(volume) !== storageClassOf(claim))
    return `its class is "${storageClassOf(claim)}" and the PV's is "${storageClassOf(volume)}"`;
  if (modeOf(volume) !== modeOf(claim))
    return `its volumeMode is ${modeOf(claim)} and the PV's is ${modeOf(volume)}`;
  const missing = (claim.spec?.accessModes ?? []).find((mode) => !volume.spec?.accessModes?.includes(mode));
  return missing && `it asks for access mode ${missing}, which the PV does not have`;
};

/** What Kubernetes' binder compares before it binds an open volume. */
export const neverBinds: VolumeRule = ({ wanted: { volume, claim } }) => {
  const why = mismatch(volume, claim);
  if (why === undefined) return undefined;
  return {
    object: nameOf(claim),
    fact: `it does not fit PV ${volume.metadata.name}: ${why}`,
    next: 'correct the claim or the PV in the source, or with --transform',
  };
};
