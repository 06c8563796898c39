import type { ConsentAction } from '../consent.ts';
import { isPeerWorse, type Seen } from '../consent-seen.ts';
import { peerWord } from '../rules/sight-of-change.ts';
import type { ConsentNeed } from './decision.ts';
import type { RpoAtRisk } from './rpo-at-risk.ts';
import type { StepFacts } from './step-facts.ts';

const handleOf = ({ volume }: Pick<StepFacts, 'volume'>): string | undefined =>
  volume.known ? volume.value?.spec?.csi?.volumeHandle : undefined;

/** What both sites show to a person who is asked for consent. The object's generation is added as it is written. */
export const seenByGiver = (
  facts: Pick<StepFacts, 'peer' | 'volume'>,
  action: ConsentAction,
  loss: RpoAtRisk,
): Seen => {
  const handle = handleOf(facts);
  return {
    peer: peerWord(facts.peer.view, action),
    lastSync: loss.known ? loss.lastSync : undefined,
    volumes: handle === undefined ? undefined : [handle],
  };
};

/** Of a site that nobody could ask. */
export const seenInTheDark = (loss: RpoAtRisk): Seen => ({
  peer: 'unknown',
  lastSync: loss.known ? loss.lastSync : undefined,
});

/** Whether the other site shows something worse now than when a person was asked. */
export const isSeenWorse = (shown: ConsentNeed, now: ConsentNeed): boolean =>
  now.accepts.some((action) =>
    isPeerWorse(action, shown.seen?.peer ?? 'unknown', now.seen?.peer ?? 'unknown'),
  );
