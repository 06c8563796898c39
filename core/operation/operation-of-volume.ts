import { type VolumeIdentity, volumeIdentityKey } from '../model/persistent-volume.ts';
import type { OperationVolume } from './operation-record.ts';
import type { Operation } from './read-record.ts';

/** An operation, and the namespace of the record that names the volume. */
export type VolumeOperation = { readonly operation: Operation; readonly namespace: string };

/** A volume as both sites know it. */
export type VolumeNames = {
  readonly identity: VolumeIdentity | undefined;
  readonly claims: readonly { readonly namespace: string; readonly claimName: string }[];
};

const identityOf = ({ driver, volumeHandle }: OperationVolume): string | undefined =>
  driver === undefined || volumeHandle === undefined
    ? undefined
    : volumeIdentityKey({ driver, volumeHandle });

/**
 * Finds the last operation on a volume. The volume's identity rules; the claim's name counts where one of the two does not tell an
 * identity. `operations` with the latest first, as `mergeRecords` answers them.
 */
export const findOperation = (
  operations: readonly Operation[],
): ((volume: VolumeNames) => VolumeOperation | undefined) => {
  type Entry = VolumeOperation & { readonly rank: number };
  const byIdentity = new Map<string, Entry>();
  const byName = new Map<string, Entry>();
  const byNameAlone = new Map<string, Entry>();
  const keepFirst = (map: Map<string, Entry>, key: string, entry: Entry): void => {
    if (!map.has(key)) map.set(key, entry);
  };
  for (const [rank, operation] of operations.entries()) {
    for (const volume of operation.volumes) {
      const { namespace, persistentVolumeClaim } = volume;
      const entry = { operation, namespace, rank };
      const [identity, name] = [identityOf(volume), `${namespace}/${persistentVolumeClaim}`];
      keepFirst(byName, name, entry);
      if (identity === undefined) keepFirst(byNameAlone, name, entry);
      else keepFirst(byIdentity, identity, entry);
    }
  }
  return ({ identity, claims }) => {
    const names = identity === undefined ? byName : byNameAlone;
    const found = [
      identity && byIdentity.get(volumeIdentityKey(identity)),
      ...claims.map(({ namespace, claimName }) => names.get(`${namespace}/${claimName}`)),
    ].filter((entry) => entry !== undefined);
    const [first] = found.toSorted((a, b) => a.rank - b.rank);
    return first && { operation: first.operation, namespace: first.namespace };
  };
};
