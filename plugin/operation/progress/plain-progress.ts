import { formatAge } from '../../../core/status/age.ts';
import type { Io } from '../../io.ts';
import type { CurrentStep, GroupState } from '../group-state.ts';
import { leftText, type Progress, restoredText, tookText, waitText } from './progress.ts';
import { isResult, toldText } from './told-text.ts';

const repeatEveryMs = 30_000;

type LastWait = { text: string; since: number; toldAt: number };

const titleOf = ({ group, steps }: GroupState, { site, index, name }: CurrentStep): string =>
  `${group.name}: ${site}: ${steps[index]?.kind.title ?? name}`;

/** One line for each step that is over, and for what is waited for, again every half minute: for logs, and for whoever reads along. */
export const plainProgress = (io: Pick<Io, 'stdout' | 'stderr' | 'now'>): Progress => {
  const waits = new Map<GroupState, LastWait>();
  const line = (text: string): void => io.stderr.line(text);
  return {
    tell: (told) => (isResult(told) ? io.stdout : io.stderr).line(toldText(told)),
    stepStarted: () => undefined,
    stepDone: (state, current, tookMs) => {
      waits.delete(state);
      const restored = restoredText(current);
      const what = restored === '' ? '' : ` (${restored})`;
      const again = current.isAgain ? 'done again' : 'done';
      line(`${titleOf(state, current)}${what}: ${again} in ${tookText(current, tookMs)}`);
    },
    stepLeft: (state, current, why) => {
      waits.delete(state);
      const text = leftText(why);
      if (text !== '') line(`${titleOf(state, current)}: ${text}`);
    },
    looked: (state, step) => {
      const text = waitText(step);
      if (text === '') return;
      const now = io.now();
      const last = waits.get(state);
      if (last?.text === text && now - last.toldAt < repeatEveryMs) return;
      const since = last?.text === text ? last.since : now;
      waits.set(state, { text, since, toldAt: now });
      const age = now === since ? '' : ` (for ${formatAge(now - since)})`;
      line(`${state.group.name}: ${state.current?.site ?? ''}: ${text}${age}`);
    },
    ended: () => undefined,
    pause: () => undefined,
  };
};
