import type { Repair, RepairFacts } from '../repair-facts.ts';
import { mendClaim } from './mend-claim.ts';
import { mendVolume } from './mend-volume.ts';

/** What a restored object needs on its way in, as the smallest JSON patch. Mending what was mended changes nothing. */
export const mend = (facts: RepairFacts): Repair =>
  facts.subject === 'volume' ? mendVolume(facts.volume, facts.claim) : mendClaim(facts.claim);
