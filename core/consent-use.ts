import { longestConsentMs, parseConsent } from './consent.ts';

// A consent is good for one change of the spec, and everybody who could honour it has to know of its use: another replica of the webhook,
// one that has just started, the controller. So the use is written on the object itself, with the version of the spec that it was used for,
// before it counts: by dr-webhook with the very change that carries the consent, by dr-controller before its call where nobody did.

/** On a replication: which consents were used, for which version of its spec. Nobody takes it off; what has expired is left out at the next use. */
export const usesAnnotation = 'kubectl-dr.dev/consents-used';

/** One use of a consent. */
export type ConsentUse = {
  /** The consent as it was written. */
  readonly consent: Readonly<Record<string, unknown>>;
  /** `metadata.generation` of the object by the change that it was used for. */
  readonly generation: number;
};

/** What an annotation of uses says; the texts of a consent and of its uses, as an object carries them. */
export type UseTexts = { readonly consent: string | undefined; readonly uses: string | undefined };

/** Each is void an hour after it was written, so that a few are all that can matter. */
const longestMemory = 16;

/** Two machines' clocks may differ by so much, and a consent may hold for so long. */
const forgottenAfterMs = 2 * longestConsentMs;

const isUse = (value: unknown): value is ConsentUse => {
  const { consent, generation } = (value ?? {}) as Partial<ConsentUse>;
  return typeof consent === 'object' && consent !== null && Number.isInteger(generation);
};

const parseJson = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};

const usesIn = (text: string | undefined): readonly ConsentUse[] => {
  const value = parseJson(text);
  return Array.isArray(value) ? value.filter(isUse) : [];
};

/** Spaces make no other consent of it. */
const sameAs = (text: string): ((use: ConsentUse) => boolean) => {
  const wanted = JSON.stringify(parseJson(text));
  return ({ consent }) => JSON.stringify(consent) === wanted;
};

/** The versions of the spec that a consent was used for, as the object tells. */
const generationsOf = ({ consent, uses }: UseTexts): readonly number[] =>
  consent === undefined
    ? []
    : usesIn(uses)
        .filter(sameAs(consent))
        .map(({ generation }) => generation);

/** Whether a consent was used for another version of the spec than this one: then it is spent. */
export const isUsedElsewhere = (texts: UseTexts, generation: number): boolean =>
  generationsOf(texts).some((it) => it !== generation);

/** Whether the use of a consent for this version of the spec is written down. */
export const isUseRecorded = (texts: UseTexts, generation: number): boolean =>
  generationsOf(texts).includes(generation);

const isForgotten = ({ consent }: ConsentUse, now: number): boolean => {
  const parsed = parseConsent(JSON.stringify(consent));
  return typeof parsed === 'string' || parsed.expires + forgottenAfterMs < now;
};

const merge = (lists: readonly (readonly ConsentUse[])[]): readonly ConsentUse[] => {
  const byText = new Map(lists.flat().map((use) => [JSON.stringify(use), use]));
  return [...byText.values()];
};

/** What becomes of the uses on an object. */
export type NewUse = {
  /** As they stood before the change, and as the change brings them: none is lost by it. */
  readonly uses: readonly (string | undefined)[];
  /** The consent that is used now; undefined: none. */
  readonly consent: string | undefined;
  /** The version of the spec that it is used for. */
  readonly generation: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** The annotation with one more use; undefined where there is nothing to write down. A consent that was used before stays used for that. */
export const usesText = ({ uses, consent, generation, now }: NewUse): string | undefined => {
  const before = merge(uses.map(usesIn)).filter((use) => !isForgotten(use, now));
  const isNew =
    consent !== undefined && typeof parseConsent(consent) !== 'string' && !before.some(sameAs(consent));
  const used = isNew ? [{ consent: parseJson(consent) as ConsentUse['consent'], generation }] : [];
  const all = [...before, ...used].slice(-longestMemory);
  return all.length === 0 ? undefined : JSON.stringify(all);
};
