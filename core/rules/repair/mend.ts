import type { Repair, RepairFacts } from '../repair-facts.ts';
import { mendClaim } from './mend-claim.ts';
import { mendVolume } from './mend-volume.ts';
import { keepNote, noteDemotion } from './note-demotion.ts';
import { recordConsent } from './record-consent.ts';

const mendNote = (facts: Extract<RepairFacts, { subject: 'demotion' | 'note' }>): Repair =>
  facts.subject === 'note' ? keepNote(facts) : noteDemotion(facts);

/** Both are annotations: the second is put beside the first. */
const mendReplication = (facts: Extract<RepairFacts, { subject: 'consent' }>): Repair => {
  const { repair, after } = recordConsent(facts);
  if (facts.demotion === undefined) return repair;
  const { patch, done } = mendNote({ ...facts.demotion, after });
  return { patch: [...repair.patch, ...patch], done: [...repair.done, ...done] };
};

/** What an object needs on its way in, as the smallest JSON patch. Mending what was mended changes nothing. */
export const mend = (facts: RepairFacts): Repair => {
  switch (facts.subject) {
    case 'volume':
      return mendVolume(facts);
    case 'claim':
      return mendClaim(facts.claim);
    case 'demotion':
    case 'note':
      return mendNote(facts);
    case 'consent':
      return mendReplication(facts);
  }
};
