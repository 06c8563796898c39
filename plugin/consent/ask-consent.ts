import { printableLine } from '../../core/printable.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { shellWord } from '../../core/rules/guard/commands.ts';
import { describeRpo, isWithin, type RpoAtRisk } from '../../core/step/rpo-at-risk.ts';
import type { Io } from '../io.ts';
import type { ConsentOptions } from '../step/parse-step-flags.ts';
import { readAnswer } from './read-answer.ts';
import { type LossItem, showLoss } from './show-loss.ts';

/** What somebody has to accept, and whose name they type for it. */
export type ConsentQuestion = {
  /** The name of the site that is changed. */
  readonly siteName: string;
  /** What happens to it: `becomes primary by force`. */
  readonly what: string;
  readonly items: readonly LossItem[];
};

/** What was said about one volume: how much may be lost, or why nothing may. */
export type ConsentAnswer =
  | { readonly granted: true; readonly maxLoss: string }
  | { readonly granted: false; readonly why: string };

/** By `namespace/name` of the claim. */
export type ConsentAnswers = ReadonlyMap<string, ConsentAnswer>;

const minute = 60_000;

/** A loss as the consent names it: whole minutes, rounded up. */
const lossText = (loss: RpoAtRisk): string =>
  loss.known ? `${Math.max(1, Math.ceil(loss.milliseconds / minute))}m` : 'unknown';

const answerAll = (items: readonly LossItem[], answer: (item: LossItem) => ConsentAnswer): ConsentAnswers =>
  new Map(items.map((item) => [claimKeyText(item.key), answer(item)]));

const denied = (why: string): ConsentAnswer => ({ granted: false, why });

/** Everything that somebody accepts is told beforehand, or asked for; one without the other is not enough. */
const withoutPerson = (item: LossItem, options: ConsentOptions): ConsentAnswer => {
  const beside = item.need.besidePrimary;
  const flags = `--yes --accept-data-loss=${lossText(item.need.loss)}${beside === undefined ? '' : ` --accept-second-primary=${shellWord(beside)}`}`;
  const risk = `at risk: ${describeRpo(item.need.loss)}`;
  if (!options.yes || options.accepted === undefined)
    return denied(`nobody can be asked whether that may be lost (${risk}); to accept it: ${flags}`);
  return withinAccepted(item, options.accepted, options.acceptedText ?? '');
};

const withinAccepted = (
  { need: { loss } }: LossItem,
  accepted: number | 'unknown',
  acceptedText: string,
): ConsentAnswer =>
  isWithin(loss, accepted)
    ? { granted: true, maxLoss: acceptedText }
    : denied(`more is at risk than the ${acceptedText} that was accepted: ${describeRpo(loss)}`);

/** What is typed: the name of the site; a sentence where a second primary is made, which no habit types. */
const wordsFor = (
  siteName: string,
  what: string,
  items: readonly LossItem[],
): { readonly says: string; readonly words: string } => {
  const beside = items.find(({ need }) => need.besidePrimary !== undefined)?.need.besidePrimary;
  if (beside === undefined) return { says: `${siteName} ${what}. Type its name`, words: siteName };
  const words = `two primaries: ${siteName} beside ${beside}`;
  const says = `${beside} says that it is primary, and ${siteName} ${what} beside it: whatever still writes there goes on. Type "${words}"`;
  return { says, words };
};

const askPerson = async (
  question: ConsentQuestion,
  options: ConsentOptions,
  io: Io,
): Promise<ConsentAnswers> => {
  const { siteName, what, items } = question;
  const { accepted, acceptedText = '' } = options;
  const within = (item: LossItem): ConsentAnswer =>
    accepted === undefined
      ? { granted: true, maxLoss: lossText(item.need.loss) }
      : withinAccepted(item, accepted, acceptedText);
  const asked = items.filter((item) => within(item).granted);
  if (asked.length === 0) return answerAll(items, within);
  io.stderr.write(`${showLoss(asked)}\n`);
  const { says, words } = wordsFor(siteName, what, asked);
  const typed = await readAnswer(io, `${printableLine(says)} to accept that: `);
  if (typed === words) return answerAll(items, within);
  const why = typed === undefined ? 'nobody answered' : `"${typed}" is not ${words}`;
  return answerAll(items, () => denied(`not accepted: ${why}`));
};

/**
 * Asks a person to accept a loss, with the facts first and the site's name to type. Where nobody sits at the terminal, `--yes` and
 * `--accept-data-loss` together say it; `--yes` alone never does, and what is really at risk may not be more than was accepted.
 */
export const askConsent = async (
  question: ConsentQuestion,
  options: ConsentOptions,
  io: Io,
): Promise<ConsentAnswers> =>
  io.isInteractive && !options.yes
    ? askPerson(question, options, io)
    : answerAll(question.items, (item) => withoutPerson(item, options));
