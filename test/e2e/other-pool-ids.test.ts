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
});
