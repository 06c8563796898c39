import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import type { OperationRecord } from '../../../core/operation/operation-record.ts';
import { assess } from '../../../core/status/assess.ts';
import type { SiteSnapshot } from '../../../core/status/snapshot.ts';
import { record } from '../operation/records.ts';
import { ago, darkSite, now, site, type VrSketch, vr } from './objects.ts';

type Status = NonNullable<OperationRecord['status']>;

const primary: VrSketch = { synced: 3 };
const replica: VrSketch = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] };
const inSync: VrSketch = { wants: 'secondary', state: 'Secondary', sets: ['inSync'], changed: 1 };

const at = (name: string, sketch: VrSketch | undefined, ...operations: OperationRecord[]): SiteSnapshot =>
  site(name, { replications: sketch ? [vr(sketch)] : [], operations: known(operations) });

const operation = (status: Status, spec: Partial<OperationRecord['spec']> = {}): OperationRecord =>
  record({ name: 'op-1', spec, status, createdAt: ago(60) });

const renewed = (minutes: number) => ({ holder: 'h', renewTime: ago(minutes), leaseDurationSeconds: 15 });

const running = (minutes = 0.1): Status => ({
  phase: 'Running',
  startedAt: ago(minutes + 8),
  lease: renewed(minutes),
  steps: [
    { name: 'Stop', site: 'east', startedAt: ago(minutes + 8), endedAt: ago(minutes + 3) },
    { name: 'Demote', site: 'east', startedAt: ago(minutes + 3) },
  ],
});

const stopped: Status = {
  phase: 'Failed',
  message: 'time was up',
  startedAt: ago(20),
  endedAt: ago(12),
  steps: [{ name: 'Promote', site: 'west', startedAt: ago(15) }],
};

const only = (here: SiteSnapshot, there?: SiteSnapshot) => {
  const volumes = assess({ here, there, now });
  expect(volumes).toHaveLength(1);
  return volumes[0]!.verdict;
};

const history = 'kubectl dr history op-1 -n shop --context east';
const resume = 'kubectl dr resume op-1 -n shop --context east';
const undo = 'kubectl dr undo op-1 -n shop --context east';
const silent = { phase: 'Running', lease: renewed(50) } as const;

describe('a running operation', () => {
  it.each<{ title: string; here?: VrSketch; there?: VrSketch }>([
    { title: 'healthy', here: primary, there: replica },
    { title: 'without a primary', here: inSync, there: inSync },
    { title: 'lagging', here: { synced: 30 }, there: replica },
    {
      title: 'that a promote fails for',
      here: inSync,
      there: { state: 'Secondary', sets: ['promoteFailed'], changed: 60 },
    },
  ])('explains a volume that is $title', ({ here, there }) => {
    expect(only(at('east', here, operation(running())), at('west', there))).toEqual({
      name: 'Moving',
      level: 'info',
      reason: 'Operation',
      message: 'relocate by alice, at step Demote since 3m6s',
      next: history,
    });
  });

  it('is seen from a site that has no record of it', () => {
    expect(only(at('west', inSync), at('east', inSync, operation(running()))).next).toBe(history);
  });

  it('has begun as soon as its record is there', () => {
    const fresh = record({ name: 'op-1', createdAt: ago(0.1) });
    expect(only(at('east', primary, fresh), at('west', replica)).message).toBe('relocate by alice, since 6s');
  });

  it('does not hide two primaries', () => {
    const verdict = only(at('east', primary, operation(running())), at('west', { changed: 5 }));
    expect(verdict).toMatchObject({ name: 'SplitBrain', reason: 'TwoPrimaries', level: 'error' });
    expect(verdict.message).toMatch(/; relocate by alice, at step Demote since 3m6s$/);
  });

  it('does not hide a site that cannot be read', () => {
    const verdict = only(darkSite('west'), at('east', inSync, operation(running(), { verb: 'Failover' })));
    expect(verdict).toMatchObject({ name: 'Unknown', reason: 'SiteUnreadable' });
    expect(verdict.message).toContain('failover by alice, at step Demote');
  });

  it('does not hide that protection is being taken away', () => {
    const deleting = { ...primary, deleting: 1 };
    expect(only(at('east', deleting, operation(running())), at('west', replica)).name).toBe('Unprotected');
  });

  it('explains nothing any more once nobody has written to it for long', () => {
    const verdict = only(at('east', inSync, operation(running(50))), at('west', inSync));
    expect(verdict).toEqual({
      name: 'NoPrimary',
      level: 'error',
      reason: 'OperationStopped',
      message: 'no site is primary: relocate by alice has not been heard of for 50m, at step Demote',
      next: resume,
    });
  });

  it('is taken for running within what two clocks may differ by', () => {
    expect(only(at('east', inSync, operation(running(4.9))), at('west', inSync)).reason).toBe('Operation');
  });

  it('is no business of another volume', () => {
    const other = operation(running(), { volumes: [{ persistentVolumeClaim: 'web' }] });
    expect(only(at('east', primary, other), at('west', replica)).name).toBe('Protected');
  });

  it('that has the name on a line of its own breaks no row', () => {
    const odd = operation(running(), { by: 'alice\nx   y\u001b[31m' });
    expect(only(at('east', primary, odd), at('west', replica)).message).toMatch(
      /^relocate by alice x y \[31m, at step/,
    );
  });
});

describe('an operation that stopped', () => {
  it('is why there is no primary, and resume is next', () => {
    expect(only(at('east', inSync, operation(stopped)), at('west', inSync))).toEqual({
      name: 'NoPrimary',
      level: 'error',
      reason: 'OperationStopped',
      message: 'no site is primary: relocate by alice stopped at step Promote 12m ago: time was up',
      next: resume,
    });
  });

  it('is nothing to go on with where the driver does not find the volume that it promotes', () => {
    const notFound: VrSketch = { state: 'Unknown', sets: ['volumeNotFound'], changed: 1 };
    const verdict = only(at('east', inSync, operation(stopped)), at('west', notFound));
    expect(verdict).toMatchObject({
      name: 'NoPrimary',
      level: 'error',
      reason: 'UnknownToDriver',
      next: 'kubectl dr undo op-1 -n shop --context east',
    });
    expect(verdict.message).toMatch(
      /^no site is primary: promote on west fails for 60s.*--map-volume-handle/,
    );
  });

  it('leaves a replica that the driver does not find, and that has to be made anew', () => {
    const replica: VrSketch = { wants: 'secondary', state: 'Unknown', sets: ['volumeNotFound'], changed: 1 };
    expect(only(at('east', primary), at('west', { ...replica, message: 'pool 2 not found' }))).toMatchObject({
      name: 'Degraded',
      reason: 'UnknownToDriver',
      next: 'kubectl dr unprotect db -n shop --context west',
    });
  });

  it.each<[string, VrSketch, Partial<VrSketch>]>([
    ['whose promote was withdrawn there', inSync, { wants: 'secondary', message: 'pool 2 not found' }],
    [
      'that goes by a handle that nobody finds there',
      primary,
      { wants: 'secondary', message: 'pool 2 not found' },
    ],
    ['that is asked to become primary there', inSync, { wants: 'primary' }],
  ])('is taken back before the protection of a volume is ended %s', (_, here, asked) => {
    const notFound: VrSketch = { state: 'Unknown', sets: ['volumeNotFound'], changed: 1, ...asked };
    const verdict = only(at('east', here, operation(stopped)), at('west', notFound));
    expect(verdict).toMatchObject({
      reason: 'UnknownToDriver',
      message: expect.stringContaining('take the move back, end the protection on west'),
      next: undo,
    });
  });

  const steps = (...made: [string, string][]): Status => ({
    ...stopped,
    steps: made.map(([name, site]) => ({ name, site, startedAt: ago(15) })),
  });

  it.each<[string, OperationRecord, string]>([
    ['withdrew a promote', operation(steps(['Promote', 'west'], ['Demote', 'west'])), undo],
    ['promoted where it came from', operation(steps(['Promote', 'west'], ['Promote', 'east'])), undo],
    ['has not been heard of since', operation({ ...steps(['Promote', 'east']), ...silent }), undo],
    ['demoted where it came from', operation(steps(['Demote', 'east'])), resume],
    [
      'is a failback that demoted the older copy',
      operation(steps(['Demote', 'west']), { verb: 'Failback' }),
      resume,
    ],
    [
      'has gone on since, and is past its return',
      operation({ ...steps(['Promote', 'east'], ['Promote', 'west']), pointOfNoReturnAt: ago(13) }),
      resume,
    ],
  ])('goes on in the direction that it was going in: one that %s', (_, given, next) => {
    expect(only(at('east', inSync, given), at('west', inSync))).toMatchObject({
      reason: 'OperationStopped',
      next,
    });
    const well = only(at('east', primary, given), at('west', replica));
    expect(well).toMatchObject({ reason: 'Replicating', next });
  });

  it('is told rather than what fails on a side that is demoted, with why', () => {
    const failing = {
      wants: 'secondary',
      state: 'Secondary',
      sets: ['resyncFailed'],
      message: 'no last sync',
    } as const;
    expect(only(at('east', failing, operation(stopped)), at('west', inSync))).toMatchObject({
      name: 'NoPrimary',
      message: expect.stringMatching(/stopped at step Promote .*; east: no last sync$/),
      next: resume,
    });
    expect(only(at('east', failing), at('west', inSync)).message).toMatch(
      /^east is demoted, and its look at the other copy fails.*: no last sync/,
    );
  });

  it('does not say that there is no primary where one is to come', () => {
    const asked = { wants: 'primary', state: 'Secondary', generation: 2, observed: 1 } as const;
    expect(only(at('east', inSync, operation(stopped)), at('west', asked))).toMatchObject({
      reason: 'ControllerNotActing',
      message: expect.stringContaining('relocate by alice stopped'),
    });
  });

  it('does not go on while a site that it needs is dark', () => {
    const ofRelocate = only(darkSite('west'), at('east', inSync, operation(stopped)));
    expect(ofRelocate.message).toMatch(/relocate by alice stopped .*: time was up$/);
    const fromWest = { verb: 'Failover', from: { name: 'west' }, to: { name: 'east' } } as const;
    const failover = operation(steps(['Promote', 'east']), fromWest);
    expect(only(darkSite('west'), at('east', inSync, failover)).message).toContain(
      'continue it with "kubectl dr resume',
    );
    const takenBack = operation(steps(['Promote', 'east'], ['Promote', 'west']), fromWest);
    expect(only(darkSite('west'), at('east', inSync, takenBack)).message).not.toContain('continue it with');
  });

  it('is told beside a verdict that has no next command, which resume then is', () => {
    expect(only(at('east', primary, operation(stopped)), at('west', replica))).toEqual({
      name: 'Protected',
      level: 'ok',
      reason: 'Replicating',
      message:
        'east is primary and replicating; relocate by alice stopped at step Promote 12m ago: time was up',
      next: resume,
    });
  });

  it('leaves the next command of another verdict as it is', () => {
    const verdict = only(at('east', { synced: 30 }, operation(stopped)), at('west', replica));
    expect(verdict).toMatchObject({ name: 'Lagging', next: expect.stringContaining('describe vr db-vr') });
    expect(verdict.message).toMatch(
      /; relocate by alice stopped .*; continue it with "kubectl dr resume op-1 /,
    );
  });

  it('does not hide two primaries', () => {
    const verdict = only(at('east', primary, operation(stopped)), at('west', { changed: 5 }));
    expect(verdict).toMatchObject({ name: 'SplitBrain', next: expect.stringContaining('describe pvc db') });
  });

  it.each(['Succeeded', 'Undone', 'Superseded'] as const)('and is %s says nothing', (phase) => {
    const over = operation({ ...stopped, phase });
    expect(only(at('east', inSync, over), at('west', inSync))).toMatchObject({
      reason: 'InSync',
      message: expect.not.stringContaining('alice'),
    });
  });
});

describe('a failover that left a stale site', () => {
  const failover = (minutesAgo: number) =>
    operation(
      { phase: 'Succeeded', startedAt: ago(minutesAgo), endedAt: ago(minutesAgo - 2), staleSite: 'east' },
      { verb: 'Failover' },
    );

  it('says which of two primaries is the older, and how to return', () => {
    const here = at('east', { changed: 60 });
    const verdict = only(here, at('west', { changed: 9 }, failover(10)));
    expect(verdict).toMatchObject({
      name: 'SplitBrain',
      reason: 'TwoPrimaries',
      message:
        'both sites are primary (east for 60m, west for 9m): east was left behind by a failover and has the older copy: stop the pods there, then fail back',
      next: 'kubectl dr failback db -n shop --context west',
    });
  });

  it('says nothing of a side that was promoted again since', () => {
    const verdict = only(at('east', { changed: 5 }), at('west', { changed: 9 }, failover(10)));
    expect(verdict.message).not.toContain('older');
  });
});

describe('records that cannot be read', () => {
  it.each([
    { title: 'healthy', here: primary, there: replica, name: 'Protected' },
    { title: 'without a primary', here: inSync, there: inSync, name: 'NoPrimary' },
  ])('make no verdict worse: $title', ({ here, there, name }) => {
    const operations = unknown('operations of east cannot be read: forbidden');
    const dark = site('east', { replications: [vr(here)], operations });
    expect(only(dark, at('west', there))).toEqual(only(at('east', here), at('west', there)));
    expect(only(dark, at('west', there)).name).toBe(name);
  });

  it('leave those of the other site', () => {
    const dark = site('east', { replications: [vr(inSync)], operations: unknown('forbidden') });
    expect(only(dark, at('west', inSync, operation(running()))).next).toBe(
      'kubectl dr history op-1 -n shop --context west',
    );
  });
});
