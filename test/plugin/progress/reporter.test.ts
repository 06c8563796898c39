import { describe, expect, test } from 'vitest';
import { exitCodeOf, type Outcome } from '../../../plugin/progress/outcome.ts';
import { createReporter } from '../../../plugin/progress/reporter.ts';
import type { RunEvent } from '../../../plugin/progress/run-event.ts';
import { memoryIo } from '../memory-io.ts';

const object = { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'db' };
const event = (type: RunEvent['type'], more: Partial<RunEvent> = {}): RunEvent => ({
  type,
  site: 'cluster-2',
  object,
  message: 'promoted in 3s',
  ...more,
});

const tell = (output: 'text' | 'json' | 'name', events: readonly RunEvent[]) => {
  const io = memoryIo();
  const reporter = createReporter({ verb: 'promote', output, io });
  for (const one of events) reporter.report(one);
  return io;
};

describe('what happens is told', () => {
  test('results on stdout, everything else on stderr', () => {
    const io = tell('text', [
      event('Waiting', { message: 'becoming primary' }),
      event('Done'),
      event('Refused', { code: 'DR102', message: 'cluster-1 is primary', next: 'kubectl dr demote db' }),
      event('Failed', { code: 'Unreachable', message: 'no route to host' }),
      event('Warning', { message: 'no peer is known', object: undefined }),
    ]);
    expect(io.out()).toBe('cluster-2: pvc/db in shop promoted in 3s\n');
    expect(io.err()).toBe(
      [
        'cluster-2: pvc/db in shop: becoming primary',
        'refused: cluster-2: pvc/db in shop: DR102: cluster-1 is primary; next: kubectl dr demote db',
        'error: cluster-2: pvc/db in shop: no route to host',
        'Warning: cluster-2: no peer is known',
        '',
      ].join('\n'),
    );
  });

  test('what is waited for once, until it changes', () => {
    const waiting = (message: string) => event('Waiting', { message });
    const io = tell('text', [waiting('a'), waiting('a'), waiting('b'), waiting('a')]);
    expect(io.err().match(/: [ab]$/gm)).toEqual([': a', ': b', ': a']);
  });

  test('as one JSON document per line, with stable names', () => {
    const io = tell('json', [event('Refused', { code: 'DR102', next: 'kubectl dr status' }), event('Done')]);
    expect(io.err()).toBe('');
    const [refused, done] = io
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(refused).toEqual({
      apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
      kind: 'Event',
      time: '1970-01-01T00:00:00.000Z',
      verb: 'promote',
      type: 'Refused',
      site: 'cluster-2',
      object,
      message: 'promoted in 3s',
      code: 'DR102',
      nextCommand: 'kubectl dr status',
      elapsedSeconds: 0,
    });
    expect(done).toMatchObject({ type: 'Done', code: null, nextCommand: null });
  });

  test('with -o name by the name of what changed alone', () => {
    expect(tell('name', [event('Done'), event('Failed')]).out()).toBe('persistentvolumeclaim/db\n');
  });
});

test.each<[readonly Outcome[], number]>([
  [['Done', 'Unchanged', 'Planned'], 0],
  [[], 0],
  [['Done', 'Failed'], 6],
  [['Unchanged', 'Refused'], 6],
  [['Failed', 'Refused'], 1],
  [['Refused', 'TimedOut'], 4],
  [['TimedOut'], 5],
])('%j ends with %i', (outcomes, code) => {
  expect(exitCodeOf(outcomes)).toBe(code);
});
