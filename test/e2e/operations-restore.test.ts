// What stands against restoring one group of an operation is its own affair; and a resize that is not finished stands against nothing.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { applications, workload } from './application.ts';
import { guardedVolumes, type Site } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

describe.skipIf(!haveKubectl).each(serverFlavours)('what an operation restores, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let volumes: ReturnType<typeof guardedVolumes>;
  let apps: ReturnType<typeof applications>;
  const dr = (...words: string[]) => sandbox.dr(...words);

  beforeAll(async () => {
    sandbox = await startSandbox(...flags, '--clock-factor=720');
    volumes = guardedVolumes(sandbox);
    apps = applications(sandbox, volumes);
    await volumes.setUpClasses();
  });
  mendAfterFailures(() => sandbox);
  afterAll(() => sandbox?.end());

  const grow = (name: string, storage: string) =>
    volumes.succeed('cluster-1', [
      'patch',
      'pvc',
      name,
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { resources: { requests: { storage } } } }),
    ]);

  const sizes = async (site: Site, name: string) => {
    const { spec, status } = await volumes.read(site, 'pvc', name);
    return {
      wants: spec.resources.requests.storage,
      has: status.capacity?.storage,
      phase: status.phase,
    };
  };

  const protectedClaim = async (name: string): Promise<string> => {
    const volumeName = await volumes.bind('cluster-1', name);
    const done = await dr('protect', name);
    expect(done, done.stderr).toMatchObject({ code: 0 });
    return volumeName;
  };

  test('in a disaster: what was asked to grow goes along, and what does not fit stops its own group alone', async () => {
    await protectedClaim('grows');
    await protectedClaim('rest');
    const taken = await protectedClaim('taken');
    await apps.create('cluster-1', workload('Deployment', 'shop', ['grows', 'rest']));
    await apps.untilReady('cluster-1', 'deployment', 'shop');
    await grow('grows', '3Gi');
    const backups = mkdtempSync(join(sandbox.home, 'backups-'));
    const stored = await dr('backup', '-n', 'default', '--include-workloads', '-d', backups);
    expect(stored, stored.stderr).toMatchObject({ code: 0 });
    // Somebody else's volume has the name of one of them.
    const foreign = stringify({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: taken },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        persistentVolumeReclaimPolicy: 'Retain',
        csi: { driver: 'nfs.csi.k8s.io', volumeHandle: 'server#share' },
      },
    });
    await volumes.succeed('cluster-2', ['create', '-f', '-'], foreign);
    expect(await dr('sandbox', 'fail', 'cluster-1')).toMatchObject({ code: 0 });

    const failover = (...words: string[]) =>
      dr(
        'failover',
        ...['-n', 'default', '--from', backups, '--to', 'cluster-2', '--context', 'cluster-2', '--yes'],
        '--accept-data-loss=unknown',
        ...words,
      );
    const first = await failover();
    expect(first, first.stderr).toMatchObject({ code: 6 });
    expect(first.stderr).toMatch(/Warning: .*DR414: .*default\/grows asks for 3Gi and PV .* has 1Gi/);
    expect(first.stderr).toMatch(
      new RegExp(
        `persistentvolume/${taken}: .* PV of this name for volume nfs.*; default/taken is not moved; next: kubectl`,
      ),
    );
    expect(first.stderr).not.toMatch(/--transform|--map-namespace/);
    for (const name of ['grows', 'rest']) expect(await apps.role('cluster-2', name)).toBe('primary/Primary');
    expect(await sizes('cluster-2', 'grows')).toEqual({ wants: '3Gi', has: '1Gi', phase: 'Bound' });
    await apps.untilReady('cluster-2', 'deployment', 'shop');
    expect(await apps.role('cluster-2', 'taken')).toBe('');

    await volumes.succeed('cluster-2', ['delete', 'pv', taken]);
    const second = await failover();
    expect(second, second.stderr).toMatchObject({ code: 0 });
    expect(await apps.role('cluster-2', 'taken')).toBe('primary/Primary');
    expect(await dr('sandbox', 'heal', 'cluster-1')).toMatchObject({ code: 0 });
  });

  test('nothing is restored for a failover that the guard of the target refuses: it sees the source, which this machine cannot', async () => {
    // The namespace is not on the target yet: the guard is asked in another one.
    const inTill = ['-n', 'till'] as const;
    await volumes.succeed('cluster-1', ['create', 'namespace', 'till']);
    await volumes.bind('cluster-1', 'ledger', { namespace: 'till' });
    const done = await dr('protect', 'ledger', ...inTill);
    expect(done, done.stderr).toMatchObject({ code: 0 });
    const backups = mkdtempSync(join(sandbox.home, 'till-'));
    expect(await dr('backup', ...inTill, '-d', backups)).toMatchObject({ code: 0 });
    const blind = join(sandbox.home, 'blind');
    writeFileSync(blind, readFileSync(sandbox.env['KUBECONFIG'] ?? ''));
    const view = [
      'config',
      '--kubeconfig',
      blind,
      'set-cluster',
      'cluster-1',
      '--server=https://127.0.0.1:9',
    ];
    expect(await sandbox.kubectl('cluster-2', view)).toMatchObject({ code: 0 });

    for (const plan of [['plan'], []]) {
      const words = ['failover', 'ledger', ...inTill, '--from', backups, '--to', 'cluster-2'];
      const accepted = plan.length > 0 ? [] : ['--yes', '--accept-data-loss=unknown'];
      const refused = await dr(
        ...[...plan, ...words, '--context', 'cluster-2', '--kubeconfig', blind],
        ...accepted,
      );
      expect(refused, refused.stderr).toMatchObject({ code: 4 });
      expect(refused.stderr).toMatch(
        /DR102: cluster-1 is primary for the volume of claim till\/ledger .*Nothing was changed; next: kubectl dr relocate ledger -n till/,
      );
    }
    expect(await sandbox.kubectl('cluster-2', ['get', 'namespace', 'till'])).toMatchObject({ code: 1 });
    const history = await dr('history', ...inTill, '-o', 'json');
    expect(JSON.parse(history.stdout).items).toEqual([]);
    const moved = await dr('relocate', 'ledger', ...inTill, '--yes', '--no-backup');
    expect(moved, moved.stderr).toMatchObject({ code: 0 });
  });

  test('a plan names what pods need and the target lacks, and Secrets that the target has are none of that', async () => {
    await protectedClaim('needy');
    const both: readonly Site[] = ['cluster-1', 'cluster-2'];
    const secret = (name: string) => ['create', 'secret', 'generic', name, '--from-literal=a=b'];
    for (const site of both) await volumes.succeed(site, secret('on-both'));
    await volumes.succeed('cluster-1', secret('on-one'));
    const made = workload('Deployment', 'needy', ['needy'], { replicas: 0 });
    const { template } = made.spec;
    const envFrom = ['on-both', 'on-one'].map((name) => ({ secretRef: { name } }));
    const spec = {
      ...template.spec,
      containers: [{ name: 'app', image: 'app', envFrom }],
      nodeSelector: { disk: 'fast' },
    };
    await apps.create('cluster-1', { ...made, spec: { ...made.spec, template: { ...template, spec } } });
    const plan = ['plan', 'relocate', 'deploy/needy', '-n', 'default', '--to', 'cluster-2', '-o', 'json'];
    const shown = await dr(...plan);
    expect(JSON.parse(shown.stdout).warnings).toEqual([
      expect.stringMatching(
        /^DR432: Secret default\/on-one is not on cluster-2, .*--include-secrets brings it/,
      ),
      expect.stringMatching(/^DR433: no node of cluster-2 .* disk In fast/),
    ]);
    expect(shown.stderr).not.toContain('not in the backup');
    const bringing = await dr(...plan, '--include-secrets');
    expect(JSON.parse(bringing.stdout).warnings).toEqual([expect.stringMatching(/^DR433: /)]);
  });

  test('in a planned move: the application is not stopped for a claim that could not be brought', async () => {
    await protectedClaim('roams');
    const volumeName = await protectedClaim('stays');
    await grow('roams', '2Gi');
    await apps.create('cluster-1', workload('Deployment', 'stays', ['stays']));
    await apps.untilReady('cluster-1', 'deployment', 'stays');
    const elsewhere = await volumes.bind('cluster-2', 'stays');
    expect(elsewhere).not.toBe(volumeName);

    const words = ['roams', 'stays', '--to=cluster-2', '--yes', '--no-backup'];
    const moved = await dr('relocate', ...words);
    expect(moved, moved.stderr).toMatchObject({ code: 6 });
    expect(await apps.role('cluster-2', 'roams')).toBe('primary/Primary');
    expect(await sizes('cluster-2', 'roams')).toMatchObject({ wants: '2Gi', phase: 'Bound' });
    expect(await apps.role('cluster-1', 'stays')).toBe('primary/Primary');
    expect(await apps.replicas('cluster-1', 'deployment', 'stays')).toEqual({ wanted: 1, ready: 1 });
  });
});
