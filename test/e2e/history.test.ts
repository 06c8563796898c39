// Records as a procedure would leave them, written by the real kubectl, and what history and status tell of them.
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { askFor, type Clusters, openClusters, replicate } from './protected-volume.ts';
import {
  type Ended,
  executable,
  haveKubectl,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

type Site = 'cluster-1' | 'cluster-2';
const bothSites: readonly Site[] = ['cluster-1', 'cluster-2'];

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

/** Every field there is. */
const relocation = (name: string, namespace = 'default'): OperationRecord => ({
  apiVersion: 'kubectl-dr.dev/v1alpha1',
  kind: 'Operation',
  metadata: { name, namespace, labels: { 'kubectl-dr.dev/verb': 'Relocate' } },
  spec: {
    verb: 'Relocate',
    from: { name: 'cluster-1', clusterUid: '7c9e3a52-2f8f-4a41-9d3f-0b6a5d0c1e2f' },
    to: { name: 'cluster-2', clusterUid: '1f0e9d8c-7b6a-4594-8372-615f4e3d2c1b' },
    by: 'alice',
    reason: 'maintenance',
    volumes: [{ persistentVolumeClaim: 'rbd-pvc' }],
  },
});

const runningStatus = (): OperationRecord['status'] => ({
  phase: 'Running',
  message: 'waits for the demote',
  startedAt: ago(90),
  pointOfNoReturnAt: ago(10),
  steps: [
    { name: 'Stop', site: 'cluster-1', startedAt: ago(90), endedAt: ago(60) },
    { name: 'Demote', site: 'cluster-1', startedAt: ago(60) },
  ],
  workloads: [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'web',
      site: 'cluster-1',
      replicas: 3,
      claims: ['rbd-pvc'],
    },
  ],
  consents: [
    { accepts: 'demote-in-use', maxLoss: '15m', by: 'alice', at: ago(80), reason: 'nobody uses it' },
  ],
  lease: { holder: 'alice@laptop-4711', renewTime: ago(1), leaseDurationSeconds: 15 },
});

const rowsOf = ({ stdout }: Ended): string[][] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {3,}/));

describe.skipIf(!haveKubectl).each(serverFlavours)('kubectl dr history with $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let clusters: Clusters;
  const history = (...words: string[]) => sandbox.dr('history', ...words);
  const statusOf = async (...words: string[]) => {
    const { stdout } = await sandbox.dr('status', '-o', 'json', ...words);
    return JSON.parse(stdout).items[0];
  };

  const succeed = async (site: Site, words: string[], input?: object): Promise<string> => {
    const ended = await sandbox.kubectl(site, words, input && JSON.stringify(input));
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    return ended.stdout;
  };
  const create = (site: Site, record: object) =>
    succeed(site, ['create', '--validate=strict', '-f', '-'], record);
  const setStatus = (site: Site, name: string, status: OperationRecord['status']) =>
    succeed(site, [
      ...['patch', 'operation', name, '--subresource=status', '--type=merge'],
      ...['-p', JSON.stringify({ status })],
    ]);

  beforeAll(async () => {
    sandbox = await startSandbox('--with-example', '--clock-factor=60', ...flags);
    clusters = openClusters(sandbox);
    await replicate(clusters.first, 'primary');
    await sandbox.until(statusOf, ({ verdict }) => verdict === 'Protected');
  });
  afterAll(async () => {
    clusters?.close();
    await sandbox?.end();
  });
  mendAfterFailures(() => sandbox);

  test('says that there is nothing', async () => {
    expect(await history()).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No operations found in namespace default.\n',
    });
    expect(await history('nope')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: operations "nope" not found in namespace default on cluster-1 or cluster-2\n',
    });
  });

  test('shows one operation of both sites as one, and what it does to its volume', async () => {
    for (const site of bothSites) {
      await create(site, relocation('relocate-1'));
      await setStatus(site, 'relocate-1', runningStatus());
    }
    const listed = await history();
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(rowsOf(listed)).toEqual([
      ['NAME', 'VERB', 'FROM', 'TO', 'VOLUMES', 'BY', 'STARTED', 'DURATION', 'RESULT', 'LOSS'],
      [
        ...['relocate-1', 'Relocate', 'cluster-1', 'cluster-2', '1', 'alice'],
        ...[expect.stringMatching(/^(\d+s|2m\d*s?)$/), expect.any(String), 'Running', '<unknown>'],
      ],
    ]);
    expect(await statusOf()).toMatchObject({
      verdict: 'Moving',
      reason: 'Operation',
      level: 'info',
      message: expect.stringMatching(/^relocate by alice, at step Demote since (\d+s|1m\d+s|2m\d*s?)$/),
      nextCommand: 'kubectl dr history relocate-1 -n default --context cluster-1',
      operation: { name: 'relocate-1', phase: 'Running', step: 'Demote' },
    });
  });

  test('shows one in full', async () => {
    const { code, stdout } = await history('relocate-1');
    expect(code).toBe(0);
    for (const line of [
      /^By: +alice$/m,
      /^Reason: +maintenance$/m,
      /^Result: +Running: waits for the demote$/m,
      /^No return: +\S+Z \(\d+s ago\)$/m,
      /^Records: +cluster-1 \(default\), cluster-2 \(default\)$/m,
      /^ {2}rbd-pvc +<unknown> +<unknown>$/m,
      /^ {2}\S+Z +alice +demote-in-use +15m +nobody uses it$/m,
      /^ {2}Deployment +web +cluster-1 +3$/m,
      /^ {2}Stop +cluster-1 +\S+Z +30s +Done$/m,
      /^ {2}Demote +cluster-1 +\S+Z +\S+ +Running$/m,
    ])
      expect(stdout).toMatch(line);
    const [row] = rowsOf(await history('operation.kubectl-dr.dev/relocate-1', '-o', 'name'));
    expect(row).toEqual(['operation.kubectl-dr.dev/relocate-1']);
  });

  test('a watch prints the row again when the step changes', async () => {
    const child = spawn(executable('kubectl-dr'), ['status', '-w'], { env: sandbox.env });
    let seen = '';
    child.stdout.on('data', (data: Buffer) => {
      seen += data;
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    try {
      const shown = async () => seen;
      await sandbox.until(shown, (text) => text.includes('at step Demote'));
      const [stop, demote] = runningStatus()?.steps ?? [];
      const promote = { name: 'Promote', site: 'cluster-2', startedAt: ago(0) };
      await setStatus('cluster-2', 'relocate-1', {
        steps: [stop!, { ...demote!, endedAt: ago(1) }, promote],
        lease: { ...runningStatus()!.lease!, renewTime: ago(-1) },
      });
      await sandbox.until(shown, (text) => text.includes('at step Promote'));
    } finally {
      child.kill('SIGINT');
    }
    expect(await ended).toBe(130);
  });

  test('believes the site that was written last, and says how a stopped operation goes on', async () => {
    await setStatus('cluster-2', 'relocate-1', {
      phase: 'Failed',
      message: 'time was up',
      endedAt: ago(-60),
    });
    expect(await statusOf()).toMatchObject({
      verdict: 'Protected',
      nextCommand: 'kubectl dr resume relocate-1 -n default --context cluster-1',
    });
    await askFor(clusters.first, 'secondary');
    const stopped = await sandbox.until(statusOf, ({ verdict }) => verdict === 'NoPrimary');
    expect(stopped).toMatchObject({
      reason: 'OperationStopped',
      message: expect.stringMatching(
        /^no site is primary: relocate by alice stopped at step Promote .*time was up$/,
      ),
    });
    expect((await history('relocate-1')).stdout).toMatch(
      /^Result: +Failed: time was up$[\s\S]*^Next: +kubectl dr resume relocate-1 -n default --context cluster-1$/m,
    );
  });

  test('goes on with nothing at other clusters than those it was begun with', async () => {
    for (const verb of ['resume', 'undo'])
      expect(await sandbox.dr(verb, 'relocate-1', '--yes', '--no-backup')).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^error: cluster-[12] is another cluster than the one that operation relocate-1 was begun with: .* is on record/,
        ),
      });
  });

  test('lists the operations of all namespaces as what they are', async () => {
    await succeed('cluster-1', ['create', 'namespace', 'shop']);
    await create('cluster-1', relocation('relocate-2'));
    await create('cluster-1', relocation('relocate-2', 'shop'));
    const done = { phase: 'Succeeded', startedAt: ago(50), endedAt: ago(20), dataLoss: '0s' } as const;
    await setStatus('cluster-1', 'relocate-2', done);
    const { stdout } = await history('-A', '-o', 'json');
    const { items } = JSON.parse(stdout);
    expect(
      items.map(({ name, namespaces }: { name: string; namespaces: string[] }) => [name, namespaces]),
    ).toEqual([
      ['relocate-2', ['default', 'shop']],
      ['relocate-1', ['default']],
    ]);
    expect(items[0]).toMatchObject({ phase: 'Succeeded', durationSeconds: 30, dataLoss: '0s' });
    expect((await history('-n', 'shop', '-o', 'name')).stdout).toBe('operation.kubectl-dr.dev/relocate-2\n');
    expect((await history('-A', '-o', 'wide')).stdout).toMatch(/^default,shop +relocate-2 +Relocate /m);
  });

  test('a spec stays as it was written, and a status is one that a record can have', async () => {
    const words = ['patch', 'operation', 'relocate-1', '--type=merge', '-p', '{"spec":{"reason":"other"}}'];
    const changed = await sandbox.kubectl('cluster-1', words);
    expect(changed.stderr).toContain('spec is immutable');
    const odd = await sandbox.kubectl('cluster-1', [
      ...['patch', 'operation', 'relocate-1', '--subresource=status', '--type=merge'],
      ...['-p', '{"status":{"phase":"Odd"}}'],
    ]);
    expect(odd.stderr).toContain('Unsupported value: "Odd"');
  });

  test('kubectl shows the columns of the kind', async () => {
    const row = (await succeed('cluster-2', ['get', 'drop', '-o', 'wide'])).split('\n');
    expect(row[0]).toMatch(/^NAME +VERB +FROM +TO +PHASE +BY +AGE$/);
    expect(row[1]).toMatch(/^relocate-1 +Relocate +cluster-1 +cluster-2 +Failed +alice +\S+$/);
  });

  test('status does without records that may not be read; history says so', async () => {
    const rules = ['--resource=vr,vgr,vrc,persistentvolumeclaims,persistentvolumes'];
    for (const site of bothSites) {
      await succeed(site, ['create', 'clusterrole', 'reader', '--verb=get,list', ...rules]);
      await succeed(site, [
        'create',
        'clusterrolebinding',
        'reader',
        '--clusterrole=reader',
        '--user=reader',
      ]);
    }
    const seen = await sandbox.until(
      () => statusOf('--as=reader'),
      (item) => item?.verdict === 'NoPrimary',
    );
    expect(seen).toMatchObject({
      reason: expect.stringMatching(/^(InSync|NotInSync|OneSided)$/),
      operation: null,
    });
    const refused = await history('--as=reader');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^error: cluster-1: operations\S* is forbidden.*\nerror: cluster-2: /);
  });

  test('a site that cannot be read is a warning, two are an error', async () => {
    await sandbox.dr('sandbox', 'fail', 'cluster-2');
    const one = await history('-o', 'name', '--request-timeout=2s');
    expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining('/relocate-2\n') });
    expect(one.stderr).toMatch(
      /^Warning: cluster-2: .*; operations that only cluster-2 knows are not shown; .*\n$/,
    );
    await sandbox.dr('sandbox', 'fail', 'cluster-1');
    const both = await history('--request-timeout=2s');
    expect(both).toMatchObject({ code: 1, stdout: '' });
    expect(both.stderr).toMatch(/^error: cluster-1: .*\nerror: cluster-2: .*\n$/);
    for (const site of bothSites) await sandbox.dr('sandbox', 'heal', site);
    await sandbox.until(
      () => history(),
      ({ stderr }) => stderr === '',
    );
  });

  test('a site without the kind is told of, with the command that installs it', async () => {
    await succeed('cluster-2', ['delete', 'crd', 'operations.kubectl-dr.dev']);
    const without = await sandbox.until(
      () => history(),
      ({ stderr }) => stderr !== '',
    );
    expect(without.code).toBe(0);
    const [, command = ''] =
      /^Warning: cluster-2: the Operation CRD is not installed in this cluster; .*; install it with "kubectl (.*)"\n$/.exec(
        without.stderr,
      ) ?? [];
    expect(command).toContain('--context cluster-2 apply -f ');
    expect((await sandbox.dr('status')).stderr).toBe('');
    await succeed('cluster-2', command.split(' '));
    await sandbox.until(
      () => history(),
      ({ stderr }) => stderr === '',
    );
  });
});
