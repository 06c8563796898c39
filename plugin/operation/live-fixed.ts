import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { StorageClass } from '../../core/model/storage-class.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import type { VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import { isNotServed } from '../door/api-failures.ts';
import type { LiveScope } from './live-volumes.ts';
import { mayPass, pauseAfter } from './retry-policy.ts';

/** One kind of what does not change while volumes move. */
type LiveFixedKind<T extends KubernetesObject> = {
  /** Settles once it was read, or could not be at a first attempt. */
  readonly looked: Promise<void>;
  readonly read: () => Reading<readonly T[]>;
  /** The server does not know the kind. */
  readonly isUnserved: () => boolean;
};

/** What of a site does not change while volumes move. */
export type LiveFixed = {
  readonly looked: Promise<unknown>;
  readonly groups: () => Reading<readonly VolumeGroupReplication[]>;
  readonly replicationClasses: () => Reading<readonly VolumeReplicationClass[]>;
  /** The kind of them is not installed. */
  readonly isWithoutClasses: () => boolean;
  readonly storageClasses: () => Reading<readonly StorageClass[]>;
};

type FixedScope = Pick<LiveScope, 'site' | 'onChange' | 'signal'>;

/** Reads one kind until it was read once: a site that was busy or dark at first is looked at for as long as a procedure runs. */
const readOnce = <T extends KubernetesObject>(
  { site, onChange, signal }: FixedScope,
  resource: Resource,
): LiveFixedKind<T> => {
  const looked = Promise.withResolvers<void>();
  let reading: Reading<readonly T[]> = unknown('it was not read');
  let isUnserved = false;
  /** Whether it makes sense to ask again. */
  const attempt = async (): Promise<boolean> => {
    try {
      reading = known((await site.cluster.listAll<T>(resource, { signal })).items);
    } catch (error) {
      if (!isNotServed(error)) {
        reading = unknown(`${resource.plural} of ${site.name} cannot be read: ${messageOf(error)}`);
        return mayPass(error);
      }
      isUnserved = true;
      reading = known([]);
    }
    return false;
  };
  const readIt = async (): Promise<void> => {
    for (let count = 1; (await attempt()) && !signal.aborted; count += 1) {
      looked.resolve();
      await delay(pauseAfter(count), undefined, { signal }).catch(() => undefined);
    }
    looked.resolve();
    onChange();
  };
  void readIt();
  return { looked: looked.promise, read: () => reading, isUnserved: () => isUnserved };
};

/** Reads what does not change, and goes on trying where a site does not answer. Never rejects. */
export const readFixed = (scope: FixedScope): LiveFixed => {
  const groups = readOnce<VolumeGroupReplication>(scope, resources.volumeGroupReplications);
  const replicationClasses = readOnce<VolumeReplicationClass>(scope, resources.volumeReplicationClasses);
  const storageClasses = readOnce<StorageClass>(scope, resources.storageClasses);
  return {
    looked: Promise.all([groups.looked, replicationClasses.looked, storageClasses.looked]),
    groups: groups.read,
    replicationClasses: replicationClasses.read,
    isWithoutClasses: replicationClasses.isUnserved,
    storageClasses: storageClasses.read,
  };
};
