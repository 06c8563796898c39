import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import type { ConsentNeed, Decision } from '../../core/step/decision.ts';
import { describeRpo, isNoWorse } from '../../core/step/rpo-at-risk.ts';
import { isSeenWorse } from '../../core/step/seen-by-giver.ts';
import { askConsent, type ConsentAnswers } from '../consent/ask-consent.ts';
import { consentText } from '../consent/consent-text.ts';
import { whoConsents } from '../consent/who-consents.ts';
import type { StepOptions } from './parse-step-flags.ts';
import type { Planned, StepRun } from './step-run.ts';

/** A volume that something is to be written for. */
export type Written = Planned & { readonly decision: Extract<Decision, { kind: 'write' }> };

export const isWrite = (planned: Planned): planned is Written => planned.decision.kind === 'write';

/** What was said about losses, by `namespace/name` of the claim. */
export type Consents = {
  /** Texts of the annotations by which a loss is accepted. */
  readonly texts: ReadonlyMap<string, string>;
  /** Why a loss is not accepted. */
  readonly denials: ReadonlyMap<string, string>;
};

/** The volumes as they are decided now, and what may be lost of them. */
export type Asked = { readonly planned: readonly Planned[]; readonly consents: Consents };

/**
 * What may be lost: what has to be accepted, and what is waited for unless it is accepted beforehand, whatever it is: a loss that is up to
 * a time is waited for, too, as nobody can tell how much has not arrived.
 */
export const needOf = (
  { decision }: Written,
  { consent: { yes, accepted } }: StepOptions,
): ConsentNeed | undefined =>
  decision.consent ?? (yes && accepted === 'unknown' ? decision.handOver : undefined);

const keyOf = ({ facts }: Planned): string => claimKeyText(facts.key);

const askPeople = async (run: StepRun, planned: readonly Planned[]): Promise<ConsentAnswers> => {
  const { verb, sites, options, io } = run;
  const items = planned.filter(isWrite).flatMap((it) => {
    const need = needOf(it, options);
    return need === undefined ? [] : [{ key: it.facts.key, need }];
  });
  const isTold = options.consent.yes && options.consent.accepted !== undefined;
  const isAsked = options.dryRun === 'none' || (options.dryRun === 'server' && isTold);
  if (items.length === 0 || !isAsked) return new Map();
  return askConsent({ siteName: sites.here.name, what: verb.consequence, items }, options.consent, io);
};

/** Why what a person accepted is not what would happen now; undefined where it is. */
const whyNoLonger = (shown: Written, now: Planned | undefined, options: StepOptions): string | undefined => {
  if (now === undefined) return 'the claim is no longer there';
  if (!isWrite(now)) return undefined;
  const [before, after] = [needOf(shown, options), needOf(now, options)];
  if (after === undefined) return undefined;
  if (before === undefined)
    return 'something can be lost of it since others were asked about: run the command again';
  if (isSeenWorse(before, after))
    return 'the other site shows something worse now than what was accepted: run the command again';
  if (isNoWorse(before.loss, after.loss)) return undefined;
  return `more is at risk now than was shown: ${describeRpo(after.loss)}`;
};

/** While a person thinks, the world goes on: what they agreed to is decided anew, by what both sites show now. */
const decideAnew = (
  shown: readonly Planned[],
  now: readonly Planned[],
  options: StepOptions,
): { planned: readonly Planned[]; denials: ReadonlyMap<string, string> } => {
  const fresh = new Map(now.map((it) => [keyOf(it), it]));
  const denials = shown.filter(isWrite).flatMap((it) => {
    const why = whyNoLonger(it, fresh.get(keyOf(it)), options);
    return why === undefined ? [] : [[keyOf(it), why] as const];
  });
  return { planned: shown.map((it) => fresh.get(keyOf(it)) ?? it), denials: new Map(denials) };
};

const writeTexts = async (
  run: StepRun,
  planned: readonly Planned[],
  answers: ConsentAnswers,
): Promise<ReadonlyMap<string, string>> => {
  const granted = planned.filter(isWrite).flatMap((it) => {
    const answer = answers.get(keyOf(it));
    const need = needOf(it, run.options);
    return answer?.granted && need !== undefined && need.accepts.length > 0
      ? [{ key: keyOf(it), need, answer }]
      : [];
  });
  if (granted.length === 0) return new Map();
  const { sites, options, io } = run;
  const by = await whoConsents(sites.here, io.signal);
  const { reason } = options.consent;
  return new Map(
    granted.map(({ key, need: { accepts, seen }, answer }) => [
      key,
      consentText({ accepts, seen, maxLoss: answer.maxLoss, by, reason }, io.now()),
    ]),
  );
};

const denialsIn = (answers: ConsentAnswers): [string, string][] =>
  [...answers].flatMap(([key, answer]) => (answer.granted ? [] : [[key, answer.why]]));

/** Asks once for all volumes of which something may be lost, and looks anew (`planAnew`) where a person was asked. */
export const askForAll = async (
  run: StepRun,
  planned: readonly Planned[],
  planAnew: () => Promise<readonly Planned[]>,
): Promise<Asked> => {
  const answers = await askPeople(run, planned);
  const wasPerson = answers.size > 0 && run.io.isInteractive && !run.options.consent.yes;
  const anew = wasPerson
    ? decideAnew(planned, await planAnew(), run.options)
    : { planned, denials: new Map<string, string>() };
  return {
    planned: anew.planned,
    consents: {
      texts: await writeTexts(run, anew.planned, answers),
      denials: new Map([...anew.denials, ...denialsIn(answers)]),
    },
  };
};
