// What a procedure must not leave behind: half an application, pods that nobody stops, and a person without a way on.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applications, workload } from './application.ts';
import { guardedVolumes } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

describe.skipIf(!haveKubectl).each(serverFlavours)('parts of an application, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let volumes: ReturnType<typeof guardedVolumes>;
  let apps: ReturnType<typeof applications>;
  const dr = (...words: string[]) => sandbox.dr(...words);

  beforeAll(async () => {
    sandbox = await startSandbox(...flags, '--clock-factor=720');
    volumes = guardedVolumes(sandbox);
    apps = applications(sandbox, volumes);
    await volumes.setUpClasses();
    for (const name of ['db', 'wal']) {
      await volumes.bind('cluster-1', name);
      expect(await dr('protect', name)).toMatchObject({ code: 0 });
    }
    await apps.create('cluster-1', workload('Deployment', 'web', ['db', 'wal']));
    await apps.untilReady('cluster-1', 'deployment', 'web');
  });
  mendAfterFailures(() => sandbox);
  afterAll(() => sandbox?.end());

  test('half of it does not move back, though both sites have the other half as well', async () => {
    const moved = await dr('relocate', 'deploy/web', '--to=cluster-2', '--yes', '--no-backup');
    expect(moved, moved.stderr).toMatchObject({ code: 0 });

    // What the volumes are moved and promoted by is not taken away.
    for (const needed of [
      'crd/volumereplicationclasses.replication.storage.openshift.io',
      'vrc --all',
      'sc --all',
    ])
      expect(await sandbox.kubectl('cluster-2', ['delete', ...needed.split(' ')])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('DR111'),
      });

    const half = ['wal', '--to=cluster-1'];
    const refused = await dr('relocate', ...half, '--yes', '--no-backup');
    expect(refused, refused.stderr).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /Deployment default\/web mounts it as well.*next: kubectl dr relocate wal db -n default --to cluster-1/s,
      ),
    });
    expect(await apps.role('cluster-2', 'wal')).toBe('primary/Primary');
    expect(await apps.replicas('cluster-2', 'deployment', 'web')).toMatchObject({ ready: 1 });

    const torn = await dr('relocate', ...half, '--yes', '--no-backup', '--no-workloads');
    expect(torn, torn.stderr).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Deployment default/web stays stopped'),
    });
    const { code, stdout } = await dr('status', '-o', 'json');
    expect(code).toBe(3);
    const [volume] = JSON.parse(stdout).items;
    expect(volume).toMatchObject({ reason: 'ApplicationSplit' });
    expect((await dr('check', '-n', 'default')).stdout).toMatch(/DR420 +error .*Deployment default\/web/);

    const together = await dr(
      ...volume.nextCommand.replace(/^kubectl dr /, '').split(' '),
      '--yes',
      '--no-backup',
    );
    expect(together, together.stderr).toMatchObject({ code: 0 });
    await expect(dr('status')).resolves.toMatchObject({ stdout: expect.not.stringContaining('Degraded') });
  });

  test('nothing is taken down for a site on which no volume can be promoted', async () => {
    await volumes.bind('cluster-1', 'lone');
    expect(await dr('protect', 'lone')).toMatchObject({ code: 0 });
    await apps.create('cluster-1', workload('Deployment', 'lone', ['lone']));
    await apps.untilReady('cluster-1', 'deployment', 'lone');
    for (const words of [
      ['plan', 'relocate'],
      ['relocate', '--yes', '--no-backup'],
    ]) {
      const refused = await dr(...words, 'deploy/lone', '--to=cluster-2', '--class=absent');
      expect(refused, refused.stderr).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(
          /VolumeReplicationClass absent, .* is not on cluster-2, and nothing brings it/,
        ),
      });
    }
    expect(await apps.replicas('cluster-1', 'deployment', 'lone')).toEqual({ wanted: 1, ready: 1 });
    expect(await apps.role('cluster-1', 'lone')).toBe('primary/Primary');
  });

  test('unprotect names what is left on the other site, and every command that it names ends well', async () => {
    const accepted = ['--yes', '--accept-data-loss=unknown'];
    await volumes.bind('cluster-1', 'ended');
    expect(await dr('protect', 'ended')).toMatchObject({ code: 0 });
    const moved = await dr('relocate', 'ended', '--to=cluster-2', '--yes', '--no-backup');
    expect(moved, moved.stderr).toMatchObject({ code: 0 });
    const ended = await dr('unprotect', 'ended', '--context=cluster-2', ...accepted);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const next = /next: kubectl dr (unprotect ended -n default --context cluster-1)/.exec(ended.stderr)?.[1];
    expect(next, ended.stderr).toBeDefined();
    expect((await dr('status', 'ended')).stdout).not.toMatch(/in sync/);
    const both = await dr(...(next ?? '').split(' '), ...accepted);
    expect(both, both.stderr).toMatchObject({ code: 0 });
    for (const site of ['cluster-1', 'cluster-2'] as const) expect(await apps.role(site, 'ended')).toBe('');
  });

  test('a static volume is not protected, as nothing would ever mirror it', async () => {
    const claimRef = { name: 'static', namespace: 'default' };
    const attributes = { staticVolume: 'true' };
    const size = '1Gi';
    await apps.create('cluster-1', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'static-image' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: size },
        storageClassName: '',
        persistentVolumeReclaimPolicy: 'Retain',
        claimRef,
        csi: { driver: 'rbd.csi.ceph.com', volumeHandle: 'static-image', volumeAttributes: attributes },
      },
    });
    await apps.create('cluster-1', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: claimRef,
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: '',
        volumeName: 'static-image',
        resources: { requests: { storage: size } },
      },
    });
    const refused = await dr('protect', 'static', '--class=rbd-volumereplicationclass');
    expect(refused, refused.stderr).toMatchObject({ code: 1, stderr: expect.stringContaining('is static') });
    expect(await apps.role('cluster-1', 'static')).toBe('');
  });
});
