import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { consentAnnotation } from '../../core/consent.ts';
import { claim, guardedVolumes, replicationClass } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  type Ended,
  executable,
  haveKubectl,
  type RunningSandbox,
  runCommand,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';
import { drAt } from './shifted-clock.ts';

type Found = { code: string; level: string; site: string | null; object: object | null; message: string };

/** Lines of the table that stand for something worse than information. */
const badRows = ({ stdout }: Ended): string[] =>
  stdout.split('\n').filter((line) => / (error|warning) /.test(line));

const deployment = (name: string, ...claimNames: string[]): string =>
  stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [{ name: 'main', image: 'example.com/app:1' }],
          volumes: claimNames.map((claimName) => ({
            name: claimName,
            persistentVolumeClaim: { claimName },
          })),
        },
      },
    },
  });

describe.skipIf(!haveKubectl).each(serverFlavours)('kubectl dr check with $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let volumes: ReturnType<typeof guardedVolumes>;
  const check = (...words: string[]) => sandbox.dr('check', ...words);

  /** What is found of one code, once that is as wanted. */
  const untilFound = async (code: string, accept: (found: Found[]) => boolean): Promise<Found[]> => {
    const look = async (): Promise<Found[]> => {
      const { stdout } = await check('-o', 'json');
      return (JSON.parse(stdout).findings as Found[]).filter((found) => found.code === code);
    };
    return sandbox.until(look, accept);
  };

  const checkAt = (minutes: number, ...words: string[]): Promise<Ended> =>
    drAt(sandbox, minutes, 'check', ...words);

  beforeAll(async () => {
    sandbox = await startSandbox('--clock-factor=60', ...flags);
    volumes = guardedVolumes(sandbox);
    await volumes.setUpClasses();
    await volumes.protect('cluster-1', 'db');
    await sandbox.until(
      () => sandbox.dr('status'),
      ({ stdout }) => stdout.includes('Protected'),
    );
  });
  afterAll(() => sandbox?.end());
  mendAfterFailures(() => sandbox);

  test('finds that nothing could be failed over until a backup is on record, and says so in protect, status and check', async () => {
    const ended = await check();
    expect(ended.code).toBe(3);
    const [row = '', ...others] = badRows(ended);
    expect(others).toEqual([]);
    expect(row).toMatch(
      /^DR428 +error +cluster-2 +PersistentVolumeClaim default\/db +is not there, and no backup/,
    );
    const again = await sandbox.dr('protect', 'db');
    const command = /next: kubectl (.*)$/.exec(row)?.[1] ?? '';
    expect(again.stdout).toContain(`next: kubectl ${command}`);
    expect((await sandbox.dr('status')).stdout).toContain(`next: kubectl ${command}`);
    const made = await sandbox.dr(...command.split(' ').slice(1), '-d', join(sandbox.home, 'backups'));
    expect(made, made.stderr).toMatchObject({ code: 0 });
    const index = readFileSync(join(made.stdout.trim(), 'INDEX'));
    const { annotations } = (await volumes.read('cluster-1', 'vr', 'db')).metadata;
    expect(annotations['kubectl-dr.dev/last-backup']).toMatch(
      new RegExp(`^\\S+Z sha256:${createHash('sha256').update(index).digest('hex')}$`),
    );
    expect((await sandbox.dr('status')).stdout).toMatch(
      /a failover takes it from a backup, the last on record is \d+s old/,
    );
    expect((await sandbox.dr('protect', 'db')).stdout).not.toContain('next:');
  });

  test('finds nothing wrong in a healthy pair, and says what it looked at and who acts', async () => {
    const ended = await check();
    expect(ended.code).toBe(0);
    expect(badRows(ended)).toEqual([]);
    expect(ended.stdout).toMatch(
      /^CODE +LEVEL +SITE +OBJECT +FINDING\nDR403 +info +cluster-1 +CSIDriver rbd\.csi\.ceph\.com +dr-controller acts for it: dr-controller wrote the status of default\/db at generation \d+, .* ago\n$/,
    );
    expect(ended.stderr).toMatch(
      /No findings but information\. Made 34 checks of cluster-1 and cluster-2 with 1 claim\.\n$/,
    );
    expect(ended.stderr).toContain(
      'Not checked: whether a controller acts for rbd.csi.ceph.com on cluster-2 cannot be seen while no VolumeReplication and no lease shows it (Controllers)\n',
    );
    expect(ended.stderr).not.toContain('kubectl-dr-asks-guard');
  });

  test('prints a report that names each check, and what it could not see', async () => {
    const { code, stdout } = await check('-o', 'json');
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
      kind: 'CheckReport',
      sites: [
        { name: 'cluster-1', readable: true, message: null },
        { name: 'cluster-2', readable: true, message: null },
      ],
      summary: { errors: 0, warnings: 0, infos: 1, checks: 34, claims: 1 },
    });
    const incomplete = report.checks.filter((run: { complete: boolean }) => !run.complete);
    expect(report.summary.incompleteChecks).toBe(incomplete.length);
    expect(incomplete.map((run: { name: string }) => run.name)).toContain('Controllers');
  });

  test('finds what the other site lacks: class and StorageClass', async () => {
    await volumes.succeed('cluster-2', ['delete', 'vrc', 'rbd-volumereplicationclass']);
    await volumes.succeed('cluster-2', ['delete', 'storageclass', 'csi-rbd-sc']);
    const ended = await check();
    expect(ended.code).toBe(3);
    expect(badRows(ended).map((row) => row.replaceAll(/ {2,}/g, '  '))).toEqual([
      'DR302  error  cluster-2  VolumeReplicationClass rbd-volumereplicationclass  is not there, and claim default/db is protected by it on cluster-1: no volume can be promoted here without it; next: kubectl --context cluster-1 get vrc rbd-volumereplicationclass -o yaml',
      'DR404  error  cluster-2  StorageClass csi-rbd-sc  is not there, and claim default/db of cluster-1 names it: it cannot be restored here; next: kubectl --context cluster-1 get storageclass csi-rbd-sc -o yaml',
    ]);
    expect((await check('--exit-zero')).code).toBe(0);
    await volumes.setUpClasses();
    expect((await check()).code).toBe(0);
  });

  test('finds a driver that the other site lacks, and knows nothing where no driver is registered at all', async () => {
    const driverCalled = (name: string) =>
      stringify({ apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name } });
    await volumes.succeed('cluster-2', ['delete', 'csidrivers,csinodes', '--all']);
    const nothing = await check();
    expect(nothing.code).toBe(0);
    expect(nothing.stderr).toContain('no CSI driver is registered on cluster-2 at all (CSIDrivers)');
    await volumes.succeed('cluster-2', ['apply', '-f', '-'], driverCalled('nfs.csi.k8s.io'));
    const another = await check();
    expect(another.code).toBe(3);
    expect(badRows(another)).toEqual([
      expect.stringMatching(/^DR405 +error +cluster-2 +CSIDriver rbd\.csi\.ceph\.com +is not registered/),
    ]);
    await volumes.succeed('cluster-2', ['apply', '-f', '-'], driverCalled('rbd.csi.ceph.com'));
    expect((await check()).code).toBe(0);
  });

  test('finds beforehand what a move could not restore on the other site', async () => {
    const { spec } = await volumes.read('cluster-1', 'pvc', 'db');
    const { spec: own } = await volumes.read('cluster-1', 'pv', spec.volumeName);
    const foreign = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: spec.volumeName },
      spec: { ...own, claimRef: { namespace: 'default', name: 'somebody-else' } },
    };
    await volumes.succeed('cluster-2', ['create', '-f', '-'], JSON.stringify(foreign));
    const ended = await check();
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(
      /^DR437 +error +cluster-2 +PersistentVolume \S+ +is reserved for claim default\/somebody-else on cluster-2: a move from cluster-1 could not/m,
    );
    await volumes.succeed('cluster-2', ['delete', 'pv', spec.volumeName]);
    expect((await check()).stdout).not.toContain('DR437');
  });

  test('finds a site that keeps no records of procedures, and how to have it keep them', async () => {
    await volumes.succeed('cluster-2', ['delete', 'crd', 'operations.kubectl-dr.dev']);
    const ended = await check();
    expect(ended.code).toBe(0);
    const [row = '', ...others] = badRows(ended);
    expect(others).toEqual([]);
    expect(row).toMatch(
      /^DR415 +warning +cluster-2 +CustomResourceDefinition operations\.kubectl-dr\.dev +is not/,
    );
    const command = /next: kubectl (.*)$/.exec(row)?.[1]?.split(' ') ?? [];
    const mended = await runCommand('kubectl', command, { env: sandbox.env });
    expect(mended, mended.stderr).toMatchObject({ code: 0 });
    expect((await check()).code).toBe(0);
  });

  test('finds classes without a schedule, and the claim that a workload mounts unprotected', async () => {
    await volumes.succeed('cluster-2', ['apply', '-f', '-'], replicationClass('bare', {}));
    await volumes.succeed('cluster-1', ['apply', '-f', '-'], claim('cache'));
    await volumes.succeed('cluster-1', ['apply', '-f', '-'], deployment('shop', 'db', 'cache'));
    const [found] = await untilFound('DR406', ({ length }) => length > 0);
    expect(found).toMatchObject({
      level: 'warning',
      site: 'cluster-1',
      object: { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'cache' },
    });
    const ended = await check();
    expect(ended.code).toBe(0);
    expect(badRows(ended).map((row) => row.slice(0, 5))).toEqual(['DR301', 'DR406']);
    await volumes.succeed('cluster-2', ['delete', 'vrc', 'bare']);
    await volumes.succeed('cluster-1', ['delete', 'deployment', 'shop']);
    await volumes.succeed('cluster-1', ['delete', 'pvc', 'cache']);
    await untilFound('DR406', ({ length }) => length === 0);
  });

  test('tells a consent that lies around, and says what to do about it', async () => {
    const key = `${consentAnnotation}={"accepts":["resync"],"maxLoss":"unknown","by":"me","expires":"2020-01-01T00:00:00Z"}`;
    const written = await sandbox.kubectl('cluster-1', ['annotate', 'vr', 'db', key]);
    // The guard refuses a consent that nobody could honour; one that holds passes it and lies there until it has expired.
    expect(written.stderr).toContain('DR112');
    expect(await volumes.consent('cluster-1', 'db', 'resync')).toMatchObject({ code: 0 });
    expect(badRows(await check())).toEqual([expect.stringMatching(/^DR413 .*carries a consent that holds/)]);
    expect(badRows(await checkAt(11)).join('\n')).toContain('carries a consent that nobody honours any more');
    await volumes.succeed('cluster-1', ['annotate', 'vr', 'db', `${consentAnnotation}-`]);
    expect(badRows(await check())).toEqual([]);
  });

  test('finds a clock that is behind the sites', async () => {
    const rows = badRows(await checkAt(-10));
    expect(rows[0]).toMatch(/^DR410 +warning +cluster-1 .* its clock is (9|10)m/);
    expect(rows.every((row) => row.startsWith('DR410'))).toBe(true);
  });

  test('finds an executable that stands before a command', async () => {
    const directory = join(sandbox.home, 'other');
    mkdirSync(directory, { recursive: true });
    const path = join(directory, 'kubectl-dr-status');
    writeFileSync(path, '#!/bin/sh\n');
    chmodSync(path, 0o755);
    const env = { ...sandbox.env, PATH: `${sandbox.env['PATH']}:${directory}` };
    const ended = await runCommand(executable('kubectl-dr'), ['check'], { env });
    expect(badRows(ended)).toEqual([
      expect.stringContaining(`File ${path}   kubectl runs it for "kubectl dr status"`),
    ]);
    expect(ended.code).toBe(0);
  });

  test('finds a PV that would go with its claim, and a guard that is not there', async () => {
    await volumes.succeed('cluster-1', ['delete', 'validatingwebhookconfiguration', 'kubectl-dr-guard']);
    const volume = (await volumes.read('cluster-1', 'pvc', 'db')).spec.volumeName;
    const policy = (value: string) =>
      volumes.succeed('cluster-1', [
        'patch',
        'pv',
        volume,
        '-p',
        JSON.stringify({ spec: { persistentVolumeReclaimPolicy: value } }),
      ]);
    await policy('Delete');
    const ended = await check('db');
    expect(ended.code).toBe(3);
    expect(badRows(ended).map((row) => row.slice(0, 5))).toEqual(['DR104', 'DR408']);
    await policy('Retain');
  });

  test('tells what a deletion waits for, and not to take the finalizer off', async () => {
    // The guard is gone since the test before; without its class no controller can end the mirroring.
    await volumes.succeed('cluster-1', ['delete', 'vrc', 'rbd-volumereplicationclass']);
    await volumes.succeed('cluster-1', ['delete', 'vr', 'db', '--wait=false']);
    const ended = await checkAt(6);
    expect(ended.code).toBe(3);
    const [stuck] = badRows(ended).filter((row) => row.startsWith('DR407'));
    expect(stuck).toMatch(
      /VolumeReplication default\/db +is being deleted for 6m.*: replication\.storage\.openshift\.io waits for its controller, .*do not take the finalizer off/,
    );
    expect(badRows(ended).some((row) => row.startsWith('DR106'))).toBe(true);
  });

  test('says of a site that is dark that nothing of it was checked, and ends with 1 where none can be read', async () => {
    await sandbox.dr('sandbox', 'fail', 'cluster-2', '--hang');
    const ended = await check('--request-timeout=1s');
    expect(ended.code).toBe(3);
    expect(badRows(ended)[0]).toMatch(
      /^DR401 +error +cluster-2 +<none> +cannot be read: no answer from .* within 1s/,
    );
    expect(ended.stderr).toMatch(
      /Not checked: cluster-2 cannot be read \(CustomResourceDefinitions, Controllers, /,
    );
    await sandbox.dr('sandbox', 'fail', 'cluster-1');
    const both = await check('--request-timeout=1s');
    expect(both.code).toBe(1);
    expect(badRows(both)).toHaveLength(2);
  });

  test('refuses names that are nowhere, and formats that there are none of', async () => {
    expect(await check('-o', 'name')).toMatchObject({ code: 2, stdout: '' });
    await sandbox.dr('sandbox', 'heal', 'cluster-1');
    expect(await check('nope', '--request-timeout=1s')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'error: persistentvolumeclaims "nope" not found in namespace default on cluster-1\n',
      ),
    });
  });
});
