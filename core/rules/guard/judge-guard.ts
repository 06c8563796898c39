import type { ConsentAction } from '../../consent.ts';
import type { ConsentToAction } from '../consent-facts.ts';
import { consentTo } from '../consent-to.ts';
import { isCutShort } from '../cut-short.ts';
import type { GuardFacts } from '../guard-facts.ts';
import { cutToBytes, oneLine } from '../one-line.ts';
import type { GuardCode } from '../rule-code.ts';
import type { Finding, GuardVerdict } from '../verdict.ts';
import { badClassParameters } from './bad-class-parameters.ts';
import { claimNotInNamespace } from './claim-not-in-namespace.ts';
import { claimReplicatedAlready } from './claim-replicated-already.ts';
import { classDoesNotFit } from './class-does-not-fit.ts';
import { consentNobodyHonours } from './consent-nobody-honours.ts';
import { copyNotFollowed } from './copy-not-followed.ts';
import { deletionUnderProtection } from './deletion-under-protection.ts';
import { demotionInUse } from './demotion-in-use.ts';
import { endOfMirroring } from './end-of-mirroring.ts';
import { howToConsent } from './how-to-consent.ts';
import { neverACopy } from './never-a-copy.ts';
import type { GuardRule, Objection } from './objection.ts';
import { otherSiteMayBePrimary } from './other-site-may-be-primary.ts';
import { recordNeeded } from './record-needed.ts';
import { resyncOfOnlyGoodCopy } from './resync-of-only-good-copy.ts';
import { secondPrimaryHere } from './second-primary-here.ts';
import { volumeGoesWithClaim } from './volume-goes-with-claim.ts';
import { volumeNotKept } from './volume-not-kept.ts';

/** A rule, and what a person can consent to so that it lets a change pass all the same. */
type GuardEntry = { readonly code: GuardCode; readonly rule: GuardRule; readonly consent?: ConsentAction };

/** What a person could consent to, and whether one did. */
type ConsentOffer = {
  readonly code: GuardCode;
  readonly action: ConsentAction | undefined;
  readonly given: ConsentToAction;
};

/** Worst first: what loses data at once and for good, then what loses it later, then what protects nothing. */
export const guardRules = [
  { code: 'DR102', rule: otherSiteMayBePrimary, consent: 'force-promote' },
  { code: 'DR101', rule: secondPrimaryHere },
  { code: 'DR115', rule: neverACopy },
  { code: 'DR108', rule: resyncOfOnlyGoodCopy, consent: 'resync' },
  { code: 'DR113', rule: copyNotFollowed, consent: 'lose-since-promote' },
  { code: 'DR110', rule: endOfMirroring, consent: 'unprotect' },
  { code: 'DR111', rule: deletionUnderProtection },
  { code: 'DR116', rule: recordNeeded },
  { code: 'DR114', rule: volumeNotKept },
  { code: 'DR109', rule: demotionInUse, consent: 'demote-in-use' },
  { code: 'DR104', rule: volumeGoesWithClaim },
  { code: 'DR103', rule: claimNotInNamespace },
  { code: 'DR106', rule: classDoesNotFit },
  { code: 'DR105', rule: claimReplicatedAlready },
  { code: 'DR112', rule: consentNobodyHonours },
  { code: 'DR107', rule: badClassParameters },
] as const satisfies readonly GuardEntry[];

/** Bytes of one message: the API server logs and sends it on. */
const longestMessage = 1536;

const lineOf = (text: string): string => cutToBytes(oneLine(text, Number.POSITIVE_INFINITY), longestMessage);

const asSentence = (clause: string): string => clause.charAt(0).toUpperCase() + clause.slice(1);

/** Without full stop, so that it can be gone on with. */
const describe = ({ fact, risk }: Objection): string => `${fact}. ${asSentence(risk)}`;

/** Nobody gave it: a command supposes it to see what a person may be asked for. */
const isSupposed = (facts: GuardFacts): boolean =>
  facts.subject === 'replication' && facts.consent.isSupposed === true;

/** Each command ends its clause, and nothing stands against it: people copy them. */
const describeAll = (facts: GuardFacts, objection: Objection, consent: ConsentOffer): string => {
  const why =
    consent.given.state === 'void' && !isSupposed(facts)
      ? ` A consent is there, but ${consent.given.why}.`
      : '';
  const refusal = `${describe(objection)}.${why} ${objection.next}`;
  if (consent.action === undefined || facts.subject !== 'replication') return refusal;
  if (isCutShort(facts, consent.action))
    return `${refusal} - nobody looked at it as a whole yet: try again in a moment`;
  return `${refusal} - ${howToConsent({ action: consent.action, code: consent.code }, facts)}`;
};

const offerConsent = (facts: GuardFacts, { code, consent: action }: GuardEntry): ConsentOffer =>
  action === undefined || facts.subject !== 'replication'
    ? { code, action, given: { state: 'absent' } }
    : { code, action, given: consentTo(facts, action) };

const judgeRule = (facts: GuardFacts, entry: GuardEntry): GuardVerdict => {
  const { code, rule } = entry;
  const objections = rule(facts);
  if (objections.length === 0) return { refusals: [], waived: [] };
  const offer = offerConsent(facts, entry);
  if (offer.given.state === 'valid') {
    const { by, reason } = offer.given;
    const waived = objections.map((it) => ({ code, message: lineOf(describe(it)), by, reason }));
    return { refusals: [], waived };
  }
  const refusals = objections.map((it) => ({ code, message: lineOf(describeAll(facts, it, offer)) }));
  return { refusals, waived: [] };
};

/** One unknown fact can be all that several rules say: it is said once, by the worst of them. */
const withoutRepeats = (refusals: readonly Finding<GuardCode>[]): readonly Finding<GuardCode>[] =>
  refusals.filter(({ message }, at) => refusals.findIndex((other) => other.message === message) === at);

/** Judges a change by some of the guard rules, the worst finding first; whoever acts on an object judges again by what it can see. */
export const judgeRules = (facts: GuardFacts, codes: readonly GuardCode[]): GuardVerdict => {
  const verdicts = guardRules
    .filter(({ code }) => codes.includes(code))
    .map((entry) => judgeRule(facts, entry));
  return {
    refusals: withoutRepeats(verdicts.flatMap(({ refusals }) => refusals)),
    waived: verdicts.flatMap(({ waived }) => waived),
  };
};

/** Judges a change by all guard rules: refused while there is any refusal, the worst first; waived is what consent let pass. */
export const judgeGuard = (facts: GuardFacts): GuardVerdict =>
  judgeRules(
    facts,
    guardRules.map(({ code }) => code),
  );
