import { printableLine } from '../core/printable.ts';
import type { Answers } from '../core/replication/answer.ts';

type AnyAnswer = NonNullable<Answers[keyof Answers]>;

/** Shorter values, a user's name for one, are in many an honest sentence. */
const shortestSecret = 6;
const mask = '[redacted]';

const withoutSecrets = (text: string, secrets: Readonly<Record<string, string>>): string => {
  const values = Object.values(secrets).flatMap((value) => [value, value.trim()]);
  // The longest first: one may be the beginning of another.
  const found = values.filter((value) => value.length >= shortestSecret && text.includes(value));
  return found
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, value) => rest.replaceAll(value, mask), text);
};

/**
 * A driver's answer without the secrets it was called with, and in words that are printable. They go on into status, Events and logs, and a
 * command line that a driver quotes in an error may hold a key, or steer a terminal.
 */
export const redactAnswer = (answer: AnyAnswer, secrets: Readonly<Record<string, string>>): AnyAnswer => {
  const tell = (text: string): string => printableLine(withoutSecrets(text, secrets));
  if (!answer.ok) return { ...answer, description: tell(answer.description) };
  if (!('info' in answer)) return answer;
  return { ...answer, info: { ...answer.info, message: tell(answer.info.message) } };
};
