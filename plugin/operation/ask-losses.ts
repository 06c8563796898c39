import type { Seen } from '../../core/consent-seen.ts';
import { DrError } from '../../core/model/error.ts';
import { type LossAt, lossKey } from '../../core/plan/losses-of-move.ts';
import type { Loss, MoveFacts, MoveVolume } from '../../core/plan/move.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import type { ConsentNeed } from '../../core/step/decision.ts';
import { describeRpo, isNoWorse, type RpoAtRisk } from '../../core/step/rpo-at-risk.ts';
import { isSeenWorse } from '../../core/step/seen-by-giver.ts';
import { askConsent } from '../consent/ask-consent.ts';
import { consentText } from '../consent/consent-text.ts';
import type { Io } from '../io.ts';
import type { ConsentOptions } from '../step/parse-step-flags.ts';

/** A loss that a person accepted, as it was shown to them. */
export type AcceptedLoss = LossAt & {
  /** A duration or `unknown`. */
  readonly maxLoss: string;
};

/** What a person said about losses, by volume and loss. */
export type Losses = {
  readonly accepted: ReadonlyMap<string, AcceptedLoss>;
  readonly denied: readonly (LossAt & { readonly why: string })[];
};

/** What happens to the target, whose name is typed. */
const consequenceOf = ({ verb }: MoveFacts, losses: readonly LossAt[]): string => {
  if (losses.every(({ loss }) => loss === 'lose-since-promote'))
    return 'becomes primary without those writes';
  return verb === 'failback' ? 'throws its copy away' : 'becomes primary by force';
};

/** Asks once for all of them. */
export const askLosses = async (
  losses: readonly LossAt[],
  facts: MoveFacts,
  options: ConsentOptions,
  io: Io,
): Promise<Losses> => {
  if (losses.length === 0) return { accepted: new Map(), denied: [] };
  const question = {
    siteName: facts.sites.target.site.name,
    what: consequenceOf(facts, losses),
    items: losses.map(({ volume, need }) => ({ key: volume.target, need })),
  };
  const answers = await askConsent(question, options, io);
  const accepted = new Map<string, AcceptedLoss>();
  const denied: (LossAt & { why: string })[] = [];
  for (const loss of losses) {
    const answer = answers.get(claimKeyText(loss.volume.target));
    if (answer?.granted) accepted.set(lossKey(loss.volume, loss.loss), { ...loss, maxLoss: answer.maxLoss });
    else denied.push({ ...loss, why: answer?.why ?? 'nobody was asked' });
  }
  return { accepted, denied };
};

const moreAtRisk = ({ volume }: LossAt, now: RpoAtRisk): DrError =>
  new DrError({
    code: 'MoreAtRisk',
    message: `claim ${claimKeyText(volume.target)}: more is at risk now than was shown: ${describeRpo(now)}`,
    hint: 'run the command again: it asks anew',
  });

const otherThanShown = ({ volume }: LossAt): DrError =>
  new DrError({
    code: 'MoreAtRisk',
    message: `claim ${claimKeyText(volume.target)}: the other site shows something worse now than what was accepted`,
    hint: 'run the command again: it asks anew',
  });

/** What was shown; which volume a claim has that was restored since is known only now. */
const seenOf = ({ seen }: ConsentNeed, now: ConsentNeed): Seen | undefined =>
  seen && { ...seen, volumes: seen.volumes ?? now.seen?.volumes };

/** The text of the annotation for a loss that was accepted. It throws where more is at risk now than was shown. */
export const consentFor =
  (
    losses: Losses,
    { by, reason, now }: { by: string; reason: string | undefined; now: () => number },
  ): ((volume: MoveVolume, loss: Loss, need: ConsentNeed) => string | undefined) =>
  (volume, loss, need) => {
    const found = losses.accepted.get(lossKey(volume, loss));
    if (found === undefined) return undefined;
    if (!isNoWorse(found.need.loss, need.loss)) throw moreAtRisk(found, need.loss);
    if (isSeenWorse(found.need, need)) throw otherThanShown(found);
    const { accepts } = need;
    return accepts.length === 0
      ? undefined
      : consentText({ accepts, seen: seenOf(found.need, need), maxLoss: found.maxLoss, by, reason }, now());
  };

/** The worst of all losses, as a summary tells it. */
export const describeWorst = (losses: Iterable<LossAt>): string => {
  const all = [...losses].map(({ need }) => need.loss);
  const unknownOne = all.find((loss) => !loss.known);
  if (unknownOne !== undefined) return describeRpo(unknownOne);
  const [worst] = all.toSorted((a, b) => (b.known ? b.milliseconds : 0) - (a.known ? a.milliseconds : 0));
  return worst === undefined ? '0s' : describeRpo(worst);
};
