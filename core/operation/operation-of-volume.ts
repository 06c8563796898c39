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

/** Answers the operations about a volume, the latest first. */
export type FindOperations = (volume: VolumeNames) => readonly VolumeOperation[];

const identityOf = ({ driver, volumeHandle }: OperationVolume): string | undefined =>
  driver === undefined || volumeHandle === undefined
    ? undefined
    : volumeIdentityKey({ driver, volumeHandle });

type Entry = VolumeOperation & { readonly rank: number };

/** Entries by what records name, each operation once. */
const createEntries = () => {
  const entries = new Map<string, Entry[]>();
  return {
    add: (key: string, entry: Entry): void => {
      const there = entries.get(key);
      if (there === undefined) entries.set(key, [entry]);
      else if (there.at(-1)?.rank !== entry.rank) there.push(entry);
    },
    of: (key: string): readonly Entry[] => entries.get(key) ?? [],
  };
};

/**
 * Finds the operations on a volume without going through all of them. The volume's identity rules; the claim's name counts where one of
 * the two does not tell an identity. `operations` with the latest first, as `mergeRecords` answers them.
 */
export const findOperations = (operations: readonly Operation[]): FindOperations => {
  const [byIdentity, byName, byNameAlone] = [createEntries(), createEntries(), createEntries()];
  for (const [rank, operation] of operations.entries())
    for (const volume of operation.volumes) {
      const { namespace, persistentVolumeClaim } = volume;
      const entry = { operation, namespace, rank };
      const [identity, name] = [identityOf(volume), `${namespace}/${persistentVolumeClaim}`];
      byName.add(name, entry);
      if (identity === undefined) byNameAlone.add(name, entry);
      else byIdentity.add(identity, entry);
    }
  return ({ identity, claims }) => {
    const names = identity === undefined ? byName : byNameAlone;
    const found = [
      ...(identity === undefined ? [] : byIdentity.of(volumeIdentityKey(identity))),
      ...claims.flatMap(({ namespace, claimName }) => names.of(`${namespace}/${claimName}`)),
    ].toSorted((one, other) => one.rank - other.rank);
    return found.filter(({ rank }, index) => rank !== found[index - 1]?.rank);
  };
};
