// One directory that two applications are backed up to, each by its own command.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardedVolumes } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

describe.skipIf(!haveKubectl).each(serverFlavours)('backups of parts, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let backups: string;

  beforeAll(async () => {
    sandbox = await startSandbox('--clock-factor=60', ...flags);
    backups = join(sandbox.home, 'backups');
    const at = guardedVolumes(sandbox);
    await at.setUpClasses();
    for (const name of ['db', 'web']) {
      await at.protect('cluster-1', name);
      await sandbox.dr('backup', name, '-d', backups, '--context', 'cluster-1');
    }
  });
  afterAll(() => sandbox?.end());
  mendAfterFailures(() => sandbox);

  test('are listed with their claims', async () => {
    const { stdout } = await sandbox.dr('backup', 'list', '-d', backups, '-o', 'json');
    const { items } = JSON.parse(stdout);
    expect(items.map(({ claims }: { claims: string[] }) => claims)).toEqual([
      ['default/web'],
      ['default/db'],
    ]);
  });

  test('of this very site are no source for it, and the message says so', async () => {
    const refused = await sandbox.dr('restore', backups, '--to', 'cluster-1');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it was taken of cluster-1 itself'),
    });
    expect(refused.stderr).toContain(`kubectl dr backup list -d ${backups}`);
  });

  test('restore and fail over as one', async () => {
    const shown = await sandbox.dr('restore', backups, '--to', 'cluster-2', '--dry-run=client');
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.stdout).toContain('default/db');
    expect(shown.stdout).toContain('default/web');
    await sandbox.dr('sandbox', 'fail', 'cluster-1');
    const over = await sandbox.dr(
      'failover',
      '-A',
      '--from',
      backups,
      '--to',
      'cluster-2',
      '--context',
      'cluster-2',
      '--yes',
      '--accept-data-loss=unknown',
    );
    expect(over, over.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 volumes failed over'),
    });
    expect(over.stderr).toMatch(/claim default\/db from the older backup .*: no newer one has it/);
    const { stdout } = await sandbox.kubectl('cluster-2', [
      'get',
      'vr',
      '-o',
      'jsonpath={.items[*].status.state}',
    ]);
    expect(stdout).toBe('Primary Primary');
  });
});
