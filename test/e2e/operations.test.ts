// Whole procedures as a person types them: applications with their volumes, between two guarded clusters.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../core/model/resource.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import { keptOperations } from '../../core/operation/records-to-prune.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { applications, barePod, cronJob, workload } from './application.ts';
import { startProxies } from './counting-proxy.ts';
import { guardedVolumes, type Site } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { bothSites } from './moving-application.ts';
import { openClusters } from './protected-volume.ts';
import {
  haveKubectl,
  patiently,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';
import { emptyHome, type Spawned, spawnDr } from './spawned-command.ts';

type Event = {
  type: string;
  step: string | null;
  site: string;
  group: string | null;
  message: string;
  code: string | null;
  nextCommand: string | null;
};

const namespace = 'shop';
const inShop = ['-n', namespace];

describe.skipIf(!haveKubectl).each(serverFlavours)('whole procedures, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let volumes: ReturnType<typeof guardedVolumes>;
  let apps: ReturnType<typeof applications>;
  const dr = (...words: string[]) => sandbox.dr(...words);
  const eventsOf = (stdout: string): Event[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  // Always as long as before: what is written does not make the volume's content shorter.
  const write = (site: Site, claim: string, text: string) =>
    dr('sandbox', 'write', site, claim, text.padEnd(40, '.'), ...inShop);
  const read = async (site: Site, claim: string) =>
    (await dr('sandbox', 'read', site, claim, ...inShop)).stdout.replace(/\.*$/, '');
  const succeed = async (...words: string[]) => {
    const ended = await dr(...words);
    expect(ended, `${words.join(' ')}\n${ended.stdout}${ended.stderr}`).toMatchObject({ code: 0 });
    return ended;
  };

  beforeAll(async () => {
    sandbox = await startSandbox(...flags, '--clock-factor=720');
    volumes = guardedVolumes(sandbox);
    apps = applications(sandbox, volumes);
    await volumes.setUpClasses();
    await volumes.succeed('cluster-1', ['create', 'namespace', namespace]);
    for (const name of ['data', 'logs', 'db', 'reports'])
      await volumes.bind('cluster-1', name, { namespace });
    await apps.create(
      'cluster-1',
      workload('Deployment', 'web', ['data', 'logs'], { namespace, replicas: 3 }),
      workload('StatefulSet', 'db', ['db'], { namespace }),
      workload('DaemonSet', 'agent', ['reports'], { namespace }),
      cronJob('nightly', ['reports'], { namespace }),
      cronJob('paused', ['reports'], { namespace, suspend: true }),
    );
    for (const name of ['data', 'logs', 'db', 'reports']) await succeed('protect', name, ...inShop);
    await apps.untilReady('cluster-1', 'deployment', 'web', namespace);
    await apps.untilReady('cluster-1', 'statefulset', 'db', namespace);
  });
  mendAfterFailures(() => sandbox);
  afterAll(() => sandbox?.end());

  test('plan shows every step and the point of no return, and changes nothing', async () => {
    const { stdout } = await succeed('plan', 'relocate', 'deploy/web', ...inShop);
    expect(stdout).toContain('relocate from cluster-1 to cluster-2: 2 volumes of shop/web');
    expect(stdout).toMatch(/\n5 +cluster-1 +Demote the volumes +2 volumes/);
    expect(stdout).toMatch(/from here on it can only be moved back --\n7 +cluster-2 +Promote the volumes/);
    expect(await apps.replicas('cluster-1', 'deployment', 'web', namespace)).toEqual({ wanted: 3, ready: 3 });
    const { stdout: json } = await succeed('plan', 'relocate', 'deploy/web', ...inShop, '-o', 'json');
    expect(JSON.parse(json)).toMatchObject({
      kind: 'Plan',
      verb: 'relocate',
      volumes: [{ source: { name: 'data' } }, { source: { name: 'logs' } }],
      workloads: [{ kind: 'Deployment', name: 'web', replicas: 3 }],
    });
  });

  test.each([
    { signal: 'SIGTERM', code: 143, why: 'ended by SIGTERM' },
    { signal: 'SIGINT', code: 130, why: 'interrupted' },
  ] as const)('$signal while it still reads ends it with one sentence', async ({ signal, code, why }) => {
    let reading: Spawned | undefined;
    const proxy = await startProxies(sandbox.env['KUBECONFIG']!, bothSites, {
      before: ({ path }) => {
        if (!path.endsWith('/volumereplications')) return undefined;
        reading?.child.kill(signal);
        return 'hang';
      },
    });
    reading = spawnDr(['relocate', 'deploy/web', ...inShop, '--yes'], emptyHome(sandbox, proxy.kubeconfig));
    const ended = await reading.ended;
    expect(ended).toMatchObject({ code, stdout: '', stderr: `${why}; nothing was changed\n` });
    expect(proxy.writes).toEqual([]);
    await proxy.end();
  });

  test('nothing is moved of what nobody named', async () => {
    expect(await dr('relocate')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing is named'),
    });
    expect(await dr('relocate', 'deploy/nothing', ...inShop)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('deployment/nothing'),
    });
  });

  test('relocate moves a workload with all its volumes, and starts as many pods as before', async () => {
    await write('cluster-1', 'data', 'written just before the move');
    const ended = await succeed('relocate', 'deploy/web', ...inShop);
    expect(ended.stdout).toMatch(
      /^cluster-2: 2 volumes relocated from cluster-1 in \d+s; volumes primary after \d+s; workloads ready after \d+s; application down for \d+s; nothing lost\n$/,
    );
    for (const name of ['data', 'logs']) {
      expect(await apps.role('cluster-1', name, namespace)).toBe('secondary/Secondary');
      expect(await apps.role('cluster-2', name, namespace)).toBe('primary/Primary');
    }
    expect(await apps.replicas('cluster-2', 'deployment', 'web', namespace)).toEqual({ wanted: 3, ready: 3 });
    expect(await apps.replicas('cluster-1', 'deployment', 'web', namespace)).toMatchObject({ wanted: 0 });
    expect(await read('cluster-2', 'data')).toBe('written just before the move');
    expect(await apps.role('cluster-1', 'db', namespace)).toBe('primary/Primary');
  });

  test('what is there already is not moved again, and leaves no record', async () => {
    const before = (await dr('history', ...inShop, '-o', 'name')).stdout;
    const ended = await succeed('relocate', 'data', 'logs', ...inShop, '--to', 'cluster-2');
    expect(ended.stdout).toContain('is primary for all 2 volumes already');
    expect((await dr('history', ...inShop, '-o', 'name')).stdout).toBe(before);
  });

  test('a plan that was kept is refused while its facts do not hold, and runs when they do', async () => {
    const { stdout } = await succeed('plan', 'relocate', 'sts/db', ...inShop, '-o', 'json');
    const file = join(sandbox.home, 'plan.json');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(file, stdout);
    await volumes.succeed('cluster-1', [...inShop, 'scale', 'sts/db', '--replicas=2']);
    expect(await dr('relocate', '--plan', file)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('StatefulSet shop/db: replicas was 1, and is 2'),
    });
    await volumes.succeed('cluster-1', [...inShop, 'scale', 'sts/db', '--replicas=1']);
    await succeed('relocate', '--plan', file);
    expect(await apps.role('cluster-2', 'db', namespace)).toBe('primary/Primary');
  });

  test('daemon sets and cron jobs are stopped and started, and one that was suspended stays so', async () => {
    await succeed('relocate', 'reports', ...inShop, '--yes');
    const suspended = async (site: Site, name: string) =>
      (await volumes.read(site, ...inShop, 'cronjob', name)).spec.suspend;
    expect(await suspended('cluster-1', 'nightly')).toBe(true);
    expect(await suspended('cluster-2', 'nightly')).toBe(false);
    expect(await suspended('cluster-2', 'paused')).toBe(true);
    expect(await apps.pods('cluster-1', 'agent', namespace)).toEqual([]);
    expect(await apps.pods('cluster-2', 'agent', namespace)).toHaveLength(1);
  });

  test('labels and a whole namespace move group by group, back to where they came from', async () => {
    await succeed('relocate', 'reports', ...inShop, '--to', 'cluster-1');
    const ended = await succeed('relocate', ...inShop, '--to', 'cluster-1', '-o', 'json');
    const groups = new Set(eventsOf(ended.stdout).flatMap(({ group }) => group ?? []));
    expect([...groups].toSorted()).toEqual(['shop/db', 'shop/web']);
    // What was there already was not moved: its copy on the other side is as old as it was.
    const { stdout } = await dr('history', ...inShop, '-o', 'json');
    const recorded = (JSON.parse(stdout).items[0].volumes as { persistentVolumeClaim: string }[]).map(
      ({ persistentVolumeClaim }) => persistentVolumeClaim,
    );
    expect(recorded.toSorted()).toEqual(['data', 'db', 'logs']);
    for (const name of ['data', 'logs', 'db', 'reports'])
      expect(await apps.role('cluster-1', name, namespace)).toBe('primary/Primary');
    expect(await apps.replicas('cluster-1', 'deployment', 'web', namespace)).toEqual({ wanted: 3, ready: 3 });
    expect(await read('cluster-1', 'data')).toBe('written just before the move');
  });

  test('a pod without an owner is named before anything is changed', async () => {
    await volumes.bind('cluster-1', 'scratch', { namespace });
    await succeed('protect', 'scratch', ...inShop);
    await apps.create('cluster-1', barePod('shell', ['scratch'], { namespace }));
    await volumes.succeed('cluster-1', [
      ...inShop,
      'wait',
      '--for=condition=Ready',
      'pod/shell',
      '--timeout=30s',
    ]);
    const refused = await dr('relocate', 'scratch', ...inShop, '--yes');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('shop/shell has no owner') });
    expect(await apps.role('cluster-1', 'scratch', namespace)).toBe('primary/Primary');
    await volumes.succeed('cluster-1', [...inShop, 'delete', 'pod', 'shell', '--timeout=30s']);
  });

  test('undo before the first promote brings back roles and replicas exactly', async () => {
    await dr('sandbox', 'link', 'down');
    // Interrupted once all is demoted: how far it comes within a time depends on the machine.
    const moving = spawnDr(patiently(['relocate', 'deploy/web', ...inShop]), sandbox.env);
    await sandbox.until(
      async () => moving.stderr(),
      (text) => text.includes('Demote the volumes: done'),
    );
    // However often it comes, it ends in order: a second one is no second Ctrl-C.
    moving.child.kill('SIGTERM');
    moving.child.kill('SIGTERM');
    const left = await moving.ended;
    expect(left, left.stderr).toMatchObject({
      code: 143,
      stderr: expect.stringMatching(/ended by SIGTERM, and left as it is; .*kubectl dr undo relocate-/),
    });
    expect(await apps.role('cluster-1', 'data', namespace)).toBe('secondary/Secondary');
    const status = await dr('status', 'data', ...inShop);
    expect(status.stdout).toContain('kubectl dr resume relocate-');
    const undone = await succeed('undo', ...inShop);
    expect(undone.stdout).toContain('2 volumes taken back from cluster-2');
    expect(await apps.role('cluster-1', 'data', namespace)).toBe('primary/Primary');
    await apps.untilReady('cluster-1', 'deployment', 'web', namespace);
    expect((await apps.replicas('cluster-1', 'deployment', 'web', namespace)).wanted).toBe(3);
    const { metadata } = await volumes.read('cluster-1', ...inShop, 'deployment', 'web');
    expect(Object.keys(metadata.annotations)).not.toContain('kubectl-dr.dev/replicas');
    expect((await dr('history', ...inShop)).stdout).toMatch(/relocate-\S+ +Relocate .* Undone/);
    await dr('sandbox', 'link', 'up');
  });

  test('resume goes on with what was left', async () => {
    await dr('sandbox', 'link', 'down');
    // Wherever it is by then.
    const late = await dr('relocate', 'deploy/web', ...inShop, '--timeout=3s', '-o', 'json');
    expect(late).toMatchObject({ code: 5 });
    expect(eventsOf(late.stdout).at(-1)).toMatchObject({
      type: 'TimedOut',
      nextCommand: expect.stringMatching(/^kubectl dr resume relocate-/),
    });
    await dr('sandbox', 'link', 'up');
    const ended = await succeed('resume', ...inShop);
    expect(ended.stdout).toContain('2 volumes relocated from cluster-1');
    expect(await apps.role('cluster-2', 'logs', namespace)).toBe('primary/Primary');
    expect(await dr('resume', ...inShop)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not over'),
    });
  });

  test('undo after the promote is a move back, and says so', async () => {
    const name = (await dr('history', ...inShop, '-o', 'name')).stdout.split('\n')[0]?.split('/')[1] ?? '';
    const asked = await dr('undo', name, ...inShop);
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('taking it back is a relocate') });
    await succeed('undo', name, ...inShop, '--yes');
    expect(await apps.role('cluster-1', 'data', namespace)).toBe('primary/Primary');
  });

  test('old records are deleted on both sites once an operation has ended, but none that is not over', async () => {
    const clusters = openClusters(sandbox);
    const both = [clusters.first, clusters.second];
    const old = Array.from({ length: 60 }, (_, index) => ({ name: `old-${index}`, index }));
    const namesOn = async (cluster: Cluster): Promise<string[]> =>
      (await cluster.listAll(resources.operations, { namespace })).items.map(
        ({ metadata }) => metadata.name ?? '',
      );
    const store = async (cluster: Cluster, { name, index }: { name: string; index: number }) => {
      await cluster.create<OperationRecord>(resources.operations, {
        apiVersion: 'kubectl-dr.dev/v1alpha1',
        kind: 'Operation',
        metadata: { name, namespace },
        spec: {
          verb: 'Relocate',
          from: { name: 'cluster-1' },
          to: { name: 'cluster-2' },
          by: 'alice',
          volumes: [{ persistentVolumeClaim: 'reports' }],
        },
      });
      const startedAt = new Date(Date.UTC(2020, 0, 1 + index)).toISOString();
      const status = { phase: index === 0 ? 'Failed' : 'Succeeded', startedAt };
      const key = { name, namespace };
      await cluster.patch(resources.operations, key, { status }, { type: 'merge', subresource: 'status' });
    };
    try {
      const before = await namesOn(clusters.first);
      await Promise.all(both.flatMap((cluster) => old.map((it) => store(cluster, it))));
      await succeed('relocate', 'reports', ...inShop, '--to=cluster-2');
      for (const cluster of both) {
        const names = await namesOn(cluster);
        expect(names).toEqual(expect.arrayContaining([...before, 'old-0', 'old-59']));
        expect(names).not.toContain('old-1');
        expect(names).toHaveLength(keptOperations + 1);
      }
    } finally {
      clusters.close();
    }
  });

  test('failover is refused while the source answers, and names what loses nothing', async () => {
    const refused = await dr(
      'failover',
      'deploy/web',
      ...inShop,
      '--to',
      'cluster-2',
      '--yes',
      '--accept-data-loss=unknown',
    );
    expect(refused).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('next: kubectl dr relocate deployment/web -n shop --context cluster-1'),
    });
  });

  test('failover brings the application up from a backup, once its loss is accepted', async () => {
    await write('cluster-1', 'data', 'synced before the disaster');
    const backups = join(sandbox.home, 'backups');
    await sandbox.until(
      async () => (await volumes.read('cluster-1', ...inShop, 'vr', 'data')).status.lastSyncTime,
      (time) => Date.parse(time) > Date.now() - 1_000,
    );
    await succeed('backup', ...inShop, '-A', '--include-workloads', '-d', backups);
    // Newer, and no help: what it tells of the last sync is about the way back.
    const ofTarget = await succeed('backup', ...inShop, '-A', '-d', backups, '--context', 'cluster-2');
    await dr('sandbox', 'fail', 'cluster-1');
    expect(await dr('relocate', 'deploy/web', ...inShop)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('next: kubectl dr failover deployment/web -n shop --context cluster-2'),
    });
    expect(await dr('failover', 'gone', ...inShop)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /not found .* pvc\/gone; cluster-1 cannot be read: .*kubectl dr failover gone -n shop --context cluster-2 --from/,
      ),
    });
    expect(await dr('failover', 'deploy/web', ...inShop, '--from', ofTarget.stdout.trim())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the backup was taken of cluster-2 itself'),
    });
    const words = ['failover', 'deploy/web', ...inShop, '--to', 'cluster-2', '--from', backups];
    expect(await dr(...words)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('--yes --accept-data-loss='),
    });
    expect(await dr(...words, '--yes', '--accept-data-loss=0s')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('more is at risk than the 0s that was accepted'),
    });
    const planned = await dr('plan', ...words, '-o', 'json');
    expect(JSON.parse(planned.stdout)).toMatchObject({
      steps: expect.arrayContaining([
        expect.objectContaining({ name: 'HandOver', needlessAs: 'cluster-1 does not answer' }),
      ]),
      losses: [{ claim: { name: 'data' }, why: 'as the backup knew' }, { claim: { name: 'logs' } }],
    });
    const ended = await succeed(...words, '--yes', '--accept-data-loss=1h', '--reason=drill');
    expect(ended.stderr).toMatch(/restoring backup \S+-cluster-1, taken of cluster-1/);
    expect(ended.stdout).toMatch(/2 volumes failed over from cluster-1 .*; lost: at most /);
    expect(await apps.replicas('cluster-2', 'deployment', 'web', namespace)).toEqual({ wanted: 3, ready: 3 });
    expect(await read('cluster-2', 'data')).toBe('synced before the disaster');
    const { stdout } = await dr('history', ...inShop, '--context', 'cluster-2', '-o', 'json');
    expect(JSON.parse(stdout).items[0]).toMatchObject({ verb: 'Failover', phase: 'Succeeded' });
  });

  test('failback makes the older copy anew while the application runs, and then moves back', async () => {
    await write('cluster-2', 'data', 'written after the disaster');
    await dr('sandbox', 'heal', 'cluster-1');
    await sandbox.until(
      () => dr('status', 'data', ...inShop),
      ({ stdout }) => stdout.includes('SplitBrain'),
    );
    const words = ['failback', 'deploy/web', ...inShop];
    expect(await dr(...words)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('the copy on cluster-1'),
    });
    const ended = await succeed(...words, '--yes', '--accept-data-loss=unknown', '-o', 'json');
    const events = eventsOf(ended.stdout);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'Done',
        message: expect.stringContaining('thrown away: what was written'),
      }),
    );
    const { stdout: history } = await dr('history', ...inShop, '-o', 'json');
    expect(JSON.parse(history).items[0]).toMatchObject({
      verb: 'Failback',
      dataLoss: 'unknown (what was written on cluster-1 alone was thrown away)',
    });
    const counted = (wanted: RegExp): number => events.filter(({ type }) => wanted.test(type)).length;
    expect(counted(/^StepStarted$/)).toBe(counted(/^Step(Done|Left)$/));
    const steps = events.filter(({ type }) => type === 'StepDone');
    const names = steps.map(({ step }) => step);
    expect(names.indexOf('Resync')).toBeLessThan(names.lastIndexOf('Stop'));
    const told = steps.map(({ group, step, site }) => `${group} ${step} ${site}`);
    expect(told).toEqual([...new Set(told)]);
    expect(await apps.role('cluster-1', 'data', namespace)).toBe('primary/Primary');
    expect(await read('cluster-1', 'data')).toBe('written after the disaster');
    expect(await apps.replicas('cluster-1', 'deployment', 'web', namespace)).toEqual({ wanted: 3, ready: 3 });
    expect(await apps.replicas('cluster-2', 'deployment', 'web', namespace)).toMatchObject({ wanted: 0 });
    const { metadata } = await volumes.read('cluster-1', ...inShop, 'vr', 'data');
    // What is left of its demotion is void with the promote; nothing calls it the older copy any more.
    expect(Object.keys(metadata.annotations ?? {}).filter((it) => it.startsWith('kubectl-dr.dev/'))).toEqual([
      'kubectl-dr.dev/consents-used',
      'kubectl-dr.dev/demotion',
      'kubectl-dr.dev/last-backup',
    ]);
  });
});
