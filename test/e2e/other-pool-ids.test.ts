// Two Ceph clusters count their pools by themselves: the same image has another handle on each site, and no driver takes the other one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardedVolumes, type Site } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

const pool = (id: number): string => `0001-0009-rook-ceph-000000000000000${id}-`;
const map = `${pool(2)}*=${pool(3)}*`;

type Volume = { spec: { csi: { volumeHandle: string } } };
type Claim = { spec: { volumeName: string } };

const ways = [
  ['a person names them', [], ['--map-volume-handle', map]],
  ['the drivers tell them', ['--destination-info'], []],
] as const;

describe.skipIf(!haveKubectl).each(serverFlavours)('handles that differ, on $flavour', ({ flags }) => {
  describe.each(ways)('where %s', (_, ofSandbox, ofMove) => {
    let sandbox: RunningSandbox;
    let at: ReturnType<typeof guardedVolumes>;

    beforeAll(async () => {
      sandbox = await startSandbox('--clock-factor=60', '--pool-ids=2,3', ...ofSandbox, ...flags);
      at = guardedVolumes(sandbox);
      await at.setUpClasses();
    });
    afterAll(() => sandbox?.end());
    mendAfterFailures(() => sandbox);

    const handleOn = async (site: Site, name: string): Promise<string> => {
      const claim: Claim = await at.read(site, 'pvc', name);
      const volume: Volume = await at.read(site, 'pv', claim.spec.volumeName);
      return volume.spec.csi.volumeHandle;
    };

    const verdictsOf = async (name: string): Promise<string[]> => {
      const { stdout } = await sandbox.dr('status', name, '-o', 'json', '--context', 'cluster-1');
      return JSON.parse(stdout).items.map(({ verdict }: { verdict: string }) => verdict);
    };

    const bytesOn = async (site: string, name: string): Promise<string> =>
      (await sandbox.dr('sandbox', 'read', site, name)).stdout;

    const move = (name: string, to: string, ...more: string[]) =>
      sandbox.dr('relocate', name, '--to', to, '--yes', '--no-backup', ...more);

    test('a volume moves there and back, is one volume to status and guard, and keeps its bytes', async () => {
      await at.protect('cluster-1', 'db');
      await sandbox.dr('sandbox', 'write', 'cluster-1', 'db', 'written at home');
      const there = await move('db', 'cluster-2', ...ofMove);
      expect(there, there.stderr).toMatchObject({ code: 0 });
      const [home, away] = [await handleOn('cluster-1', 'db'), await handleOn('cluster-2', 'db')];
      expect([home.startsWith(pool(2)), away]).toEqual([true, home.replace(pool(2), pool(3))]);
      expect(await bytesOn('cluster-2', 'db')).toContain('written at home');
      expect(await verdictsOf('db')).toEqual(['Protected']);

      const second = await at.setState('cluster-1', 'db', { replicationState: 'primary' });
      expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('DR102') });

      await sandbox.dr('sandbox', 'write', 'cluster-2', 'db', 'written away from it');
      const back = await move('db', 'cluster-1');
      expect(back, back.stderr).toMatchObject({ code: 0 });
      expect(await bytesOn('cluster-1', 'db')).toContain('written away from it');
      expect(await verdictsOf('db')).toEqual(['Protected']);
      expect(await handleOn('cluster-1', 'db')).toBe(home);
    });
  });

  describe('that nobody tells', () => {
    let sandbox: RunningSandbox;
    let at: ReturnType<typeof guardedVolumes>;

    beforeAll(async () => {
      sandbox = await startSandbox('--clock-factor=60', '--pool-ids=2,3', ...flags);
      at = guardedVolumes(sandbox);
      await at.setUpClasses();
    });
    afterAll(() => sandbox?.end());
    mendAfterFailures(() => sandbox);

    const statusOf = async (name: string): Promise<{ verdict: string; reason: string; message: string }> => {
      const { stdout } = await sandbox.dr('status', name, '-o', 'json', '--context', 'cluster-1');
      return JSON.parse(stdout).items[0];
    };

    const move = (name: string, ...more: string[]) =>
      sandbox.dr('relocate', name, '--to', 'cluster-2', '--yes', '--no-backup', ...more);

    /** Runs what was named as the next command. */
    const follow = (line: string, ...more: string[]) => {
      const words =
        line
          .match(/; next: kubectl dr (.*)/)?.[1]
          ?.replaceAll("'", '')
          .split(' ') ?? [];
      return sandbox.dr(...words, ...more);
    };

    test('a promote that fails for them names the way out, and can be taken back', async () => {
      await at.protect('cluster-1', 'db');
      await sandbox.dr('sandbox', 'write', 'cluster-1', 'db', 'written at home');
      const failed = await move('db');
      expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('DR427: promote fails') });
      expect(failed.stderr).toContain('--map-volume-handle');
      expect(await statusOf('db')).toMatchObject({
        verdict: 'NoPrimary',
        reason: 'UnknownToDriver',
        message: expect.stringContaining('--map-volume-handle'),
      });
      const back = await follow(failed.stderr, '--yes');
      expect(back, back.stderr).toMatchObject({ code: 0 });
      expect(await statusOf('db')).toMatchObject({ verdict: 'Degraded', reason: 'UnknownToDriver' });
      await at.untilState('cluster-1', 'db', 'Primary');
    });

    test('a mapping for what was restored already is refused, and serves once that is gone', async () => {
      const refused = await move('db', '--map-volume-handle', map);
      expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('a PV keeps its handle') });
      const ended = await follow(refused.stderr, '--yes', '--accept-data-loss=unknown');
      expect(ended, ended.stderr).toMatchObject({ code: 0 });
      const { spec }: Claim = await at.read('cluster-2', 'pvc', 'db');
      // The guard remembers for a moment what was asked of the replication that is gone.
      await sandbox.until(
        () => sandbox.kubectl('cluster-2', ['delete', 'pvc', 'db']),
        ({ code }) => code === 0,
      );
      await at.succeed('cluster-2', ['delete', 'pv', spec.volumeName]);
      const there = await move('db', '--map-volume-handle', map);
      expect(there, there.stderr).toMatchObject({ code: 0 });
      expect(await statusOf('db')).toMatchObject({ verdict: 'Protected' });
      expect((await sandbox.dr('sandbox', 'read', 'cluster-2', 'db')).stdout).toContain('written at home');
    });

    test('where other PVs of the target show its ids, nothing is taken down, and the next command maps them', async () => {
      await at.protect('cluster-1', 'web');
      const refused = await move('web');
      expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('DR427') });
      expect(await at.read('cluster-1', 'vr', 'web')).toMatchObject({
        spec: { replicationState: 'primary' },
      });
      const there = await follow(refused.stderr, '--to', 'cluster-2', '--yes', '--no-backup');
      expect(there, there.stderr).toMatchObject({ code: 0 });
      expect(await statusOf('web')).toMatchObject({ verdict: 'Protected' });
    });
  });
});
