// A copy that was demoted with writes of its own: nothing that is written on the other site reaches it until it is resynced.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followedCondition } from '../../core/following/followed.ts';
import { consentAnnotations, guardedVolumes, replication } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  type Ended,
  haveKubectl,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

type Conditions = { status?: { conditions?: { type: string; status: string; reason: string }[] } };

describe.skipIf(!haveKubectl).each(serverFlavours)('copies that parted, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let at: ReturnType<typeof guardedVolumes>;

  beforeAll(async () => {
    sandbox = await startSandbox('--clock-factor=60', ...flags);
    at = guardedVolumes(sandbox);
    await at.setUpClasses();
  });
  afterAll(() => sandbox?.end());
  mendAfterFailures(() => sandbox);

  const secondary = { replicationState: 'secondary' };

  /** Primary on cluster-1, and followed by a copy on cluster-2. */
  const follow = async (name: string): Promise<void> => {
    await at.carryOver(name, await at.protect('cluster-1', name));
    await at.succeed('cluster-2', ['apply', '-f', '-'], replication(name, 'secondary'));
    await at.succeed('cluster-1', ['wait', 'vr', name, '--for=condition=Followed', '--timeout=50s']);
  };

  const followedOn = async (name: string): Promise<string> => {
    const { status }: Conditions = await at.read('cluster-1', 'vr', name);
    const found = status?.conditions?.find(({ type }) => type === followedCondition);
    return `${found?.status} ${found?.reason}`;
  };

  const verdictOf = async (name: string): Promise<{ verdict: string; reason: string; next: string }> => {
    const { stdout } = await sandbox.dr('status', name, '-o', 'json', '--context', 'cluster-1');
    const [{ verdict, reason, nextCommand }] = JSON.parse(stdout).items;
    return { verdict, reason, next: nextCommand };
  };

  const runPrinted = (command: string, ...more: string[]): Promise<Ended> =>
    sandbox.dr(...command.replace(/^kubectl dr /, '').split(' '), ...more);

  /** cluster-1 was dark, cluster-2 promoted by force, written to, and demoted again by consent: cluster-1 is primary all the time. */
  const part = async (name: string): Promise<void> => {
    await sandbox.dr('sandbox', 'fail', 'cluster-1');
    const forced = replication(name, 'primary', { annotations: consentAnnotations('force-promote') });
    await at.succeed('cluster-2', ['apply', '-f', '-'], forced);
    await at.untilState('cluster-2', name, 'Primary');
    await sandbox.dr('sandbox', 'write', 'cluster-2', name, 'written on cluster-2 alone');
    await sandbox.dr('sandbox', 'heal', 'cluster-1');
    const consent = consentAnnotations('lose-since-promote', 'demote-in-use');
    const given = replication(name, 'secondary', { annotations: consent });
    await at.succeed('cluster-2', ['apply', '-f', '-'], given);
    await at.untilState('cluster-2', name, 'Secondary');
  };

  test('are told apart, refused, and lead out by what is printed, without a byte lost that nobody gave up', async () => {
    await follow('db');
    await part('db');
    await sandbox.dr('sandbox', 'write', 'cluster-1', 'db', 'precious');
    expect(await verdictOf('db')).toMatchObject({
      verdict: 'SplitBrain',
      next: 'kubectl dr resync db -n default --context cluster-2',
    });
    const checked = await sandbox.dr('check', '-o', 'json', '--context', 'cluster-1');
    expect(checked.code).toBe(3);
    expect(checked.stdout).toContain('SplitBrain');

    await sandbox.until(
      () => followedOn('db'),
      (seen) => seen === 'False NoLongerFollowed',
    );
    const demoted = await sandbox.dr('demote', 'db', '--context', 'cluster-1');
    expect(demoted).toMatchObject({ code: 4, stderr: expect.stringContaining('DR113') });
    const byKubectl = await at.setState('cluster-1', 'db', secondary);
    expect(byKubectl).toMatchObject({ code: 1, stderr: expect.stringContaining('DR113') });
    const moved = await sandbox.dr('relocate', 'db', '--to', 'cluster-2', '--yes');
    expect(moved, moved.stderr).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('kubectl dr failback'),
    });

    const { next } = await verdictOf('db');
    const resynced = await runPrinted(next, '--yes', '--accept-data-loss=unknown');
    expect(resynced, resynced.stderr).toMatchObject({ code: 0 });
    const home = await sandbox.dr('relocate', 'db', '--to', 'cluster-2', '--yes');
    expect(home, home.stderr).toMatchObject({ code: 0 });
    expect((await sandbox.dr('sandbox', 'read', 'cluster-2', 'db')).stdout).toBe('precious');
  });

  test('stay apart when the good one is demoted by consent: the other one is not promoted, and the way back is printed', async () => {
    await follow('web');
    await part('web');
    await sandbox.dr('sandbox', 'write', 'cluster-1', 'web', 'precious');
    const consent = consentAnnotations('lose-since-promote', 'demote-in-use');
    await at.succeed(
      'cluster-1',
      ['apply', '-f', '-'],
      replication('web', 'secondary', { annotations: consent }),
    );
    await at.untilState('cluster-1', 'web', 'Secondary');
    const promoted = await sandbox.dr('promote', 'web', '--context', 'cluster-2', '--yes');
    expect(promoted).toMatchObject({ code: 4, stderr: expect.stringContaining('DR113') });
    // An attempt that fails for a moment is told first.
    const { verdict, reason, next } = await sandbox.until(
      () => verdictOf('web'),
      (seen) => seen.reason !== 'Retrying',
    );
    expect([verdict, reason, next]).toEqual([
      'NoPrimary',
      'LeftUnfollowed',
      'kubectl dr promote web -n default --context cluster-1',
    ]);
    // What cluster-2 alone holds is lost by it, so that is asked once more.
    const asked = await runPrinted(next, '--yes');
    expect(asked).toMatchObject({ code: 4, stderr: expect.stringContaining('--accept-data-loss=unknown') });
    const back = await runPrinted(next, '--yes', '--accept-data-loss=unknown');
    expect(back, back.stderr).toMatchObject({ code: 0 });
    expect((await sandbox.dr('sandbox', 'read', 'cluster-1', 'web')).stdout).toBe('precious');
  });

  test('a volume whose status is cleared is not demoted before the driver was asked whether it is followed', async () => {
    await at.protect('cluster-1', 'cleared');
    await sandbox.dr('sandbox', 'link', 'down');
    await at.carryOver('cleared', (await at.read('cluster-1', 'pvc', 'cleared')).spec.volumeName);
    await sandbox.dr('sandbox', 'write', 'cluster-1', 'cleared', 'precious');
    await at.succeed('cluster-1', [
      'patch',
      'vr',
      'cleared',
      '--subresource=status',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/status"}]',
    ]);
    const asked = await at.setState('cluster-1', 'cleared', secondary);
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('DR113') });
    await sandbox.dr('sandbox', 'link', 'up');
  });

  test('a replica whose status is cleared is looked at again, so that a move can end', async () => {
    await follow('looked-at');
    const patch = ['patch', 'vr', 'looked-at', '--subresource=status', '--type=json'];
    await at.succeed('cluster-2', [...patch, '-p', '[{"op":"remove","path":"/status"}]']);
    await at.untilState('cluster-2', 'looked-at', 'Secondary');
  });
});
