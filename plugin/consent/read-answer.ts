import type { Io } from '../io.ts';

/** One line that a person types; undefined where there is none to come. Rejects when they press Ctrl-C instead. */
export const readAnswer = async (
  { stdin, stderr, signal }: Io,
  question: string,
): Promise<string | undefined> => {
  stderr.write(question);
  const interrupted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const read = async (): Promise<string | undefined> => {
    let text = '';
    for await (const chunk of stdin) {
      text += chunk.toString();
      if (text.includes('\n')) break;
    }
    return text === '' ? undefined : (text.split('\n')[0] ?? '').trim();
  };
  return Promise.race([read(), interrupted]);
};
