// Ctrl-C, once and twice, at each stage of a procedure.
import { describe, expect, it } from 'vitest';
import { createChangeSignal } from '../../../plugin/operation/change-signal.ts';
import { createStop } from '../../../plugin/operation/create-stop.ts';
import type { CarryOut } from '../../../plugin/operation/going.ts';
import type { RecordKeeper } from '../../../plugin/operation/keep-record.ts';
import { plainProgress } from '../../../plugin/operation/progress/plain-progress.ts';
import type { RunLog } from '../../../plugin/operation/run-log.ts';
import { factsOf, groupOf } from '../../core/plan/moves.ts';
import { site as sites } from '../../core/plan/volumes.ts';
import { memoryIo } from '../memory-io.ts';

const start = (promotedAt: number | undefined, timeoutMs = 60_000, isRefused = false) => {
  const io = memoryIo();
  const site = { name: 'west' };
  const run = {
    io,
    progress: plainProgress(io),
    request: { timeoutMs },
    changes: createChangeSignal(),
    groups: [groupOf({})],
    session: {
      prepared: { sites: { target: { site } } },
      facts: () => factsOf({ target: sites({ db: isRefused ? 'replica' : 'primary' }) }),
    },
  } as unknown as CarryOut;
  const log = { promotedAt, startedAt: 0, lastPrimaryAt: 4_000, isPromotedBefore: false } as RunLog;
  const keeper = { lost: new AbortController().signal } as RecordKeeper;
  const stop = createStop(run, log, keeper);
  const seen = () =>
    [
      stop.signal.aborted ? 'stops' : 'goes on',
      ...(stop.isInterrupted() ? ['interrupted'] : []),
      ...(stop.isLeft() ? ['left'] : []),
      ...(stop.enough.aborted ? ['waits no more'] : []),
    ].join(', ');
  return { io, stop, seen };
};

describe('Ctrl-C', () => {
  it('stops before the first promote', () => {
    const { io, stop, seen } = start(undefined);
    io.interrupt();
    expect([seen(), io.err()]).toEqual(['stops, interrupted', '']);
    stop.end();
  });

  it('is told of after it, and leaves the second time', () => {
    const { io, stop, seen } = start(1);
    io.interrupt();
    expect(seen()).toBe('goes on');
    expect(io.err()).toBe(
      'Warning: west: the first volume was asked to become primary: it cannot be taken back any more, and goes on; Ctrl-C again leaves it\n',
    );
    io.interrupt();
    expect(seen()).toBe('stops, left');
    stop.end();
  });

  it('does not say that it cannot be taken back while nothing was promoted', () => {
    const { io, stop, seen } = start(1, 60_000, true);
    io.interrupt();
    expect(seen()).toBe('goes on');
    expect(io.err()).toBe(
      'Warning: west: the first volume is about to be promoted, and it goes on; Ctrl-C again leaves it\n',
    );
    stop.end();
  });

  it('ends the wait for the first sync back, and nothing else', () => {
    const { io, stop, seen } = start(1);
    stop.onUp();
    io.interrupt();
    expect(seen()).toBe('goes on, waits no more');
    expect(io.err()).toBe(
      [
        'west: the volumes are primary (volumes primary after 4s); waiting for the first sync back, Ctrl-C leaves that\n',
        'west: everything is done, and the first sync back is not waited for any more\n',
      ].join(''),
    );
    stop.end();
  });

  it('ends that wait the second time, too, where the first came before it', () => {
    const { io, stop, seen } = start(1);
    io.interrupt();
    stop.onUp();
    io.interrupt();
    expect(seen()).toBe('goes on, waits no more');
    stop.end();
  });
});

describe('SIGTERM', () => {
  it('stops before the first promote', () => {
    const { io, stop, seen } = start(undefined);
    io.terminate();
    expect([seen(), io.err()]).toEqual(['stops, interrupted', '']);
    stop.end();
  });

  it('lets what is promoted go on until the application is up, and asks nobody to press anything twice', () => {
    const { io, stop, seen } = start(1);
    io.terminate();
    expect(seen()).toBe('goes on');
    expect(io.err()).toBe(
      'Warning: west: SIGTERM: the first volume was asked to become primary: it cannot be taken back any more, and goes on until the application is up; Ctrl-C leaves it\n',
    );
    stop.onUp();
    expect(seen()).toBe('goes on, waits no more');
    stop.end();
  });

  it('is heeded after a Ctrl-C, which it does not add to', () => {
    const { io, stop, seen } = start(1);
    io.interrupt();
    io.terminate();
    expect(seen()).toBe('goes on');
    stop.onUp();
    expect(seen()).toBe('goes on, waits no more');
    stop.end();
  });

  it('is followed by a Ctrl-C that leaves it', () => {
    const { io, stop, seen } = start(1);
    io.terminate();
    io.interrupt();
    expect(seen()).toBe('stops, left');
    stop.end();
  });
});

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));

describe('time that is up', () => {
  it('leaves what is not done', async () => {
    const { stop, seen } = start(1, 1);
    await aborted(stop.signal);
    expect([seen(), stop.isLate()]).toEqual(['stops', true]);
    stop.end();
  });

  it('ends the wait for the first sync back, as everything else is done', async () => {
    const { stop, seen } = start(1, 1);
    stop.onUp();
    await aborted(stop.enough);
    expect([seen(), stop.isLate()]).toEqual(['goes on, waits no more', false]);
    stop.end();
  });
});
