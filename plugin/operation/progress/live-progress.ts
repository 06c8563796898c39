import type { StepKind } from '../../../core/plan/step-look.ts';
import { formatAge } from '../../../core/status/age.ts';
import type { Io } from '../../io.ts';
import type { GroupState } from '../group-state.ts';
import type { ActiveStep } from '../run-groups.ts';
import { type Progress, waitText } from './progress.ts';
import { isResult, toldText } from './told-text.ts';

/** One kind of step for all groups. */
type Row = {
  readonly kind: StepKind;
  site: string;
  /** Groups that are at it now. */
  readonly at: Set<GroupState>;
  readonly done: Set<GroupState>;
  startedAt: number | undefined;
  endedAt: number | undefined;
  wait: string;
};

const drawEveryMs = 100;

const newRow = (kind: StepKind): Row => ({
  kind,
  site: '',
  at: new Set(),
  done: new Set(),
  startedAt: undefined,
  endedAt: undefined,
  wait: '',
});

/** What is drawn: the escape sequences that go back over it, and how wide it may be. */
export type LiveScreen = { readonly write: (text: string) => void; readonly columns: () => number };

const cutTo = (text: string, columns: number): string =>
  text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;

/** The steps of the procedure as one list, drawn again in its place as they go on. Made for a terminal. */
export const liveProgress = (
  kinds: readonly StepKind[],
  groups: number,
  io: Pick<Io, 'stdout' | 'stderr' | 'now'>,
): Progress => {
  const rows = kinds.map(newRow);
  const columns = (): number => Number(io.stderr.columns ?? 80);
  const widest = Math.max(...kinds.map(({ title }) => title.length));
  let drawn = 0;
  let isPaused = false;
  let last = 0;

  const mark = (row: Row): string => {
    if (row.at.size > 0) return '>';
    return row.done.size > 0 ? '+' : ' ';
  };
  const text = (row: Row): string => {
    const count = groups > 1 ? ` ${row.done.size}/${groups}` : '';
    const took =
      row.startedAt === undefined
        ? ''
        : formatAge((row.at.size > 0 ? io.now() : (row.endedAt ?? io.now())) - row.startedAt);
    return `${mark(row)} ${row.kind.title.padEnd(widest)}  ${row.site.padEnd(12)} ${took.padStart(5)}${count}`.trimEnd();
  };
  const erase = (): void => {
    if (drawn > 0) io.stderr.write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = (force: boolean): void => {
    const now = io.now();
    if (isPaused || (!force && now - last < drawEveryMs)) return;
    last = now;
    erase();
    // What is waited for stands below its step: there is no room beside it.
    const lines = rows
      .flatMap((row) => [text(row), ...(row.at.size > 0 && row.wait !== '' ? [`    ${row.wait}`] : [])])
      .map((line) => cutTo(line, columns()));
    io.stderr.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  const rowOf = (step: { kind: StepKind }): Row | undefined => rows.find(({ kind }) => kind === step.kind);
  const passOver = (state: GroupState, until: number): void => {
    for (const row of rows.slice(0, until)) row.done.add(state);
  };

  return {
    tell: (told) => {
      erase();
      (isResult(told) ? io.stdout : io.stderr).write(toldText(told));
      draw(true);
    },
    stepStarted: (state, step) => {
      const row = rowOf(step);
      if (row === undefined) return;
      passOver(state, rows.indexOf(row));
      row.at.add(state);
      row.site = state.current?.site ?? '';
      row.startedAt ??= io.now();
      draw(true);
    },
    stepDone: (state, { index }) => {
      const row = rows[index];
      if (row === undefined) return;
      row.at.delete(state);
      row.done.add(state);
      row.endedAt = io.now();
      draw(true);
    },
    stepLeft: (state, { index }) => {
      rows[index]?.at.delete(state);
    },
    looked: (_state: GroupState, step: ActiveStep) => {
      const row = rowOf(step);
      if (row !== undefined) row.wait = waitText(step);
      draw(false);
    },
    ended: (state) => {
      if (state.end?.is === 'done') passOver(state, rows.length);
      for (const row of rows) row.at.delete(state);
      draw(true);
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      drawn = 0;
      draw(true);
    },
  };
};
