import type { Repair, RepairFacts } from '../repair-facts.ts';
import { mendClaim } from './mend-claim.ts';
import { mendVolume } from './mend-volume.ts';
import { noteDemotion } from './note-demotion.ts';

/** What an object needs on its way in, as the smallest JSON patch. Mending what was mended changes nothing. */
export const mend = (facts: RepairFacts): Repair => {
  switch (facts.subject) {
    case 'volume':
      return mendVolume(facts.volume, facts.claim);
    case 'claim':
      return mendClaim(facts.claim);
    case 'demotion':
      return noteDemotion(facts);
  }
};
