import type { VolumeReplication } from '../core/model/volume-replication.ts';
import type { Facts, ForcePolicy } from '../core/replication/facts.ts';
import type { Caches } from './caches.ts';
import type { Driver } from './driver/driver.ts';
import { replicationsOfClaim, replicationsSharing } from './find-replications.ts';

/** Where facts come from. */
export type Sources = {
  caches: Caches;
  driver: Driver;
  forcePolicy: ForcePolicy;
  hasPeer: boolean;
  pollMs: number | undefined;
  resyncPollMs: number;
  now: () => number;
};

/** Everything known about one VolumeReplication, from the caches: no request is made. */
export const gather = (
  { caches, driver, forcePolicy, hasPeer, pollMs, resyncPollMs, now }: Sources,
  replication: VolumeReplication,
): Facts => {
  const { namespace = '', name } = replication.metadata;
  const { dataSource, volumeReplicationClass } = replication.spec;
  const isClaim = dataSource.kind === 'PersistentVolumeClaim';
  const claim = isClaim ? caches.claims.get({ namespace, name: dataSource.name }) : undefined;
  const volumeName = claim?.spec?.volumeName;
  const volume = volumeName === undefined ? undefined : caches.volumes.get({ name: volumeName });
  return {
    replication,
    replicationClass: caches.classes.get({ name: volumeReplicationClass }),
    claim,
    volume,
    rivals: isClaim
      ? replicationsOfClaim(caches, { namespace, name: dataSource.name }).filter(
          ({ metadata }) => metadata.name !== name,
        )
      : [],
    sharers:
      volume === undefined
        ? []
        : replicationsSharing(caches, { claim: { namespace, name: dataSource.name }, volume }),
    driver: driver.facts(),
    forcePolicy,
    pollMs,
    resyncPollMs,
    hasPeer,
    look: undefined,
    now: now(),
  };
};
