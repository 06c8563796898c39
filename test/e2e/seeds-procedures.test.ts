// The three procedures of the ceph-csi guide for RBD mirroring, from the first protection to the return after a disaster, by these
// commands alone: no YAML is written by hand, and the bytes are compared at the end.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claim as claimYaml, guardedVolumes, type Site } from './guarded-volumes.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

describe.skipIf(!haveKubectl).each(serverFlavours)(
  'the procedures of the guide, on $flavour',
  ({ flags }) => {
    let sandbox: RunningSandbox;
    let volumes: ReturnType<typeof guardedVolumes>;
    let count = 0;
    let claim = '';

    /** Runs a command at one site, and fails the test where it does not end as expected. */
    const dr = async (site: Site | undefined, words: string[], code = 0): Promise<string> => {
      const ended = await sandbox.dr(...words, ...(site === undefined ? [] : ['--context', site]));
      expect(ended, `${words.join(' ')}\n${ended.stderr}`).toMatchObject({ code });
      return ended.stdout;
    };
    /** Written over what was there before, so that all texts have one length. */
    const write = (site: Site, text: string) =>
      dr(undefined, ['sandbox', 'write', site, claim, text.padEnd(100)]);
    const read = async (site: Site) => (await dr(undefined, ['sandbox', 'read', site, claim])).trimEnd();
    const backup = async (site: Site) =>
      (await dr(site, ['backup', claim, '-d', `${sandbox.home}/backups`])).trim();
    const untilVerdict = (verdict: string) =>
      sandbox.until(
        () => sandbox.dr('status', claim, '-o', 'json', '--context', 'cluster-1'),
        ({ stdout }) => stdout !== '' && JSON.parse(stdout).items[0]?.verdict === verdict,
      );
    const volumeOf = async (site: Site): Promise<string> =>
      (await volumes.read(site, 'pvc', claim)).spec.volumeName;

    /** A claim of another application that would take any open volume of the class. */
    const letStrangerWait = (site: Site) =>
      volumes.succeed(site, ['apply', '-f', '-'], claimYaml('stranger', { storageClassName: 'waits' }));

    beforeAll(async () => {
      sandbox = await startSandbox(...flags, '--clock-factor=720');
      volumes = guardedVolumes(sandbox);
      await volumes.setUpClasses();
      // A class without a provisioner that acts: its claims wait for a volume that somebody made.
      const waits = {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'waits' },
        provisioner: 'kubernetes.io/no-provisioner',
        reclaimPolicy: 'Retain',
      };
      await volumes.succeed('cluster-2', ['apply', '-f', '-'], JSON.stringify(waits));
    });
    afterAll(() => sandbox?.end());

    beforeEach(async () => {
      count += 1;
      claim = `rbd-pvc-${count}`;
      await volumes.bind('cluster-1', claim);
      await write('cluster-1', `${claim}: written before anything happened`);
      await dr('cluster-1', ['protect', claim]);
    });

    test('mirroring is enabled, backed up and restored: the claim binds to its own volume on the other site', async () => {
      const directory = await backup('cluster-1');
      await letStrangerWait('cluster-2');
      await dr(undefined, [
        'restore',
        directory,
        '--to',
        'cluster-2',
        '--map-storage-class',
        'csi-rbd-sc=waits',
      ]);
      expect((await volumes.read('cluster-2', 'pvc', 'stranger')).status.phase).toBe('Pending');
      expect(await volumeOf('cluster-2')).toBe(await volumeOf('cluster-1'));
      const there = await volumes.read('cluster-2', 'pv', await volumeOf('cluster-2'));
      const here = await volumes.read('cluster-1', 'pv', await volumeOf('cluster-1'));
      expect(there.spec.csi).toEqual(here.spec.csi);
      expect(there.spec.persistentVolumeReclaimPolicy).toBe('Retain');
      await untilVerdict('Protected');
    });

    test('a planned failover and failback lose nothing, and force nothing', async () => {
      await write('cluster-1', `${claim}: written last on cluster-1`);
      const directory = await backup('cluster-1');
      // The other side has followed by then.
      await untilVerdict('Protected');
      await dr('cluster-1', ['demote', claim]);
      await dr(undefined, ['restore', directory, '--to', 'cluster-2']);
      await dr('cluster-2', ['promote', claim]);
      expect(await read('cluster-2')).toBe(`${claim}: written last on cluster-1`);
      await untilVerdict('Protected');

      await write('cluster-2', `${claim}: written last on cluster-2`);
      await dr('cluster-2', ['demote', claim]);
      await dr('cluster-1', ['promote', claim]);
      expect(await read('cluster-1')).toBe(`${claim}: written last on cluster-2`);
      await untilVerdict('Protected');
      for (const site of ['cluster-1', 'cluster-2'] as const) {
        const events = await sandbox.kubectl(site, ['get', 'events', '-o', 'jsonpath={.items[*].reason}']);
        expect(events.stdout).not.toContain('ForcePromoted');
      }
    });

    test('an abrupt failover is consented to, and the return discards only what was written alone', async () => {
      const directory = await backup('cluster-1');
      await write('cluster-1', `${claim}: never left cluster-1, as the link is down`);
      await dr(undefined, ['sandbox', 'fail', 'cluster-1']);
      await dr(undefined, ['restore', directory, '--to', 'cluster-2']);
      await dr('cluster-2', ['promote', claim], 4);
      await dr('cluster-2', ['promote', claim, '--yes', '--accept-data-loss=0s'], 4);
      await dr('cluster-2', ['promote', claim, '--yes', '--accept-data-loss=1h', '--reason=drill']);
      const survived = await read('cluster-2');
      expect(survived).toContain(`${claim}: `);
      await write('cluster-2', `${claim}: written on cluster-2 after the disaster`);

      await dr(undefined, ['sandbox', 'heal', 'cluster-1']);
      await untilVerdict('SplitBrain');
      await dr('cluster-1', ['demote', claim]);
      await dr('cluster-1', ['resync', claim], 4);
      await dr('cluster-1', ['resync', claim, '--yes', '--accept-data-loss=unknown']);
      await untilVerdict('Protected');
      expect(await read('cluster-1')).toBe(`${claim}: written on cluster-2 after the disaster`);

      await dr('cluster-2', ['demote', claim]);
      await dr('cluster-1', ['promote', claim]);
      expect(await read('cluster-1')).toBe(`${claim}: written on cluster-2 after the disaster`);
      await untilVerdict('Protected');
    });
  },
);
