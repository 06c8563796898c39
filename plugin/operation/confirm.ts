import { readAnswer } from '../consent/read-answer.ts';
import type { Io } from '../io.ts';

/** Asks a person whether to go on; anything but yes is no. Rejects when they press Ctrl-C. */
export const confirm = async (question: string, io: Io): Promise<boolean> => {
  const answer = await readAnswer(io, `${question} [y/N] `);
  return ['y', 'yes'].includes(answer?.toLowerCase() ?? '');
};

/** Asks for one of some words until one of them is typed; undefined where nobody answers. */
export const chooseWord = async (
  question: string,
  words: readonly string[],
  io: Io,
): Promise<string | undefined> => {
  for (;;) {
    const answer = await readAnswer(io, `${question} [${words.join('/')}] `);
    if (answer === undefined) return undefined;
    const found = words.find((word) => word === answer.toLowerCase() || word[0] === answer.toLowerCase());
    if (found !== undefined) return found;
  }
};
