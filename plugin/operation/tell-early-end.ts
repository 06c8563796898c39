import type { Io } from '../io.ts';

/** Says that a person has ended what had changed nothing yet, where that is why it failed. */
export const tellEarlyEnd = ({
  signal,
  terminated,
  stderr,
}: Pick<Io, 'signal' | 'terminated' | 'stderr'>): void => {
  if (!signal.aborted) return;
  stderr.line(`${terminated.aborted ? 'ended by SIGTERM' : 'interrupted'}; nothing was changed`);
};
