import type { BackupIndex } from '../../core/backup/backup-index.ts';
import { claimsMountedBy, claimsNamedBy } from '../../core/backup/workloads/claims-of-workload.ts';
import { workloadResources } from '../../core/backup/workloads/workload-resources.ts';
import { millisecondsOf } from '../../core/model/api-time.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { type VolumeIdentity, volumeIdentityOf } from '../../core/model/persistent-volume.ts';
import type { Brought } from '../../core/plan/move.ts';
import { type ClaimKey, claimKeyText, keyOfClaim } from '../../core/protection/claims-of-volume.ts';
import { selectObjects } from '../../core/restore/select-objects.ts';
import type { SortedObjects } from '../../core/restore/sort-objects.ts';
import { sizeBeforeOf } from '../../core/workload/size-before.ts';
import { meansOf, sizeOf } from '../../core/workload/stop-means.ts';
import { type TakenBackup, takeBackupOf } from '../backup/take-backup.ts';
import type { Site } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import type { ChosenSource } from '../restore/read-chosen.ts';
import { readSources } from '../restore/read-sources.ts';
import { sortSources } from '../restore/sort-sources.ts';

/** What there is to bring to the target, and what is known of it. */
export type ObjectSource = {
  readonly source: ChosenSource;
  readonly brought: Brought;
  /** When the last sync of a claim's volume ended that the source knew of, in milliseconds since the epoch. */
  readonly lastSyncOf: (claim: ClaimKey) => number | undefined;
  /** Of the live source: what can be stored as a backup. */
  readonly taken: TakenBackup | undefined;
};

/** Which workloads and secrets go along. */
export type BringExtent = { readonly workloads: boolean; readonly secrets: boolean };

const isWorkload = ({ kind }: KubernetesObject): boolean =>
  workloadResources.some((resource) => resource.kind === kind);

const nameSet = (claims: readonly ClaimKey[]): ((namespace: string) => ReadonlySet<string>) => {
  const names = Map.groupBy(claims, ({ namespace }) => namespace);
  return (namespace) => new Set((names.get(namespace) ?? []).map(({ name }) => name));
};

const identitiesIn = ({ claims, volumes }: SortedObjects): Brought['identities'] => {
  const byName = new Map(volumes.map((volume) => [volume.metadata.name, volumeIdentityOf(volume)]));
  return new Map(
    claims.flatMap((claim): [string, VolumeIdentity][] => {
      const identity = byName.get(claim.spec?.volumeName);
      return identity === undefined ? [] : [[claimKeyText(keyOfClaim(claim)), identity]];
    }),
  );
};

const broughtIn = (objects: SortedObjects): Brought => {
  const { claims, others } = objects;
  const keys = claims.map(keyOfClaim);
  const namesIn = nameSet(keys);
  return {
    claims: new Set(keys.map(claimKeyText)),
    replicationClasses: new Set(
      others
        .filter(({ kind }) => kind === 'VolumeReplicationClass')
        .map(({ metadata }) => metadata.name ?? ''),
    ),
    identities: identitiesIn(objects),
    workloads: others.flatMap((object) => {
      const means = meansOf(object.kind);
      if (!isWorkload(object) || means === undefined) return [];
      const { namespace = '', name = '' } = object.metadata;
      const claims = claimsMountedBy(object, namesIn(namespace));
      const size = sizeBeforeOf(means, object) ?? sizeOf(means, object);
      const mounts = [...new Set([...claims, ...claimsNamedBy(object)])];
      return [{ kind: object.kind ?? '', namespace, name, claims, mounts, size }];
    }),
  };
};

const lastSyncsIn = (index: BackupIndexHead | undefined): ObjectSource['lastSyncOf'] => {
  const byClaim = new Map(
    (index?.volumes ?? []).map(({ namespace, persistentVolumeClaim, lastSyncTime }) => [
      `${namespace}/${persistentVolumeClaim}`,
      millisecondsOf(lastSyncTime ?? undefined),
    ]),
  );
  return (claim) => byClaim.get(claimKeyText(claim));
};

type BackupIndexHead = Pick<NonNullable<ChosenSource['index']>, 'volumes'>;

const sourceOf = (source: ChosenSource, taken: TakenBackup | undefined): ObjectSource => ({
  source,
  brought: broughtIn(source.chosen),
  lastSyncOf: lastSyncsIn(source.index),
  taken,
});

/** Reads everything that the claims need on another cluster from the site where they are. */
export const bringFromSite = async (
  site: Site,
  claims: readonly ClaimKey[],
  extent: BringExtent,
  io: Pick<Io, 'now' | 'version' | 'signal'>,
): Promise<ObjectSource> => {
  const namespaces = [...new Set(claims.map(({ namespace }) => namespace))];
  const wanted = {
    namespace: namespaces.length === 1 ? namespaces[0] : undefined,
    claims: [],
    replications: [],
    labelled: new Set(claims.map(claimKeyText)),
  };
  const taken = await takeBackupOf(site, wanted, extent, io);
  const { head, composition } = taken;
  const origin = site.name;
  const chosen = sortSources(
    composition.objects.map((object) => ({ object, origin })),
    { withWorkloads: extent.workloads },
  );
  const index: BackupIndex = {
    ...head,
    apiVersion: 'backup.kubectl-dr.dev/v1alpha1',
    kind: 'Backup',
    files: [],
  };
  return sourceOf({ index, remarks: composition.warnings, chosen }, taken);
};

/** Reads a backup, or manifests; `whyNot`: why a backup of a store will not do. */
export const bringFromBackup = async (
  words: readonly string[],
  extent: BringExtent,
  {
    io,
    whyNot,
  }: {
    io: Pick<Io, 'stdin' | 'stderr' | 'signal'>;
    whyNot: (index: NonNullable<ChosenSource['index']>) => string | undefined;
  },
): Promise<ObjectSource> => {
  const { objects, index, remarks } = await readSources(words, { io, whyNot });
  const sorted = sortSources(objects, { withWorkloads: extent.workloads });
  return sourceOf({ index, remarks, chosen: sorted }, undefined);
};

/** What of a source belongs to some claims. */
export const narrowSource = (source: ObjectSource, claims: readonly ClaimKey[]): ObjectSource => {
  const wanted = new Set(claims.map(claimKeyText));
  const { chosen } = source.source;
  const kept = chosen.claims.filter((claim) => wanted.has(claimKeyText(keyOfClaim(claim))));
  const parts = [...Map.groupBy(kept, ({ metadata }) => metadata.namespace ?? '')].map(
    ([namespace, members]) =>
      selectObjects(chosen, {
        namespace,
        claims: members.map(({ metadata }) => metadata.name ?? ''),
        labels: undefined,
      }),
  );
  const narrowed: SortedObjects = {
    ...chosen,
    claims: kept,
    others: [...new Set(parts.flatMap(({ others }) => others))],
    leftOut: [],
  };
  return { ...sourceOf({ ...source.source, chosen: narrowed }, source.taken), lastSyncOf: source.lastSyncOf };
};

/** Nothing to bring: everything has to be on the target already. */
export const nothingToBring: ObjectSource = sourceOf(
  {
    index: undefined,
    remarks: [],
    chosen: { volumes: [], claims: [], others: [], replications: [], groups: [], leftOut: [], refused: [] },
  },
  undefined,
);
