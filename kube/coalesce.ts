/** One question: what was sent last, and what is to be sent when that has ended. */
type Line = { readonly sent: Promise<unknown>; next: Promise<unknown> | undefined };

const settled = (work: Promise<unknown>): Promise<void> =>
  work.then(
    () => undefined,
    () => undefined,
  );

/**
 * Lets many who ask the same share one answer, and never gives anybody an answer to a request that was sent before they asked: who
 * comes while one is under way shares the next one. A thousand at once cost two requests, and nobody decides by what was true a
 * moment before. Who joins shares a failure, too.
 */
export const createCoalescing = () => {
  const lines = new Map<string, Line>();

  const send = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const sent = ask();
    const line: Line = { sent, next: undefined };
    lines.set(key, line);
    void settled(sent).then(() => {
      if (line.next === undefined) lines.delete(key);
    });
    return sent;
  };

  /** `key` must tell what is asked, and with it the type of the answer. */
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const line = lines.get(key);
    if (line === undefined) return send(key, ask);
    line.next ??= settled(line.sent).then(() => send(key, ask));
    return line.next as Promise<T>;
  };
};
