import { isAskedForPrimary, isPromoteRefusedEverywhere } from '../../core/plan/asked-for-primary.ts';
import { isRunning } from '../../core/workload/is-running.ts';
import { type CarryOut, targetName } from './going.ts';
import type { RecordKeeper } from './keep-record.ts';
import { isPastReturn, type RunLog } from './run-log.ts';
import { describeUp } from './summarize.ts';

/** What ends a run before its end, or its last wait. */
export type Stop = { readonly signal: AbortSignal; readonly enough: AbortSignal; readonly onUp: () => void };

const hasWorkloads = ({ session }: CarryOut): boolean => {
  const { workloads } = session.facts().sites.target;
  return workloads.known && workloads.value.some(isRunning);
};

/**
 * Aborted when the run is to stop where it is: an interruption before the point of no return, a second one at any time, lost leadership,
 * or time.
 */
export const createStop = (run: CarryOut, log: RunLog, keeper: RecordKeeper) => {
  const { io, progress, request } = run;
  const interruption = new AbortController();
  const enough = new AbortController();
  let isUp = false;
  const leaving = new AbortController();
  const tell = (message: string, type: 'Info' | 'Warning' = 'Info'): void =>
    progress.tell({ type, site: targetName(run), message });
  const stopWaiting = (): void => {
    tell('everything is done, and the first sync back is not waited for any more');
    enough.abort();
    run.changes.notify();
  };
  const goesOn = (): boolean =>
    isPastReturn(log) && !isPromoteRefusedEverywhere(run.session.facts(), run.groups);
  // A record is written before the promote itself, which may still be refused.
  const whyItGoesOn = (): string =>
    isAskedForPrimary(run.session.facts(), run.groups)
      ? 'the first volume was asked to become primary: it cannot be taken back any more, and goes on'
      : 'the first volume is about to be promoted, and it goes on';
  const onInterrupt = (): void => {
    if (io.terminated.aborted) return;
    if (isUp) stopWaiting();
    else if (goesOn()) tell(`${whyItGoesOn()}; Ctrl-C again leaves it`, 'Warning');
    else interruption.abort();
  };
  // The application is down: that it is up again is the next point at which nothing is left half done.
  const onTerminate = (): void => {
    if (isUp) stopWaiting();
    else if (goesOn())
      tell(`SIGTERM: ${whyItGoesOn()} until the application is up; Ctrl-C leaves it`, 'Warning');
    else interruption.abort();
  };
  const onSecondInterrupt = (): void => {
    if (isUp && !enough.signal.aborted) stopWaiting();
    else leaving.abort();
  };
  const second = io.heedSecondInterrupt();
  io.signal.addEventListener('abort', onInterrupt, { once: true });
  io.terminated.addEventListener('abort', onTerminate, { once: true });
  second.addEventListener('abort', onSecondInterrupt, { once: true });
  if (io.signal.aborted) onInterrupt();
  if (io.terminated.aborted) onTerminate();
  if (second.aborted) onSecondInterrupt();
  const late = new AbortController();
  const time = AbortSignal.timeout(request.timeoutMs);
  // Nothing is left undone where it only waits for the first sync back.
  const onTime = (): void => (isUp ? stopWaiting() : late.abort());
  time.addEventListener('abort', onTime, { once: true });
  return {
    signal: AbortSignal.any([interruption.signal, leaving.signal, keeper.lost, late.signal]),
    enough: enough.signal,
    /** Nothing is left to be done that an interruption could leave undone. */
    onUp: () => {
      isUp = true;
      if (io.terminated.aborted) {
        stopWaiting();
        return;
      }
      tell(`${describeUp(hasWorkloads(run), log)}; waiting for the first sync back, Ctrl-C leaves that`);
    },
    isInterrupted: () => interruption.signal.aborted,
    isLeft: () => leaving.signal.aborted,
    isLate: () => late.signal.aborted,
    end: () => {
      time.removeEventListener('abort', onTime);
      io.signal.removeEventListener('abort', onInterrupt);
      io.terminated.removeEventListener('abort', onTerminate);
      second.removeEventListener('abort', onSecondInterrupt);
    },
  };
};
