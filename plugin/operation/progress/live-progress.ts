import { secondsBetween } from '../../../core/operation/seconds-between.ts';
import type { StepKind } from '../../../core/plan/step-look.ts';
import { printableLine } from '../../../core/printable.ts';
import { formatAge } from '../../../core/status/age.ts';
import type { Io } from '../../io.ts';
import type { GroupState } from '../group-state.ts';
import type { ActiveStep } from '../run-groups.ts';
import { type Progress, restoredText, waitText } from './progress.ts';
import type { SharedOutput } from './share-output.ts';
import { isResult, toldText } from './told-text.ts';

/** One kind of step for all groups. */
type Row = {
  readonly kind: StepKind;
  site: string;
  /** Groups that are at it now. */
  readonly at: Set<GroupState>;
  readonly done: Set<GroupState>;
  /** Groups that do not need it. */
  readonly needless: Set<GroupState>;
  /** Groups that went no further than this. */
  readonly stopped: Set<GroupState>;
  startedAt: number | undefined;
  endedAt: number | undefined;
  /** What stands below it. */
  beside: string;
};

const drawEveryMs = 100;

const newRow = (kind: StepKind): Row => ({
  kind,
  site: '',
  at: new Set(),
  done: new Set(),
  needless: new Set(),
  stopped: new Set(),
  startedAt: undefined,
  endedAt: undefined,
  beside: '',
});

const cutTo = (text: string, columns: number): string =>
  text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;

const isOpen = ({ at, stopped }: Row): boolean => at.size + stopped.size > 0;

const mark = ({ at, stopped, done, needless }: Row): string => {
  if (at.size > 0) return '>';
  if (stopped.size > 0) return '!';
  if (done.size > 0) return '+';
  return needless.size > 0 ? '-' : ' ';
};

/** A step that was over before anybody had to wait for it has taken no time. */
const tookCell = ({ startedAt, endedAt, done, needless }: Row, now: number): string => {
  if (startedAt !== undefined) return formatAge(secondsBetween(startedAt, endedAt ?? now) * 1000);
  return done.size + needless.size > 0 ? '-' : '';
};

/** What a step waits for, else what it brings. */
const besideText = ({ current }: GroupState, step: ActiveStep): string =>
  waitText(step) || (current === undefined ? '' : restoredText(current));

/** Nobody is at it any more: its time does not go on. */
const stopClock = (row: Row, now: number): void => {
  if (row.at.size === 0 && row.startedAt !== undefined) row.endedAt ??= now;
};

/** The steps of the procedure as one list, drawn again in its place as they go on. Made for a terminal. */
export const liveProgress = (
  kinds: readonly StepKind[],
  groups: number,
  io: Pick<Io, 'stdout' | 'now'> & { readonly stderr: SharedOutput },
): Progress => {
  const rows = kinds.map(newRow);
  const columns = (): number => Number(io.stderr.columns ?? 80);
  const widest = Math.max(...kinds.map(({ title }) => title.length));
  /** How many lines of it are to be drawn over. */
  let drawn = 0;
  /** Before its first step there may be questions, which nothing is to be drawn over. */
  let isBegun = false;
  let isPaused = false;
  let last = 0;

  const text = (row: Row): string => {
    const count = groups > 1 ? ` ${row.done.size + row.needless.size}/${groups}` : '';
    const took = tookCell(row, io.now());
    return `${mark(row)} ${row.kind.title.padEnd(widest)}  ${row.site.padEnd(12)} ${took.padStart(5)}${count}`.trimEnd();
  };
  const erase = (): void => {
    // From the first column on: a terminal echoes what is pressed meanwhile, such as ^C.
    if (drawn > 0) io.stderr.direct.styled(`\r\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = (force: boolean): void => {
    const now = io.now();
    if (!isBegun || isPaused || (!force && now - last < drawEveryMs)) return;
    last = now;
    erase();
    // What is waited for stands below its step: there is no room beside it.
    const lines = rows
      .flatMap((row) => [text(row), ...(isOpen(row) && row.beside !== '' ? [`    ${row.beside}`] : [])])
      .map((line) => cutTo(printableLine(line), columns()));
    io.stderr.direct.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  const rowOf = (step: { kind: StepKind }): Row | undefined => rows.find(({ kind }) => kind === step.kind);
  const nameSites = ({ sites }: GroupState): void => {
    for (const row of rows) row.site = sites[row.kind.site];
  };
  /** What a group has behind it, and what it has yet to come to. */
  const passOver = (state: GroupState, until: number): void => {
    for (const [index, row] of rows.slice(0, until).entries()) {
      const step = state.steps[index];
      const isNeedless = step !== undefined && 'look' in step && step.needlessAs !== undefined;
      (isNeedless ? row.needless : row.done).add(state);
      stopClock(row, io.now());
    }
    for (const row of rows.slice(until)) row.done.delete(state);
  };

  io.stderr.share({ erase, draw: () => draw(true) });
  return {
    tell: (told) => {
      erase();
      (isResult(told) ? io.stdout : io.stderr.direct).line(toldText(told));
      draw(true);
    },
    stepStarted: (state, step) => {
      const row = rowOf(step);
      if (row === undefined) return;
      isBegun = true;
      nameSites(state);
      passOver(state, rows.indexOf(row));
      row.at.add(state);
      row.startedAt ??= io.now();
      row.endedAt = undefined;
      row.beside = besideText(state, step);
      draw(true);
    },
    stepDone: (state, { index }) => {
      const row = rows[index];
      if (row === undefined) return;
      row.at.delete(state);
      row.done.add(state);
      stopClock(row, io.now());
      draw(true);
    },
    stepLeft: (state, { index }, why) => {
      const row = rows[index];
      if (row === undefined) return;
      row.at.delete(state);
      if (why === 'ended') row.stopped.add(state);
      stopClock(row, io.now());
      draw(true);
    },
    looked: (state: GroupState, step: ActiveStep) => {
      const row = rowOf(step);
      if (row !== undefined) row.beside = besideText(state, step);
      draw(false);
    },
    ended: (state) => {
      isBegun = true;
      nameSites(state);
      const isWhole = state.end?.is === 'done' && state.end.unseen === undefined;
      if (isWhole) passOver(state, rows.length);
      draw(true);
    },
    pause: () => {
      draw(true);
      drawn = 0;
      isPaused = true;
    },
  };
};
