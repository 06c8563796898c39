import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  type VolumeIdentity,
  volumeIdentityKey,
} from '../model/persistent-volume.ts';

/** Namespace and name of a claim, whether it exists or not. */
export type ClaimKey = { readonly namespace: string; readonly name: string };

/** Finds claims and volumes of one site. */
export type VolumeLookup = {
  claim(key: ClaimKey): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  /** PVs of an identity, as `volumeIdentityKey` writes it: most often one. */
  volumesOf(identity: string): readonly PersistentVolume[];
  /** Claims whose `spec.volumeName` is this. */
  claimsNaming(volumeName: string): readonly PersistentVolumeClaim[];
};

/** `namespace/name`, for maps and indexes. */
export const claimKeyText = ({ namespace, name }: ClaimKey): string => `${namespace}/${name}`;

/** Where a claim is. */
export const keyOfClaim = ({ metadata: { namespace = '', name = '' } }: PersistentVolumeClaim): ClaimKey => ({
  namespace,
  name,
});

/** The claim that a PV is bound to or reserved for; undefined where there is none. */
export const claimRefKey = ({ spec }: PersistentVolume): ClaimKey | undefined => {
  const { namespace = '', name = '' } = spec?.claimRef ?? {};
  return name === '' ? undefined : { namespace, name };
};

/** A claim that took the name of one which is gone, and holds another volume: the old volume's claimRef does not mean it. */
const isAnotherClaim = (volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): boolean => {
  const uid = volume.spec?.claimRef?.uid;
  const holds = claim?.spec?.volumeName;
  return Boolean(uid && holds) && claim?.metadata.uid !== uid && holds !== volume.metadata.name;
};

/** The claims that hold one PV: those that name it, and the one it is bound to or reserved for. */
export const claimsOfPersistentVolume = (
  lookup: Pick<VolumeLookup, 'claim' | 'claimsNaming'>,
  volume: PersistentVolume,
): readonly ClaimKey[] => {
  const reserved = claimRefKey(volume);
  const isReserved = reserved !== undefined && !isAnotherClaim(volume, lookup.claim(reserved));
  const keys = [
    ...lookup.claimsNaming(volume.metadata.name ?? '').map(keyOfClaim),
    ...(isReserved ? [reserved] : []),
  ];
  return [...new Map(keys.map((key) => [claimKeyText(key), key])).values()];
};

/** The claims of one site through which a volume is used there, whatever its PV is called. */
export const claimsOfVolume = (lookup: VolumeLookup, identity: VolumeIdentity): readonly ClaimKey[] => {
  const keys = lookup
    .volumesOf(volumeIdentityKey(identity))
    .flatMap((volume) => claimsOfPersistentVolume(lookup, volume));
  return [...new Map(keys.map((key) => [claimKeyText(key), key])).values()];
};
