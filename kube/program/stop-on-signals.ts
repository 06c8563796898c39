/** Aborts at SIGTERM or SIGINT. A second one does not wait: the process exits with 1. */
export const stopOnSignals = (process: NodeJS.Process, onSignal: (name: string) => void): AbortSignal => {
  const stopping = new AbortController();
  const stop = (name: string): void => {
    if (stopping.signal.aborted) process.exit(1);
    onSignal(name);
    stopping.abort();
  };
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop(name));
  return stopping.signal;
};
