// The single steps as a person types them, between two guarded clusters.
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { consentAnnotation } from '../../core/consent.ts';
import { consentTo, guardedVolumes, type Site } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  executable,
  haveKubectl,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

type Event = { type: string; message: string; code: string | null; object: { name: string } | null };

describe.skipIf(!haveKubectl).each(serverFlavours)('single steps, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let volumes: ReturnType<typeof guardedVolumes>;
  const dr = (site: Site, ...words: string[]) => sandbox.dr(...words, '--context', site);
  const eventsOf = (stdout: string): Event[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const stateOf = async (site: Site, name: string): Promise<string> =>
    (
      await sandbox.kubectl(site, [
        'get',
        'vr',
        name,
        '-o',
        'jsonpath={.spec.replicationState}/{.status.state}',
      ])
    ).stdout;
  const write = (site: Site, claim: string, text: string) =>
    sandbox.dr('sandbox', 'write', site, claim, text);
  const read = async (site: Site, claim: string) => (await sandbox.dr('sandbox', 'read', site, claim)).stdout;

  beforeAll(async () => {
    sandbox = await startSandbox(...flags, '--clock-factor=720');
    volumes = guardedVolumes(sandbox);
    await volumes.setUpClasses();
  });
  afterAll(() => sandbox?.end());
  mendAfterFailures(() => sandbox);

  test('protect says beforehand what check is going to find of the claim', async () => {
    const set = stringify({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'ledger', namespace: 'default' },
      spec: {
        replicas: 0,
        serviceName: 'ledger',
        selector: { matchLabels: { app: 'ledger' } },
        template: {
          metadata: { labels: { app: 'ledger' } },
          spec: { containers: [{ name: 'app', image: 'app' }] },
        },
        persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
        volumeClaimTemplates: [
          {
            metadata: { name: 'books' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    });
    await volumes.succeed('cluster-1', ['create', '-f', '-'], set);
    await volumes.bind('cluster-1', 'books-ledger-0');
    const shown = await dr('cluster-1', 'protect', 'books-ledger-0', '--dry-run=client');
    expect(shown).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /Warning: cluster-1: pvc\/books-ledger-0 in default: DR429: StatefulSet default\/ledger deletes its claims .*; next: kubectl --context cluster-1 -n default patch statefulset ledger/,
      ),
    });
  });

  test('protect keeps the volume, makes it primary, and waits for the first sync', async () => {
    const volumeName = await volumes.bind('cluster-1', 'db');
    await volumes.succeed('cluster-1', [
      'patch',
      'pv',
      volumeName,
      '-p',
      '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}',
    ]);
    const shown = await dr('cluster-1', 'protect', 'db', '--dry-run=client');
    expect(shown).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`would be protected by VolumeReplication db of class`),
    });
    expect((await sandbox.kubectl('cluster-1', ['get', 'vr', 'db'])).code).toBe(1);
    expect(await dr('cluster-1', 'protect', 'db')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^cluster-1: pvc\/db in default protected in \d+s; cluster-2 has no claim for it, and no backup is on record: .*; next: kubectl dr backup db -n default --context cluster-1\n$/,
      ),
    });
    const vr = await volumes.read('cluster-1', 'vr', 'db');
    expect(vr.status).toMatchObject({ state: 'Primary', lastSyncTime: expect.any(String) });
    expect((await volumes.read('cluster-1', 'pv', volumeName)).spec.persistentVolumeReclaimPolicy).toBe(
      'Retain',
    );
    expect(await dr('cluster-1', 'protect', 'db')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is protected already'),
    });
  });

  test('promote never makes a second primary, and names the step to make first', async () => {
    const { volumeName } = (await volumes.read('cluster-1', 'pvc', 'db')).spec;
    await volumes.carryOver('db', volumeName);
    const refused = await dr('cluster-2', 'promote', 'db', '--yes', '--accept-data-loss=unknown');
    expect(refused).toMatchObject({
      code: 4,
      stdout: '',
      stderr: expect.stringContaining('next: kubectl dr demote db -n default --context cluster-1'),
    });
    expect((await sandbox.kubectl('cluster-2', ['get', 'vr', 'db'])).code).toBe(1);
  });

  test('demote is refused while a pod uses the claim, and done when it is gone', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'app', namespace: 'default' },
      spec: {
        containers: [{ name: 'app', image: 'app' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'db' } }],
      },
    };
    await volumes.succeed('cluster-1', ['create', '-f', '-'], JSON.stringify(pod));
    const refused = await dr('cluster-1', 'demote', 'db', '-o', 'json');
    expect(refused.code).toBe(4);
    expect(eventsOf(refused.stdout)).toMatchObject([{ type: 'Refused', code: 'DR109' }]);
    expect(await stateOf('cluster-1', 'db')).toBe('primary/Primary');
    await volumes.succeed('cluster-1', ['delete', 'pod', 'app', '--wait=true', '--timeout=30s']);
    await sandbox.until(
      () => sandbox.kubectl('cluster-1', ['get', 'volumeattachments', '-o', 'name']),
      ({ stdout }) => stdout === '',
    );
    await write('cluster-1', 'db', 'written just before the demotion');
    expect(await dr('cluster-1', 'demote', 'db')).toMatchObject({ code: 0 });
    expect(await stateOf('cluster-1', 'db')).toBe('secondary/Secondary');
  });

  test('promote then waits for what was written last, and nothing is lost', async () => {
    const ended = await dr('cluster-2', 'promote', 'db', '-o', 'json');
    expect(ended.code).toBe(0);
    expect(eventsOf(ended.stdout).at(-1)).toMatchObject({ type: 'Done', object: { name: 'db' } });
    expect(await read('cluster-2', 'db')).toBe('written just before the demotion');
    expect((await volumes.read('cluster-2', 'vr', 'db')).metadata.annotations).toBeUndefined();
  });

  test('resync takes a secondary whose primary is there, and no word but the name of the site', async () => {
    await sandbox.until(
      () => sandbox.kubectl('cluster-2', ['get', 'vr', 'db', '-o', 'jsonpath={.status.lastSyncTime}']),
      ({ stdout }) => stdout !== '',
    );
    const unasked = await dr('cluster-1', 'resync', 'db', '--yes');
    expect(unasked).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('the copy on cluster-1 (secondary'),
    });
    expect(await dr('cluster-2', 'resync', 'db', '--yes', '--accept-data-loss=unknown')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('only a secondary is resynced'),
    });
    const ended = await dr('cluster-1', 'resync', 'db', '--yes', '--accept-data-loss=unknown');
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(await stateOf('cluster-1', 'db')).toBe('secondary/Secondary');
    // By this a planned move knows that the copy is not older any more.
    const primary = await volumes.read('cluster-2', 'vr', 'db');
    expect((await volumes.read('cluster-1', 'vr', 'db')).metadata.annotations).toMatchObject({
      'kubectl-dr.dev/resynced-from': `cluster-2/${primary.metadata.uid}`,
    });
  });

  test('several volumes are told one by one: some done, some not, is 6', async () => {
    for (const name of ['one', 'two']) {
      await volumes.bind('cluster-1', name);
      await volumes.succeed('cluster-1', ['label', 'pvc', name, 'app=shop']);
    }
    const named = await dr('cluster-1', 'protect', 'one', 'missing', '-o', 'json', '--no-wait');
    expect(named.code).toBe(6);
    expect(eventsOf(named.stdout).map(({ type, object }) => [object?.name, type])).toEqual(
      expect.arrayContaining([
        ['one', 'Done'],
        ['missing', 'Failed'],
      ]),
    );
    expect(await dr('cluster-1', 'protect', '-l', 'app=shop', '-o', 'name')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('persistentvolumeclaim/two\n'),
    });
    expect(await dr('cluster-1', 'protect')).toMatchObject({ code: 2 });
    expect(await dr('cluster-1', 'protect', '-l', 'app=none')).toMatchObject({ code: 1 });
  });

  test('unprotect says what goes, and does it only for who accepts that', async () => {
    expect(await dr('cluster-1', 'unprotect', 'two', '--yes')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('the copy on cluster-2: the driver removes it'),
    });
    const ended = await dr('cluster-1', 'unprotect', 'two', '--yes', '--accept-data-loss=unknown');
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect((await sandbox.kubectl('cluster-1', ['get', 'vr', 'two'])).code).toBe(1);
  });

  test('promote ends with 5 while the last snapshot cannot arrive, and asks for nothing', async () => {
    await sandbox.dr('sandbox', 'link', 'down');
    expect(await dr('cluster-2', 'demote', 'db')).toMatchObject({ code: 0 });
    expect(await dr('cluster-1', 'promote', 'db', '--timeout=2s')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('does not show yet that its last snapshot has arrived'),
    });
    expect(await stateOf('cluster-1', 'db')).toBe('secondary/Secondary');
    await sandbox.dr('sandbox', 'link', 'up');
    expect(await dr('cluster-1', 'promote', 'db')).toMatchObject({ code: 0 });
  });

  test('demote goes by a consent that somebody wrote on the object, although a pod uses the claim', async () => {
    await volumes.protect('cluster-1', 'used');
    await sandbox.until(
      () => sandbox.kubectl('cluster-1', ['get', 'vr', 'used', '-o', 'jsonpath={.status.lastSyncTime}']),
      ({ stdout }) => stdout !== '',
    );
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stuck', namespace: 'default' },
      spec: {
        containers: [{ name: 'app', image: 'app' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'used' } }],
      },
    };
    await volumes.succeed('cluster-1', ['create', '-f', '-'], JSON.stringify(pod));
    expect(await dr('cluster-1', 'demote', 'used')).toMatchObject({ code: 4 });
    const { spec }: { spec: { volumeName: string } } = await volumes.read('cluster-1', 'pvc', 'used');
    const { spec: volume }: { spec: { csi: { volumeHandle: string } } } = await volumes.read(
      'cluster-1',
      'pv',
      spec.volumeName,
    );
    const text = JSON.stringify({
      ...JSON.parse(consentTo('demote-in-use')),
      seen: { peer: 'unknown', volumes: [volume.csi.volumeHandle], generation: 1 },
    });
    await volumes.succeed('cluster-1', ['annotate', 'vr', 'used', `${consentAnnotation}=${text}`]);
    // A driver may have an opinion of its own: ceph-csi demotes nothing that a node has attached.
    const demoted = await dr('cluster-1', 'demote', 'used', '--no-wait');
    expect(demoted, demoted.stderr).toMatchObject({ code: 0 });
    await volumes.succeed('cluster-1', ['delete', 'pod', 'stuck', '--wait=true', '--timeout=30s']);
    await volumes.untilState('cluster-1', 'used', 'Secondary');
  });

  test('a person who is interrupted is told that what was asked for goes on', async () => {
    await volumes.bind('cluster-1', 'slow');
    await sandbox.dr('sandbox', 'link', 'down');
    const child = spawn(executable('kubectl-dr'), ['protect', 'slow', '--context', 'cluster-1'], {
      env: sandbox.env,
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    await sandbox.until(
      async () => said,
      (text) => text.includes('first sync'),
    );
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(130);
    expect(said).toContain('interrupted; what was asked for goes on');
    await sandbox.dr('sandbox', 'link', 'up');
  });
});
