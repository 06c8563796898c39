import { type ConsentAction, consentAnnotation } from '../../consent.ts';
import { type Seen, type SeenPeer, seenFields } from '../../consent-seen.ts';
import type { ReplicationFacts } from '../replication-facts.ts';
import type { GuardCode } from '../rule-code.ts';
import { sightOf } from '../sight-of-change.ts';
import { kubectl, shellWord, typeAndName } from './commands.ts';

/** When a person may accept it: nobody should because a command is at hand. */
const onlyIf: Readonly<Record<ConsentAction, string>> = {
  'force-promote': 'only if the other site is lost',
  resync: 'only if this copy is not needed any more',
  'demote-in-use': 'only if those writes may be lost',
  unprotect: 'only if protection shall end',
  'lose-since-promote': 'only if the writes since the promote may be lost',
};

/** One that answers is not lost as a whole. */
const whenAccepted = (action: ConsentAction, peer: SeenPeer): string =>
  action === 'force-promote' && peer === 'primary'
    ? 'only if its storage is lost and nothing can write there any more'
    : onlyIf[action];

/** Of a group nobody reads all handles. */
const seenOf = (facts: ReplicationFacts, action: ConsentAction): Seen => {
  const { peer, volumes, generations } = sightOf(facts, action);
  const [only, ...more] = volumes;
  return {
    peer,
    volumes: only === undefined || more.length > 0 ? undefined : [only.volumeHandle],
    generation: generations[0],
  };
};

/**
 * Where a person says that the risk is accepted, with what was seen as it is seen: a consent covers nothing worse. What a person has to
 * know better than we do stands in capitals, so that nothing is accepted because a command is at hand: it does nothing as it stands.
 */
export const howToConsent = (
  { action, code }: { readonly action: ConsentAction; readonly code: GuardCode },
  facts: ReplicationFacts,
): string => {
  const { change } = facts;
  const seen = seenOf(facts, action);
  const consent = { accepts: [action], seen: seenFields(seen), maxLoss: 'LOSS', by: 'YOU', expires: 'TIME' };
  const annotation = `${consentAnnotation}=${shellWord(JSON.stringify(consent))}`;
  const where =
    change.operation === 'CREATE'
      ? `annotate it with ${annotation}`
      : kubectl(change, `annotate --overwrite ${typeAndName(change)} ${annotation}`);
  return `or, ${whenAccepted(action, seen.peer)}, consent to it ("kubectl dr explain ${code}" tells what to put for LOSS, YOU and TIME): ${where}`;
};
