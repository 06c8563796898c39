import type { CopyFacts } from '../../core/following/copy-facts.ts';
import type { Reading } from '../../core/model/reading.ts';
import { type LocalMember, questionAbout, questionText } from '../../core/protection/describe-member.ts';
import type { PeerQuestion } from '../../core/protection/peer-question.ts';
import { leavesPrimary, needsPeer } from '../../core/rules/guard/replication-intent.ts';
import type { PeerView } from '../../core/rules/peer-view.ts';
import type { Member, ReplicationChange } from '../../core/rules/replication-facts.ts';
import type { Sources } from './sources.ts';

/** What the other site answered, by what it was asked. */
export type PeerAnswers = ReadonlyMap<string, PeerView>;

/** A change, and what the copies are before it. */
export type Asking = { readonly change: ReplicationChange; readonly copy: CopyFacts };

/** Whether a change is judged by what the other site is. A demotion is where nobody has followed: nothing is handed over beside a second primary. */
export const concernsPeer = ({ change, copy }: Asking): boolean =>
  !change.followsGroup && (needsPeer(change) || (leavesPrimary(change) && copy.followed.state !== 'yes'));

const isKnown = <T>(reading: Reading<T>): reading is Extract<Reading<T>, { known: true }> => reading.known;

/** Asks the other site about each claim, all at once. */
export const askPeer = async (
  { peer }: Pick<Sources, 'peer'>,
  { namespace, members }: { namespace: string; members: readonly LocalMember[] },
  signal: AbortSignal,
): Promise<PeerAnswers> => {
  if (peer === undefined) return new Map();
  const questions: PeerQuestion[] = members
    .map((member) => questionAbout(namespace, member))
    .filter(isKnown)
    .map(({ value }) => value);
  const views = await Promise.all(questions.map((question) => peer.look(question, signal)));
  return new Map(views.map((view, at) => [questionText(questions[at] as PeerQuestion), view]));
};

/** A member with what the other site answered about it; what nobody asked about it since it changed is unknown. */
export const withPeer = (
  { peer }: Pick<Sources, 'peer'>,
  { change, copy, answers }: Asking & { answers: PeerAnswers },
  member: LocalMember,
): Member => {
  if (peer === undefined) return { ...member, peer: { state: 'not-configured' } };
  if (!concernsPeer({ change, copy })) return { ...member, peer: { state: 'not-asked' } };
  const question = questionAbout(change.namespace, member);
  if (!question.known) {
    const why = `which volume to ask it about is unknown: ${question.why}`;
    const cut = question.isPassing === true ? { isCutShort: true as const } : {};
    return { ...member, peer: { state: 'unknown', site: peer.site, why, ...cut } };
  }
  const answer = answers.get(questionText(question.value));
  const changed = {
    state: 'unknown',
    site: peer.site,
    why: 'the volume changed while it was asked',
    isCutShort: true,
  } as const;
  return { ...member, peer: answer ?? changed };
};
