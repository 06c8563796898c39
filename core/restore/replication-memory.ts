import type { BackedUpVolume, BackupIndex } from '../backup/backup-index.ts';
import { restoreAnnotations } from '../backup/restore-annotations.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import { type ClaimKey, claimKeyText } from '../protection/claims-of-volume.ts';
import { sourceKeyOf } from '../protection/protectors.ts';

/** What the source tells of how its volumes were replicated. */
export type ReplicationSource = {
  /** Undefined for manifests that are no backup. */
  readonly index: BackupIndex | undefined;
  readonly replications: readonly VolumeReplication[];
};

/** Annotations for a restored claim, by its namespace and name on the source site. */
export type ReplicationMemory = (claim: ClaimKey) => Readonly<Record<string, string>>;

const texts = (entries: Readonly<Record<string, string | null | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, string] => Boolean(entry[1])));

const fromIndex = ({ replication, lastSyncTime }: BackedUpVolume): Record<string, string> => ({
  ...(replication?.kind === 'VolumeReplication' &&
    texts({
      [restoreAnnotations.replicationName]: replication.name,
      [restoreAnnotations.replicationClass]: replication.class,
    })),
  ...texts({ [restoreAnnotations.lastSyncTime]: lastSyncTime }),
});

const fromReplication = ({ metadata, spec, status }: VolumeReplication): Record<string, string> =>
  texts({
    [restoreAnnotations.replicationName]: metadata.name,
    [restoreAnnotations.replicationClass]: spec.volumeReplicationClass,
    [restoreAnnotations.lastSyncTime]: status?.lastSyncTime,
  });

/** The handle that a claim's volume has on the other site, by its namespace and name on the source site; undefined where no driver told. */
export const rememberHandles = ({
  index,
  replications,
}: ReplicationSource): ((claim: ClaimKey) => string | undefined) => {
  const told = new Map<string, string | null | undefined>([
    ...replications.map(
      (replication) => [sourceKeyOf(replication) ?? '', replication.status?.destinationVolumeID] as const,
    ),
    ...(index?.volumes ?? []).map(
      ({ namespace, persistentVolumeClaim: name, destinationVolumeHandle }) =>
        [claimKeyText({ namespace, name }), destinationVolumeHandle] as const,
    ),
  ]);
  return (claim) => told.get(claimKeyText(claim)) || undefined;
};

/** What a promote on the target wants to know of a claim when the source site is lost. The index of a backup knows best. */
export const rememberReplications = ({ index, replications }: ReplicationSource): ReplicationMemory => {
  const listed = new Map(
    (index?.volumes ?? []).map((volume) => [
      claimKeyText({ namespace: volume.namespace, name: volume.persistentVolumeClaim }),
      fromIndex(volume),
    ]),
  );
  const read = new Map(
    replications.map((replication) => [sourceKeyOf(replication), fromReplication(replication)]),
  );
  const site = texts({ [restoreAnnotations.source]: index?.source.site });
  return (claim) => ({ ...read.get(claimKeyText(claim)), ...listed.get(claimKeyText(claim)), ...site });
};
