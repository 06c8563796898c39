import type { Binding } from '../../core/restore/decide-binding.ts';
import type { WantedVolume } from '../../core/restore/wanted.ts';
import type { Site } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import { codeOf } from './error-code.ts';
import { type FollowedBinding, followBinding } from './follow-binding.ts';

/** What is waited for, for how long, and who is told. */
export type BindingWait = {
  readonly site: Site;
  /** Written already, so that what is not there was deleted. */
  readonly volumes: readonly WantedVolume[];
  readonly timeoutMs: number;
  readonly io: Pick<Io, 'signal' | 'random' | 'now'>;
  /** Told once for each volume, when it is bound or cannot be any more. */
  readonly onSettled: (volume: WantedVolume, binding: Binding) => void;
  /** Told every ten seconds of those that are not. */
  readonly onWaiting: (volumes: readonly WantedVolume[]) => void;
};

const tellEveryMs = 10_000;

/** What a person must change before waiting makes sense. */
const isHopeless = (error: unknown): boolean => ['Forbidden', 'Unauthorized'].includes(codeOf(error));

/** Settles with the first of: all volumes are settled, the time is up, an interruption, a failure that does not heal. */
const untilSettled = async (
  wait: BindingWait,
  open: Set<WantedVolume>,
  ending: AbortSignal,
): Promise<FollowedBinding | undefined> => {
  const { io, timeoutMs, onSettled } = wait;
  const done = Promise.withResolvers<void>();
  let followed: FollowedBinding | undefined;
  const look = (volume: WantedVolume): void => {
    const binding = open.has(volume) ? followed?.bindingOf(volume) : undefined;
    if (binding === undefined || binding.state === 'waiting') return;
    open.delete(volume);
    onSettled(volume, binding);
    if (open.size === 0) done.resolve();
  };
  const following = await followBinding({
    ...wait,
    signal: ending,
    onChange: look,
    onFailure: (error) => {
      if (isHopeless(error)) done.reject(error);
    },
  });
  // Before everything was listed, what is not there may be there.
  void following.synced.then(() => {
    followed = following;
    for (const volume of wait.volumes) look(volume);
  });
  const deadline = setTimeout(done.resolve, timeoutMs);
  const telling = setInterval(() => wait.onWaiting([...open]), tellEveryMs);
  const interrupt = (): void => done.reject(io.signal.reason);
  io.signal.addEventListener('abort', interrupt, { once: true });
  try {
    if (io.signal.aborted) interrupt();
    await done.promise;
    return followed;
  } finally {
    clearTimeout(deadline);
    clearInterval(telling);
    io.signal.removeEventListener('abort', interrupt);
  }
};

/**
 * Waits until every claim is bound to its volume, or cannot be any more; answers why the others still waited when the time was up.
 * Rejects where it may not look, or was interrupted.
 */
export const awaitBound = async (wait: BindingWait): Promise<ReadonlyMap<WantedVolume, string>> => {
  const open = new Set(wait.volumes);
  if (open.size === 0) return new Map();
  const ending = new AbortController();
  try {
    const followed = await untilSettled(wait, open, ending.signal);
    const whyWaiting = (volume: WantedVolume): string => {
      const binding = followed?.bindingOf(volume);
      return binding !== undefined && 'why' in binding ? binding.why : 'the site did not tell how it stands';
    };
    return new Map([...open].map((volume) => [volume, whyWaiting(volume)]));
  } finally {
    ending.abort();
  }
};
