// The storage of a site is lost though its API answers that it is primary: whoever takes over beside it says exactly that.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardedVolumes } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

describe.skipIf(!haveKubectl).each(serverFlavours)('beside a primary, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let at: ReturnType<typeof guardedVolumes>;
  let backups: string;

  beforeAll(async () => {
    backups = await mkdtemp(join(tmpdir(), 'kubectl-dr-beside-'));
    sandbox = await startSandbox('--clock-factor=60', ...flags);
    at = guardedVolumes(sandbox);
    await at.setUpClasses();
  });
  afterAll(async () => {
    await sandbox?.end();
    await rm(backups, { recursive: true, force: true });
  });
  mendAfterFailures(() => sandbox);

  const takeOver = (...more: string[]) =>
    sandbox.dr('failover', 'db', '--to', 'cluster-2', '--from', backups, ...more);
  const accepted = ['--yes', '--accept-data-loss=unknown'];

  test('nobody takes over by habit, and whoever names the other site does', async () => {
    await at.protect('cluster-1', 'db');
    await at.succeed('cluster-1', ['wait', 'vr', 'db', '--for=condition=Followed', '--timeout=50s']);
    const stored = await sandbox.dr('backup', 'db', '-d', backups, '--context', 'cluster-1');
    expect(stored, stored.stderr).toMatchObject({ code: 0 });

    for (const words of [accepted, [...accepted, '--accept-second-primary=cluster-2']]) {
      const refused = await takeOver(...words);
      expect(refused, refused.stderr).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(/DR102.*--accept-second-primary=cluster-1.*kubectl dr relocate/s),
      });
    }
    const alone = await takeOver('--accept-second-primary=cluster-1');
    expect(alone, alone.stderr).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('--yes --accept-data-loss='),
    });
    const { stdout: none } = await at.succeed('cluster-2', ['get', 'pvc', '-o', 'name']);
    expect(none).toBe('');

    const taken = await takeOver(...accepted, '--accept-second-primary=cluster-1');
    expect(taken, taken.stderr).toMatchObject({ code: 0 });
    await at.untilState('cluster-2', 'db', 'Primary');
    const { stdout } = await sandbox.dr('status', 'db', '-o', 'json', '--context', 'cluster-1');
    expect(JSON.parse(stdout).items).toMatchObject([{ verdict: 'SplitBrain' }]);
    const back = await sandbox.dr('failback', 'db', '--to', 'cluster-1', ...accepted);
    expect(back, back.stderr).toMatchObject({ code: 0 });
  });
});
