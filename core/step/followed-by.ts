import { copyFactsBefore } from '../following/copy-facts.ts';
import type { Followed } from '../following/followed.ts';
import { readingOf } from '../model/reading-of.ts';
import { replicationOfProtector } from '../protection/protectors.ts';
import { isJournalClass } from '../status/schedule.ts';
import type { StepFacts } from './step-facts.ts';

/** Whether the other site has followed this one since it became primary, from what the replication here shows. */
export const followedBy = ({ protectors, site }: StepFacts): Followed => {
  if (!protectors.known) return { state: 'unknown', why: protectors.why };
  const [protector] = protectors.value;
  const replication = protector && replicationOfProtector(protector);
  const className = replication?.className;
  const found = readingOf(() => (className === undefined ? undefined : site.replicationClass(className)));
  const isJournal = found.known && isJournalClass(found.value);
  return copyFactsBefore(replication, { isJournal }).followed;
};
