import { type CopyFacts, copyFactsBefore } from '../../core/following/copy-facts.ts';
import { readingOf } from '../../core/model/reading-of.ts';
import { type Protector, replicationOfProtector } from '../../core/protection/protectors.ts';
import type { ReplicationSubject } from '../../core/protection/replication-subject.ts';
import type { Replication } from '../../core/status/replication.ts';
import { isJournalClass } from '../../core/status/schedule.ts';
import type { CachedView } from './cached-view.ts';
import type { Sources } from './sources.ts';

/** A replication as it was before its change; undefined where it is created. */
export const replicationBefore = ({ shown, before }: ReplicationSubject): Replication | undefined =>
  before && replicationOfProtector({ kind: shown.kind, object: before } as Protector);

const isJournal = (view: CachedView, { shown }: ReplicationSubject): boolean => {
  const name =
    shown.kind === 'VolumeReplication'
      ? shown.object.spec.volumeReplicationClass
      : shown.object.spec.volumeReplicationClassName;
  const found = readingOf(() =>
    name === undefined ? undefined : view.replicationClass('VolumeReplicationClass', name),
  );
  return found.known && isJournalClass(found.value);
};

/** What a replication tells of the two copies before it changes: the guard judges by it, and a demotion is noted by it. */
export const copyBefore = ({ view }: Pick<Sources, 'view'>, subject: ReplicationSubject): CopyFacts =>
  copyFactsBefore(replicationBefore(subject), { isJournal: isJournal(view, subject) });
