import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { ownWritesBefore } from '../../core/following/own-writes.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { knownValue, readingOf } from '../../core/model/reading-of.ts';
import { type ClaimKey, claimKeyText } from '../../core/protection/claims-of-volume.ts';
import {
  describeMember,
  type LocalMember,
  questionAbout,
  questionText,
} from '../../core/protection/describe-member.ts';
import { changeOf, type ReplicationSubject } from '../../core/protection/replication-subject.ts';
import { volumeAskedAbout } from '../../core/rules/asked-volume.ts';
import { takesUpVolume } from '../../core/rules/guard/replication-intent.ts';
import type { ClassHere, ReplicationFacts } from '../../core/rules/replication-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import { askAccess } from './ask-access.ts';
import { type Asking, askPeer, concernsPeer, type PeerAnswers, withPeer } from './ask-peer.ts';
import type { CachedView } from './cached-view.ts';
import { copyBefore, replicationBefore } from './copy-before.ts';
import { findMembers, type LiveClaims, readLiveClaim } from './find-members.ts';
import { followsGroup } from './follows-group.ts';
import { type ConsentOnRecord, consentMatters, readConsentOnRecord } from './gather-consent.ts';
import type { Sources } from './sources.ts';
import { wasActedOn } from './was-acted-on.ts';

const classesOf = (view: CachedView, { shown }: ReplicationSubject): readonly ClassHere[] => {
  const find = (kind: ClassHere['kind'], name: string): ClassHere => ({
    kind,
    name,
    provisioner: view.replicationClass(kind, name)?.spec.provisioner,
  });
  if (shown.kind === 'VolumeReplication') {
    return [find('VolumeReplicationClass', shown.object.spec.volumeReplicationClass)];
  }
  const { volumeGroupReplicationClassName, volumeReplicationClassName } = shown.object.spec;
  return [
    find('VolumeGroupReplicationClass', volumeGroupReplicationClassName),
    ...(volumeReplicationClassName ? [find('VolumeReplicationClass', volumeReplicationClassName)] : []),
  ];
};

/** A group protects as soon as it takes a claim in; where that is unknown, it may. */
const isProtecting = (subject: ReplicationSubject, members: Reading<readonly unknown[]>): boolean =>
  wasActedOn(subject.shown) ||
  (subject.shown.kind === 'VolumeGroupReplication' && (!members.known || members.value.length > 0));

/** What is known here: read in one go, so that nothing changes in between. */
type Here = Asking & { readonly members: Reading<readonly LocalMember[]> };

/** Whoever asks before the claim is restored names its volume: DR103 refuses it all the same, and DR102 can be said as well. */
const withAskedVolume = ({ operation, shown }: ReplicationSubject, member: LocalMember): LocalMember => {
  const { claim, volume } = member;
  const isNothingKnown =
    claim.known && claim.value === undefined && volume.known && volume.value === undefined;
  if (operation !== 'CREATE' || !isNothingKnown) return member;
  return { ...member, volume: known(volumeAskedAbout(shown.object.metadata.annotations)) };
};

const lookHere = (view: CachedView, subject: ReplicationSubject, live: LiveClaims): Here => {
  const members = readingOf(() =>
    findMembers(view, subject, live).map((member) =>
      withAskedVolume(subject, describeMember(view, subject, member)),
    ),
  );
  const change = changeOf(subject, {
    followsGroup: followsGroup(view, subject),
    isProtecting: isProtecting(subject, members),
  });
  return { change, members, copy: copyBefore({ view }, subject) };
};

/** What somebody had to be asked for. */
type Answers = {
  readonly claims: LiveClaims;
  readonly peer: PeerAnswers;
  readonly mayConsent: Reading<boolean>;
};

const nobodyAsked: Answers = { claims: new Map(), peer: new Map(), mayConsent: unknown('nobody asked') };

/**
 * Claims that have to be read anew: one that the cache does not hold may have been created a moment ago, and one that decides about
 * which volume the other site is asked may have been replaced. The claims of a group are taken as they are cached.
 */
const claimsToRead = ({ change, members }: Here, asksPeer: boolean): readonly ClaimKey[] => {
  if (change.followsGroup || !members.known) return [];
  const isDecisive = asksPeer && change.kind === 'VolumeReplication';
  return members.value
    .filter(({ claim }) => isDecisive || (takesUpVolume(change) && claim.known && claim.value === undefined))
    .map(({ claimName }) => ({ namespace: change.namespace, name: claimName }));
};

const readClaims = async (
  sources: Sources,
  keys: readonly ClaimKey[],
  signal: AbortSignal,
): Promise<LiveClaims> => {
  const readings = await Promise.all(
    keys.map(async (key) => [claimKeyText(key), await readLiveClaim(sources, key, signal)] as const),
  );
  return new Map(readings);
};

type Asked = { readonly request: AdmissionRequest; readonly subject: ReplicationSubject };

/** Asks whoever has to be asked about a change; undefined where the caches tell everything. */
const askAround = (
  sources: Sources,
  { request, subject, here, record }: Asked & { here: Here; record: ConsentOnRecord },
  signal: AbortSignal,
): Promise<Answers> | undefined => {
  const asksPeer = sources.peer !== undefined && concernsPeer(here);
  const stale = claimsToRead(here, asksPeer);
  const asksAccess = consentMatters(record, here.change);
  if (stale.length === 0 && !asksPeer && !asksAccess) return undefined;
  const lookAround = async (): Promise<Pick<Answers, 'claims' | 'peer'>> => {
    const claims = await readClaims(sources, stale, signal);
    if (!asksPeer) return { claims, peer: new Map() };
    const { members } = claims.size === 0 ? here : lookHere(sources.view, subject, claims);
    const { namespace } = subject;
    const about = { namespace, members: members.known ? members.value : [] };
    return { claims, peer: await askPeer(sources, about, signal) };
  };
  const access = asksAccess
    ? askAccess(sources, { to: 'consent', user: request.user, subject }, signal)
    : nobodyAsked.mayConsent;
  return Promise.all([lookAround(), access]).then(([around, mayConsent]) => ({ ...around, mayConsent }));
};

/** How long is waited before it is looked again, where something has changed while somebody was asked; the last look is judged as it is. */
const pausesBetweenLooks = [20, 80, 200, 0];

/** Whether the other site was asked about the volumes as they are now. */
const isAnswered = ({ peer }: Sources, here: Here, answers: Answers): boolean => {
  const { change, members } = here;
  if (peer === undefined || !concernsPeer(here) || !members.known) return true;
  return members.value.every((member) => {
    const question = questionAbout(change.namespace, member);
    return question.known && answers.peer.has(questionText(question.value));
  });
};

/**
 * Everything that the rules look at around a replication that changes. After somebody was asked the caches are read again, in a turn
 * of its own: who judges at once judges by what was let in meanwhile, too.
 */
export const gatherReplication = async (
  sources: Sources,
  { request, subject }: Asked,
  signal: AbortSignal,
): Promise<ReplicationFacts> => {
  const { view, withoutPeer } = sources;
  const readRecord = () => readConsentOnRecord(sources, subject, request.user.username);
  let here = lookHere(view, subject, nobodyAsked.claims);
  let answers = nobodyAsked;
  for (const pauseMs of pausesBetweenLooks) {
    const asking = askAround(sources, { request, subject, here, record: readRecord() }, signal);
    if (asking === undefined) break;
    answers = await asking;
    await nextTurn();
    here = lookHere(view, subject, answers.claims);
    if (isAnswered(sources, here, answers)) break;
    // A volume that is being bound is bound in a moment: the other site is asked about what it is then.
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
  }
  const { change, members, copy } = here;
  return {
    subject: 'replication',
    change,
    members: readingOf(() =>
      knownValue(members).map((member) => withPeer(sources, { change, copy, answers: answers.peer }, member)),
    ),
    classes: readingOf(() => classesOf(view, subject)),
    copy,
    ownWrites: ownWritesBefore(replicationBefore(subject)),
    namespaceTerminating: readingOf(() => view.isTerminating(subject.namespace)),
    consent: { ...readRecord(), mayConsent: answers.mayConsent },
    withoutPeer,
  };
};
