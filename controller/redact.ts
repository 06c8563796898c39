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
 * A driver's answer without the secrets it was called with. Its words go on into status, Events and logs, and a command line
 * that a driver quotes in an error may hold a key.
 */
export const redactAnswer = (answer: AnyAnswer, secrets: Readonly<Record<string, string>>): AnyAnswer => {
  if (!answer.ok) return { ...answer, description: withoutSecrets(answer.description, secrets) };
  if (!('info' in answer)) return answer;
  return { ...answer, info: { ...answer.info, message: withoutSecrets(answer.info.message, secrets) } };
};
