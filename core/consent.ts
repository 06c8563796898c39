import { type ConsentAction, consentActions } from './consent-action.ts';
import { parseSeen, type Seen } from './consent-seen.ts';
import { parseGoDuration, parseSchedulingInterval } from './model/duration.ts';
import type { KubernetesObject } from './model/kubernetes-object.ts';

/** The annotation on a VolumeReplication that holds a person's consent, as JSON. */
export const consentAnnotation = 'kubectl-dr.dev/consent';

export type { ConsentAction } from './consent-action.ts';

/** A person's explicit acceptance of a loss, for one use and a short time. */
export type Consent = {
  accepts: readonly ConsentAction[];
  /** What its giver saw: it covers nothing that is worse. */
  seen: Seen;
  /** Milliseconds of data that may be lost; `unknown` when nobody knows and it is accepted all the same. */
  maxLoss: number | 'unknown';
  by: string;
  reason: string | undefined;
  /** Milliseconds since the epoch. */
  expires: number;
};

/** What an object's annotation says about one action at one moment. */
export type ConsentReading =
  | { state: 'absent' }
  | { state: 'valid'; consent: Consent }
  | { state: 'void'; why: string };

/** Consent is for now: one that would hold longer than this is not honoured. */
export const longestConsentMs = 60 * 60_000;
/** Two machines' clocks may differ by so much. */
const clockSkewMs = 5 * 60_000;

const fields = ['accepts', 'seen', 'maxLoss', 'by', 'reason', 'expires'];
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

const isAction = (value: unknown): value is ConsentAction =>
  typeof value === 'string' && (consentActions as readonly string[]).includes(value);

/** A loss that is accepted: milliseconds of a duration such as `15m`, or `unknown`. Undefined for anything else. */
export const parseLoss = (value: unknown): Consent['maxLoss'] | undefined => {
  if (value === 'unknown') return 'unknown';
  if (typeof value !== 'string') return undefined;
  const milliseconds = parseSchedulingInterval(value) ?? parseGoDuration(value);
  return milliseconds === undefined || milliseconds < 0 ? undefined : milliseconds;
};

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Parses the annotation. Strict, because what is misread here costs data: an unknown field, action or time makes the
 * whole consent void. Answers the reason as text then.
 */
export const parseConsent = (text: string): Consent | string => {
  const value = parseObject(text);
  if (value === undefined) return 'it is no JSON object';
  const stranger = Object.keys(value).find((field) => !fields.includes(field));
  if (stranger !== undefined) return `it has an unknown field "${stranger}"`;
  const { accepts, maxLoss, by, reason, expires } = value;
  const seen = parseSeen(value['seen']);
  if (!Array.isArray(accepts) || accepts.length === 0) return 'accepts must be a list of actions';
  if (!accepts.every(isAction)) return `accepts may hold ${consentActions.join(', ')} only`;
  if (typeof seen === 'string') return seen;
  if (typeof by !== 'string' || by.trim() === '') return 'by must say who consents';
  if (reason !== undefined && typeof reason !== 'string') return 'reason must be text';
  const loss = parseLoss(maxLoss);
  if (loss === undefined) return 'maxLoss must be a duration such as 15m, or "unknown"';
  const until = typeof expires === 'string' && rfc3339.test(expires) ? Date.parse(expires) : Number.NaN;
  if (Number.isNaN(until)) return 'expires must be a time such as 2026-01-02T15:04:05Z';
  return { accepts, seen, maxLoss: loss, by, reason, expires: until };
};

/** Why a consent holds at no action now; undefined while its time is right. */
const whyOutOfTime = (consent: Consent, now: number): string | undefined => {
  const until = new Date(consent.expires).toISOString();
  if (consent.expires <= now) return `the consent of ${consent.by} expired at ${until}`;
  if (consent.expires > now + longestConsentMs + clockSkewMs) {
    return `the consent of ${consent.by} would hold until ${until}; one hour is the longest`;
  }
  return undefined;
};

const whyUnreadable = (problem: string): string => `the consent cannot be read: ${problem}`;

/** Why nobody could honour the annotation's text now, whatever the action; undefined where somebody could. */
export const whyConsentIsVoid = (text: string, now: number): string | undefined => {
  const consent = parseConsent(text);
  return typeof consent === 'string' ? whyUnreadable(consent) : whyOutOfTime(consent, now);
};

/** What the annotation's text says about one action at this moment; undefined: there is no annotation. */
export const readConsentText = (
  text: string | undefined,
  action: ConsentAction,
  now: number,
): ConsentReading => {
  if (text === undefined) return { state: 'absent' };
  const consent = parseConsent(text);
  if (typeof consent === 'string') return { state: 'void', why: whyUnreadable(consent) };
  if (!consent.accepts.includes(action)) {
    return {
      state: 'void',
      why: `the consent of ${consent.by} accepts ${consent.accepts.join(', ')}, not ${action}`,
    };
  }
  const why = whyOutOfTime(consent, now);
  return why === undefined ? { state: 'valid', consent } : { state: 'void', why };
};

/** Whether an object carries consent to an action at this moment. */
export const readConsent = (object: KubernetesObject, action: ConsentAction, now: number): ConsentReading =>
  readConsentText(object.metadata.annotations?.[consentAnnotation], action, now);
