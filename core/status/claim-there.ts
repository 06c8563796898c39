import { type VolumeIdentity, volumeIdentityKey, volumeIdentityOf } from '../model/persistent-volume.ts';
import type { FindClaim, VolumePair } from './pairing.ts';
import type { SiteName, SiteObjects, SiteSnapshot } from './snapshot.ts';

/** A site as it was read, and its claims by name. */
export type ReadSite = { readonly snapshot: SiteSnapshot; readonly find: FindClaim };

/** Claims that PVs of a volume are for, by the volume's identity. */
export type ClaimsByVolume = (
  identity: VolumeIdentity,
) => readonly { readonly namespace: string; readonly name: string }[];

/** Looks through the PVs once, and only where somebody asks. */
export const claimsByVolume = ({ volumes }: SiteObjects): ClaimsByVolume => {
  let index: Map<string, { namespace: string; name: string }[]> | undefined;
  return (identity) => {
    if (index === undefined) {
      index = new Map();
      for (const pv of volumes.known ? volumes.value : []) {
        const [own, { namespace, name } = {}] = [volumeIdentityOf(pv), pv.spec?.claimRef];
        if (own === undefined || namespace === undefined || name === undefined) continue;
        const key = volumeIdentityKey(own);
        index.set(key, [...(index.get(key) ?? []), { namespace, name }]);
      }
    }
    return index.get(volumeIdentityKey(identity)) ?? [];
  };
};

/**
 * The site that has no claim for a volume which the other one replicates: a failover to it takes the objects from a backup, as the site
 * that has them is gone. Undefined where it has one, or where nobody could read whether it has.
 */
export const siteWithoutClaim = (
  pair: VolumePair,
  { snapshot, find }: ReadSite,
  volumesThere: ClaimsByVolume,
): SiteName | undefined => {
  const { objects, site } = snapshot;
  if (!objects.known || !objects.value.claims.known || !objects.value.volumes.known) return undefined;
  if (find(pair.namespace, pair.claimName) !== undefined) return undefined;
  const claims = pair.identity === undefined ? [] : volumesThere(pair.identity);
  // What is in another namespace may not have been read.
  const isThere = claims.some(
    ({ namespace, name }) => namespace !== pair.namespace || find(namespace, name) !== undefined,
  );
  return isThere ? undefined : site;
};
