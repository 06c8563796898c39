import { readingOf } from '../../core/model/reading-of.ts';
import { groupOf, type ReplicationSubject } from '../../core/protection/replication-subject.ts';
import type { CachedView } from './cached-view.ts';

/**
 * Whether a VolumeReplication only carries out what its group asks for, which was judged itself: the group is here and wants the
 * same, or, where the VolumeReplication is deleted, the group is going or gone. What is not known follows nobody.
 */
export const followsGroup = (view: CachedView, subject: ReplicationSubject): boolean => {
  const name = groupOf(subject);
  if (name === undefined) return false;
  const versions = readingOf(() => view.groupVersions({ namespace: subject.namespace, name }));
  if (!versions.known) return false;
  const { after } = subject;
  if (after === undefined) {
    return versions.value.every(({ metadata }) => metadata.deletionTimestamp !== undefined);
  }
  return versions.value.some(
    ({ spec }) =>
      spec.replicationState === after.spec.replicationState &&
      (spec.autoResync === true) === (after.spec.autoResync === true),
  );
};
