// What is told of the steps of a group, while both sites change under it.
import { describe, expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import { createChangeSignal } from '../../../plugin/operation/change-signal.ts';
import { jsonProgress } from '../../../plugin/operation/progress/json-progress.ts';
import { plainProgress } from '../../../plugin/operation/progress/plain-progress.ts';
import type { Progress } from '../../../plugin/operation/progress/progress.ts';
import { runGroups } from '../../../plugin/operation/run-groups.ts';
import { factsOf, groupOf, type MoveSketch } from '../../core/plan/moves.ts';
import { podOn, site, standing } from '../../core/plan/volumes.ts';
import { deployments, workloadOf } from '../../core/workload/objects.ts';
import { memoryIo } from '../memory-io.ts';

const names = { source: 'east', target: 'west' } as const;

/** One group goes as far as it can, and both sites show the next sketch at each look. */
const follow = async (
  progress: Progress,
  sketches: readonly MoveSketch[],
  { enough = new AbortController().signal, signal = new AbortController().signal } = {},
): Promise<string> => {
  const changes = createChangeSignal();
  let looks = 0;
  const [state] = await runGroups({
    groups: [groupOf({})],
    facts: () => {
      const sketch = sketches[Math.min(looks, sketches.length - 1)] ?? {};
      looks += 1;
      setTimeout(changes.notify, 0);
      return factsOf(sketch);
    },
    siteName: (role) => names[role],
    perform: async () => undefined,
    changes,
    events: {
      onStep: progress.stepStarted,
      onStepDone: progress.stepDone,
      onStepLeft: progress.stepLeft,
      onLook: progress.looked,
      onRetry: () => undefined,
      onEnd: progress.ended,
    },
    enough,
    signal,
    now: () => 0,
  });
  const end = state?.end;
  return end?.is === 'set back' ? `set back: ${end.who}` : (end?.is ?? 'open');
};

const web = (replicas: number) => [
  workloadOf(deployments, { replicas }, { status: { observedGeneration: 1, readyReplicas: replicas } }),
];
const before = { source: site({ db: 'followed' }), sourceRuns: web(2) };
const stopped = { source: site({ db: 'followed' }), sourceRuns: web(0) };
const inUse = { ...stopped, source: { ...site({ db: 'followed' }), pods: known([podOn('db')]) } };
const demoted = { source: site({ db: 'inSync' }), sourceRuns: web(0), targetRuns: web(0) };
const up = { ...demoted, target: site({ db: 'primary' }), targetRuns: web(2) };
const over = { ...up, target: site({ db: 'followed' }) };

const typesOf = (out: string): string[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type.startsWith('Step'))
    .map(({ type, step }) => `${type} ${step}`);

describe('a step that has begun is told as done, or as left', () => {
  test('where one before it comes undone', async () => {
    const io = memoryIo();
    const story = [before, inUse, before, stopped, demoted, up, over];
    expect(await follow(jsonProgress('relocate', io), story)).toBe('done');
    expect(typesOf(io.out())).toEqual([
      'StepStarted Stop',
      'StepDone Stop',
      'StepStarted Release',
      'StepLeft Release',
      'StepStarted Stop',
      'StepDone Stop',
      'StepStarted Demote',
      'StepDone Demote',
      'StepStarted Promote',
      'StepDone Promote',
      'StepStarted Reverse',
      'StepDone Reverse',
    ]);
  });

  test('where the group goes no further', async () => {
    const io = memoryIo();
    const nothing = { source: { ...site({ db: 'primary' }), claims: known([]), volumes: known([]) } };
    const gone = { target: { claims: known([]), volumes: known([]) }, ...nothing };
    expect(await follow(jsonProgress('relocate', io), [before, gone])).toBe('blocked');
    expect(typesOf(io.out()).slice(-1)).toEqual(['StepLeft Restore']);
  });

  test('where nobody waits for the first sync back any more', async () => {
    const io = memoryIo();
    expect(await follow(jsonProgress('relocate', io), [demoted, up], { enough: AbortSignal.abort() })).toBe(
      'done',
    );
    expect(typesOf(io.out()).slice(-1)).toEqual(['StepLeft Reverse']);
  });

  test('where it is interrupted', async () => {
    const io = memoryIo();
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 100);
    await expect(
      follow(jsonProgress('relocate', io), [before, inUse], { signal: stop.signal }),
    ).rejects.toThrow('enough');
    expect(typesOf(io.out()).slice(-2)).toEqual(['StepStarted Release', 'StepLeft Release']);
  });
});

test('line by line, what comes undone is told, and what is made again', async () => {
  const io = memoryIo();
  await follow(plainProgress(io), [before, inUse, before, stopped, demoted, up, over]);
  expect(io.err()).toMatchInlineSnapshot(`
    "shop/web: east: Stop the workloads: done in 0s
    shop/web: east: shop/db: waits for pod db-0 to end
    shop/web: east: See that nothing uses the volumes: not over: a step before it has come undone
    shop/web: east: Stop the workloads: done again in 0s
    shop/web: east: Demote the volumes: done in 0s
    shop/web: west: Promote the volumes: done in 0s
    shop/web: west: shop/db: waits for the first sync from west
    shop/web: west: See that it is mirrored back: done in 0s
    "
  `);
});

describe('a replication that somebody sets back each time', () => {
  const setBackBy = (manager: string): MoveSketch => ({
    ...stopped,
    source: {
      replications: known([
        {
          ...standing('followed'),
          metadata: {
            ...standing('followed').metadata,
            managedFields: [
              {
                manager: 'kubectl-dr',
                time: '2026-01-01T00:00:00Z',
                fieldsV1: { 'f:spec': { 'f:replicationState': {} } },
              },
              { manager, time: '2026-01-01T00:00:01Z', fieldsV1: { 'f:spec': { 'f:replicationState': {} } } },
            ],
          },
        },
      ]),
    },
  });

  test('is given up after some tries, with who did it', async () => {
    const io = memoryIo();
    const story = Array.from({ length: 12 }, () => setBackBy('kustomize-controller'));
    expect(await follow(jsonProgress('relocate', io), story)).toBe(
      'set back: field manager kustomize-controller asked for primary meanwhile',
    );
  });

  test('is named, too, where what it shows just then stands against going on', async () => {
    const io = memoryIo();
    const asked = setBackBy('argocd-controller');
    const between: MoveSketch = {
      ...asked,
      source: {
        replications: known([
          {
            ...standing('toBePromoted'),
            metadata: {
              ...standing('toBePromoted').metadata,
              managedFields: [
                {
                  manager: 'argocd-controller',
                  time: '2026-01-01T00:00:01Z',
                  fieldsV1: { 'f:spec': { 'f:replicationState': {} } },
                },
              ],
            },
          },
        ]),
      },
    };
    expect(await follow(jsonProgress('relocate', io), [asked, between])).toBe(
      'set back: field manager argocd-controller asked for primary meanwhile',
    );
  });

  test('is gone on with where it was once', async () => {
    const io = memoryIo();
    expect(
      await follow(jsonProgress('relocate', io), [
        setBackBy('x'),
        demoted,
        setBackBy('x'),
        demoted,
        up,
        over,
      ]),
    ).toBe('done');
  });
});
