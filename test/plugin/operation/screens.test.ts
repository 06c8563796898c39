// What a person sees of a procedure, compared with stored screens.
import { describe, expect, it } from 'vitest';
import { DrError } from '../../../core/model/error.ts';
import type { PlanDocument } from '../../../core/plan/plan-document.ts';
import { procedures } from '../../../core/plan/procedures.ts';
import { type Block, done, type MoveWrite, type StepName } from '../../../core/plan/step-look.ts';
import {
  type GroupState,
  newCurrentStep,
  newGroupState,
  noteRestored,
} from '../../../plugin/operation/group-state.ts';
import { jsonProgress } from '../../../plugin/operation/progress/json-progress.ts';
import { liveProgress } from '../../../plugin/operation/progress/live-progress.ts';
import { plainProgress } from '../../../plugin/operation/progress/plain-progress.ts';
import type { Progress } from '../../../plugin/operation/progress/progress.ts';
import { shareOutput } from '../../../plugin/operation/progress/share-output.ts';
import { renderPlan } from '../../../plugin/operation/render-plan.ts';
import type { ActiveStep } from '../../../plugin/operation/run-groups.ts';
import { tellBlocks, tellEnd } from '../../../plugin/operation/tell-blocks.ts';
import { factsOf } from '../../core/plan/moves.ts';
import { type MemoryIo, memoryIo } from '../memory-io.ts';

const kinds = procedures.relocate;
const claim = { namespace: 'shop', name: 'db' };

/** A clock that is set by hand, in milliseconds. */
const clock = () => {
  let time = 0;
  return {
    now: () => time,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
};

const activeStep = (name: StepName, why: string): ActiveStep => {
  const kind = kinds.find((it) => it.name === name);
  if (kind === undefined) throw new Error(`a relocate has no step ${name}`);
  const object = { kind: 'PersistentVolumeClaim', ...claim };
  const waits = why === '' ? [] : [{ site: kind.site, object, why }];
  return { kind, state: 'active', look: { writes: [], waits, blocks: [], remarks: [] } };
};

const shared = (io: MemoryIo) => ({ ...io, stderr: shareOutput(io.stderr) });

const siteNames = { source: 'cluster-1', target: 'cluster-2' } as const;

/** A group goes through some steps, a second each. */
const play = (progress: Progress, time: ReturnType<typeof clock>, names: readonly [StepName, string][]) => {
  const group = { name: 'shop/web', volumes: [{ source: claim, target: claim }] };
  const state: GroupState = newGroupState(group, siteNames);
  state.steps = kinds.map((kind) => ({ kind, state: 'later' }));
  for (const [name, why] of names) {
    const step = activeStep(name, why);
    const index = kinds.indexOf(step.kind);
    const current = newCurrentStep(state, step.kind, { index, since: time.now() });
    state.current = current;
    progress.stepStarted(state, step);
    progress.looked(state, step);
    time.pass(1_000);
    progress.looked(state, step);
    if (names.at(-1)?.[0] === name) continue;
    progress.stepDone(state, current, 1_000);
  }
  return state;
};

const story: readonly [StepName, string][] = [
  ['Stop', ''],
  ['Release', 'waits for pod web-0 to end'],
  ['Demote', 'demoting'],
  ['HandOver', 'the other site is demoted: waiting until its last snapshot has arrived'],
];

describe('the progress of a procedure', () => {
  it('is one line for each step and wait, where nobody sits at a terminal', () => {
    const time = clock();
    const io = memoryIo({ now: time.now });
    play(plainProgress(io), time, story);
    expect(io.err()).toMatchInlineSnapshot(`
      "shop/web: cluster-1: Stop the workloads: done in 1s
      shop/web: cluster-1: shop/db: waits for pod web-0 to end
      shop/web: cluster-1: See that nothing uses the volumes: done in 1s
      shop/web: cluster-1: shop/db: demoting
      shop/web: cluster-1: Demote the volumes: done in 1s
      shop/web: cluster-1: shop/db: the other site is demoted: waiting until its last snapshot has arrived
      "
    `);
    expect(io.out()).toBe('');
  });

  it('tells a wait again every half minute, and since when', () => {
    const time = clock();
    const io = memoryIo({ now: time.now });
    const progress = plainProgress(io);
    const state = play(progress, time, [['HandOver', 'waiting']]);
    time.pass(45_000);
    progress.looked(state, activeStep('HandOver', 'waiting'));
    expect(io.err()).toMatchInlineSnapshot(`
      "shop/web: cluster-1: shop/db: waiting
      shop/web: cluster-1: shop/db: waiting (for 46s)
      "
    `);
  });

  it('is a list of all steps that is drawn again in its place on a terminal', () => {
    const time = clock();
    const io = memoryIo({ now: time.now, isTerminal: true });
    play(liveProgress(kinds, 1, shared(io)), time, story);
    const frames = io.err().split('\u001b[J');
    expect(frames.at(-1)).toMatchInlineSnapshot(`
      "+ Restore what the target lacks           cluster-2        -
      + See that the target follows             cluster-1        -
      + Stop the workloads                      cluster-1       1s
      + See that nothing uses the volumes       cluster-1       1s
      + Demote the volumes                      cluster-1       1s
      > See that the last snapshot has arrived  cluster-1       1s
          shop/db: the other site is demoted: waiting until its last snapshot has ar…
        Promote the volumes                     cluster-2
        Start the workloads                     cluster-2
        See that the workloads are ready        cluster-2
        See that it is mirrored back            cluster-2
      "
    `);
    // Each frame goes back over the whole one before it.
    for (const frame of frames.slice(0, -1)) {
      const [lines = '', back = ''] = frame.split('\u001b[');
      expect(back).toBe(`${lines.split('\n').length - 1}A`);
    }
  });

  it('marks a step that nobody needs, in a disaster', () => {
    const time = clock();
    const io = memoryIo({ now: time.now, isTerminal: true });
    const failover = procedures.failover;
    const progress = liveProgress(failover, 1, shared(io));
    const state = newGroupState({ name: 'shop/web', volumes: [] }, siteNames);
    state.steps = failover.map((kind) => ({
      kind,
      state: 'done',
      look: done,
      needlessAs: kind.name === 'HandOver' ? 'cluster-1 does not answer' : undefined,
    }));
    state.end = { is: 'done' };
    progress.ended(state);
    expect(io.err().split('\u001b[J').at(-1)).toMatchInlineSnapshot(`
      "+ Restore what the target lacks           cluster-2        -
      - See that the last snapshot has arrived  cluster-1        -
      + Promote the volumes                     cluster-2        -
      + Start the workloads                     cluster-2        -
      + See that the workloads are ready        cluster-2        -
      "
    `);
  });

  const ended = (told: (progress: Progress) => void): string => {
    const time = clock();
    const io = memoryIo({ now: time.now, isTerminal: true });
    const progress = liveProgress(kinds, 1, shared(io));
    const state = play(progress, time, story);
    const { current } = state;
    state.current = undefined;
    state.end = { is: 'dark', waits: [] };
    if (current !== undefined) progress.stepLeft(state, current, 'ended');
    progress.ended(state);
    told(progress);
    return io.err();
  };

  it('stands at its end, with what is told below it', () => {
    const text = ended((progress) => {
      progress.pause();
      progress.tell({
        type: 'Failed',
        site: 'cluster-1',
        message: 'it has not answered for a minute',
        code: 'SiteDark',
        next: 'kubectl dr failover db -n shop --context cluster-2',
      });
    });
    expect(text.split('\u001b[J').at(-1)).toMatchInlineSnapshot(`
      "+ Restore what the target lacks           cluster-2        -
      + See that the target follows             cluster-1        -
      + Stop the workloads                      cluster-1       1s
      + See that nothing uses the volumes       cluster-1       1s
      + Demote the volumes                      cluster-1       1s
      ! See that the last snapshot has arrived  cluster-1       1s
          shop/db: the other site is demoted: waiting until its last snapshot has ar…
        Promote the volumes                     cluster-2
        Start the workloads                     cluster-2
        See that the workloads are ready        cluster-2
        See that it is mirrored back            cluster-2
      error: cluster-1: it has not answered for a minute; next: kubectl dr failover db -n shop --context cluster-2
      "
    `);
  });

  it('is drawn again below what others write meanwhile, and over what a terminal echoes', () => {
    const time = clock();
    const io = memoryIo({ now: time.now, isTerminal: true });
    const { stderr, ...rest } = shared(io);
    const progress = liveProgress(kinds.slice(0, 2), 1, { ...rest, stderr });
    stderr.write('Warning: before anything is drawn\n');
    play(progress, time, [['Restore', '']]);
    stderr.write('Warning: in between\n');
    progress.pause();
    stderr.write('Go on? ');
    expect(io.err().replaceAll('\u001b', 'ESC').replaceAll('\r', 'CR')).toMatchInlineSnapshot(`
      "Warning: before anything is drawn
      > Restore what the target lacks  cluster-2       0s
        See that the target follows    cluster-1
      CRESC[2AESC[J> Restore what the target lacks  cluster-2       1s
        See that the target follows    cluster-1
      CRESC[2AESC[JWarning: in between
      > Restore what the target lacks  cluster-2       1s
        See that the target follows    cluster-1
      CRESC[2AESC[J> Restore what the target lacks  cluster-2       1s
        See that the target follows    cluster-1
      Go on? "
    `);
  });

  it('draws nothing before the first step: there may be a question', () => {
    const io = memoryIo({ isTerminal: true });
    const progress = liveProgress(kinds, 1, shared(io));
    progress.tell({ type: 'Warning', site: 'cluster-1', message: 'DR303: the last sync is late' });
    progress.pause();
    expect(io.err()).toBe('Warning: cluster-1: DR303: the last sync is late\n');
  });

  it('counts what is restored', () => {
    const restoring = (): { plain: string; live: string } => {
      const time = clock();
      const [plain, live] = [
        memoryIo({ now: time.now }),
        memoryIo({ now: time.now, isTerminal: true }),
      ] as const;
      for (const progress of [plainProgress(plain), liveProgress(kinds, 1, shared(live))]) {
        const state = newGroupState({ name: 'shop/web', volumes: [] }, siteNames);
        state.steps = kinds.map((kind) => ({ kind, state: 'later' }));
        const step = activeStep('Restore', '');
        const write = (kind: string, name: string) =>
          ({ kind: 'restore', site: 'target', object: { kind, namespace: 'shop', name } }) as const;
        const writes = [
          write('PersistentVolumeClaim', 'db'),
          write('PersistentVolumeClaim', 'logs'),
          write('Deployment', 'web'),
        ];
        const current = newCurrentStep(state, step.kind, { index: 0, since: time.now() });
        state.current = current;
        for (const rest of [writes, writes.slice(2)]) noteRestored(current, { ...step.look, writes: rest });
        progress.stepStarted(state, step);
        progress.stepDone(state, current, 2_500);
      }
      return { plain: plain.err(), live: live.err().split('\n').slice(0, 2).join('\n') };
    };
    expect(restoring()).toMatchInlineSnapshot(`
      {
        "live": "> Restore what the target lacks           cluster-2       0s
          2 volumes, 1 workload",
        "plain": "shop/web: cluster-2: Restore what the target lacks (2 volumes, 1 workload): done in 2s
      ",
      }
    `);
  });

  it('counts groups where there are several', () => {
    const time = clock();
    const io = memoryIo({ now: time.now, isTerminal: true });
    const progress = liveProgress(kinds, 3, shared(io));
    play(progress, time, [
      ['Stop', ''],
      ['Release', 'waits for pod web-0 to end'],
    ]);
    expect(io.err().split('\u001b[J').at(-1)).toMatchInlineSnapshot(`
      "+ Restore what the target lacks           cluster-2        - 1/3
      + See that the target follows             cluster-1        - 1/3
      + Stop the workloads                      cluster-1       1s 1/3
      > See that nothing uses the volumes       cluster-1       1s 0/3
          shop/db: waits for pod web-0 to end
        Demote the volumes                      cluster-1          0/3
        See that the last snapshot has arrived  cluster-1          0/3
        Promote the volumes                     cluster-2          0/3
        Start the workloads                     cluster-2          0/3
        See that the workloads are ready        cluster-2          0/3
        See that it is mirrored back            cluster-2          0/3
      "
    `);
  });

  it('is a document for each event, with stable names', () => {
    const time = clock();
    const io = memoryIo({ now: time.now });
    const progress = jsonProgress('relocate', io);
    play(progress, time, [
      ['Stop', ''],
      ['Release', 'waits for pod web-0 to end'],
    ]);
    progress.tell({ type: 'Done', site: 'cluster-2', message: '1 volume relocated' });
    const events = io
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type, step, site, message }) => [type, step, site, message])).toMatchInlineSnapshot(`
      [
        [
          "StepStarted",
          "Stop",
          "cluster-1",
          "Stop the workloads",
        ],
        [
          "StepDone",
          "Stop",
          "cluster-1",
          "",
        ],
        [
          "StepStarted",
          "Release",
          "cluster-1",
          "See that nothing uses the volumes",
        ],
        [
          "Waiting",
          "Release",
          "cluster-1",
          "shop/db: waits for pod web-0 to end",
        ],
        [
          "Done",
          null,
          "cluster-2",
          "1 volume relocated",
        ],
      ]
    `);
    expect(Object.keys(events[0])).toMatchInlineSnapshot(`
      [
        "apiVersion",
        "kind",
        "time",
        "verb",
        "type",
        "group",
        "step",
        "site",
        "object",
        "message",
        "code",
        "nextCommand",
        "elapsedSeconds",
      ]
    `);
  });
});

const planned: PlanDocument = {
  apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
  kind: 'Plan',
  verb: 'relocate',
  from: 'cluster-1',
  to: 'cluster-2',
  createdAt: '2026-11-25T12:00:00Z',
  volumes: [
    {
      group: 'shop/web',
      source: claim,
      target: claim,
      driver: 'rbd.csi.ceph.com',
      volumeHandle: 'handle',
      sourceRole: 'primary',
      targetRole: 'none',
    },
  ],
  workloads: [{ group: 'shop/web', kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 3 }],
  steps: kinds.map((kind, index) => ({
    number: index + 1,
    name: kind.name,
    title: kind.title,
    site: siteNames[kind.site],
    objects: [{ kind: 'PersistentVolumeClaim', ...claim }],
    reads: kind.reads,
    writes: kind.writes || null,
    waitsFor: kind.waitsFor || null,
    undo: kind.undo || null,
    canUndoAfter: kind.canUndoAfter,
    estimateSeconds: kind.name === 'HandOver' ? 75 : null,
    estimateSource: null,
    groupsDone: 0,
    groups: 1,
    needlessAs: null,
  })),
  losses: [],
  warnings: [],
};

describe('a refusal', () => {
  it('names the rule, the object and the next command', () => {
    const io = memoryIo();
    const object = { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'db' };
    const blocks: Block[] = [
      {
        site: 'target',
        object,
        obstacle: {
          code: 'DR102',
          message: 'east is primary for the volume of claim shop/db: both sites would write',
          next: 'kubectl dr relocate db -n shop --context west',
        },
        isRule: true,
      },
      {
        site: 'source',
        object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
        obstacle: { code: 'NotFound', message: 'nothing brings it' },
        isRule: false,
      },
    ];
    expect(tellBlocks(blocks, 'shop/web', factsOf({}), plainProgress(io))).toBe('Failed');
    expect(io.err()).toMatchInlineSnapshot(`
      "refused: west: pvc/db in shop: DR102: east is primary for the volume of claim shop/db: both sites would write; next: kubectl dr relocate db -n shop --context west
      error: east: deployment/web in shop: nothing brings it
      "
    `);
  });

  it('tells of a write that failed without a hint for a command', () => {
    const io = memoryIo();
    const state = newGroupState({ name: 'shop/web', volumes: [] }, siteNames);
    const write: MoveWrite = {
      kind: 'restore',
      site: 'target',
      object: { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'db' },
    };
    const error = new DrError({ code: 'RestoreConflict', message: 'it is there', hint: 'look at it first' });
    state.end = { is: 'failed', write, error };
    tellEnd(state, factsOf({}), jsonProgress('relocate', io));
    expect(JSON.parse(io.out())).toMatchObject({
      type: 'Failed',
      message: 'it is there; look at it first',
      nextCommand: null,
    });
  });
});

describe('a plan', () => {
  it('shows its steps in order, and where the way back ends', () => {
    expect(renderPlan(planned, { wide: false })).toMatchInlineSnapshot(`
      "relocate from cluster-1 to cluster-2: 1 volume of shop/web

      STEP   SITE        WHAT                                     OBJECTS    WAITS FOR                        ESTIMATE
      1      cluster-2   Restore what the target lacks            1 volume   every claim bound                <unknown>
      2      cluster-1   See that the target follows              1 volume   a sync since the promotion       <unknown>
      3      cluster-1   Stop the workloads                       1 volume   -                                <unknown>
      4      cluster-1   See that nothing uses the volumes        1 volume   no pod and no VolumeAttachment   <unknown>
      5      cluster-1   Demote the volumes                       1 volume   state Secondary                  <unknown>
      6      cluster-1   See that the last snapshot has arrived   1 volume   both sides demoted and equal     75s
      -- up to here it can be taken back; from here on it can only be moved back --
      7      cluster-2   Promote the volumes                      1 volume   state Primary                    <unknown>
      8      cluster-2   Start the workloads                      1 volume   -                                <unknown>
      9      cluster-2   See that the workloads are ready         1 volume   as many ready pods as replicas   <unknown>
      10     cluster-2   See that it is mirrored back             1 volume   the first sync back              <unknown>"
    `);
  });

  it('says what is over already, where it was begun', () => {
    const steps = planned.steps.map((step, index) => ({ ...step, groups: 2, groupsDone: index < 4 ? 2 : 0 }));
    const begun = {
      ...planned,
      steps: steps.map((step, index) => (index === 4 ? { ...step, groupsDone: 1 } : step)),
    };
    const states = renderPlan(begun, { wide: false })
      .split('\n')
      .filter((line) => /^\d/.test(line))
      .map((line) => line.split(/ {2,}/).at(-1));
    expect(states.slice(0, 6)).toEqual(['done', 'done', 'done', 'done', '1/2', '75s']);
  });

  it('does not say of what takes back that it can be taken back', () => {
    const steps = procedures.undo.map((kind, index) => ({
      ...planned.steps[index]!,
      name: kind.name,
      title: kind.title,
      canUndoAfter: kind.canUndoAfter,
    }));
    expect(renderPlan({ ...planned, verb: 'undo', steps }, { wide: false })).not.toContain('-- ');
  });

  it('tells with -o wide what each step reads and writes, and what takes it back', () => {
    expect(renderPlan(planned, { wide: true }).split('\n')[2]).toMatchInlineSnapshot(
      `"STEP   SITE        WHAT                                     OBJECTS    READS                                                               WRITES                                                            WAITS FOR                        UNDO                   ESTIMATE"`,
    );
  });
});
