import { backupRecordOf } from '../../core/backup/backup-record.ts';
import { millisecondsOf } from '../../core/model/api-time.ts';
import { parseSchedulingInterval } from '../../core/model/duration.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { readingOf } from '../../core/model/reading-of.ts';
import { describeMember } from '../../core/protection/describe-member.ts';
import { changeOf, type ReplicationSubject } from '../../core/protection/replication-subject.ts';
import type { ClassAdviceFacts, ReplicationAdviceFacts } from '../../core/rules/advice-facts.ts';
import { leavesPrimary } from '../../core/rules/guard/replication-intent.ts';
import type { PeerView } from '../../core/rules/peer-view.ts';
import type { ReplicationChange } from '../../core/rules/replication-facts.ts';
import { isMarkedStale } from '../../core/step/stale-mark.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { ClassKind } from './admitted-replications.ts';
import { askPeer } from './ask-peer.ts';
import type { CachedView } from './cached-view.ts';
import { findMembers } from './find-members.ts';
import { followsGroup } from './follows-group.ts';
import { gatherClass } from './gather-class.ts';
import type { Sources } from './sources.ts';
import { wasActedOn } from './was-acted-on.ts';

/** A class that is created, beside the one of the other site; undefined for other operations. Rejects with `ObjectUnreadable`. */
export const gatherClassAdvice = async (
  { peer }: Pick<Sources, 'peer'>,
  { request, kind }: { request: AdmissionRequest; kind: ClassKind },
  signal: AbortSignal,
): Promise<ClassAdviceFacts | undefined> => {
  const facts = gatherClass(request, kind);
  if (facts === undefined) return undefined;
  const peerClass =
    peer === undefined ? unknown('no peer is known') : await peer.classNamed(kind, facts.name, signal);
  return { ...facts, peerClass };
};

/** The only advice that asks what the other site is: autoResync that is switched on with a demotion. */
const concernsPeer = (change: ReplicationChange): boolean =>
  !change.followsGroup && change.after?.autoResync === true && leavesPrimary(change);

/** The worst first. */
const order: readonly PeerView['state'][] = ['primary', 'unknown', 'not-primary'];

const lookAtPeer = async (
  sources: Sources,
  { subject, change }: { subject: ReplicationSubject; change: ReplicationChange },
  signal: AbortSignal,
): Promise<PeerView> => {
  if (sources.peer === undefined) return { state: 'not-configured' };
  if (!concernsPeer(change)) return { state: 'not-asked' };
  const { view } = sources;
  const members = readingOf(() =>
    findMembers(view, subject, new Map()).map((member) => describeMember(view, subject, member)),
  );
  if (!members.known) return { state: 'not-asked' };
  const answers = await askPeer(sources, { namespace: subject.namespace, members: members.value }, signal);
  const views = [...answers.values()];
  return (
    views.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0] ?? { state: 'not-asked' }
  );
};

const scheduleOf = (view: CachedView, { shown }: ReplicationSubject): number | undefined => {
  const { object, kind } = shown;
  const groupClass = kind === 'VolumeReplication' ? undefined : object.spec.volumeGroupReplicationClassName;
  const volumeClass =
    kind === 'VolumeReplication'
      ? object.spec.volumeReplicationClass
      : object.spec.volumeReplicationClassName;
  const found = volumeClass
    ? view.replicationClass('VolumeReplicationClass', volumeClass)
    : view.replicationClass('VolumeGroupReplicationClass', groupClass ?? '');
  return parseSchedulingInterval(found?.spec.parameters?.['schedulingInterval'] ?? '');
};

/** Only a primary's status is kept up to date; a replica's tells of the time when it was one. */
const lastSyncOf = ({ before, after }: ReplicationSubject): Reading<number | undefined> => {
  // Nobody fails over to what an older copy had sent: the other site is primary, and has its own.
  if (after !== undefined && isMarkedStale(after)) return unknown('it is demoted as an older copy');
  return before?.status?.state === 'Primary'
    ? known(millisecondsOf(before.status.lastSyncTime))
    : unknown('only the status of a primary tells when it was synced');
};

/** A replica has none of its own: that none is on record is no sign that there is none. */
const lastBackupOf = ({ shown }: ReplicationSubject): Reading<number | undefined> => {
  const record = backupRecordOf(shown.object);
  return record === undefined ? unknown('no backup is on record') : known(record.at);
};

/** What advice about a replication looks at. */
export const gatherReplicationAdvice = async (
  sources: Sources,
  subject: ReplicationSubject,
  signal: AbortSignal,
): Promise<ReplicationAdviceFacts> => {
  const { view, now } = sources;
  const change = changeOf(subject, {
    followsGroup: followsGroup(view, subject),
    isProtecting: wasActedOn(subject.shown),
  });
  return {
    subject: 'replication',
    change,
    peer: await lookAtPeer(sources, { subject, change }, signal),
    scheduleMs: readingOf(() => scheduleOf(view, subject)),
    lastSyncAt: lastSyncOf(subject),
    lastBackupAt: lastBackupOf(subject),
    now: now(),
  };
};
