import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  executable,
  haveKubectl,
  privateEnvironment,
  type RunningSandbox,
  runCommand,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

type SandboxRecord = { pid: number; runDirectory: string; kubeconfig: string; children: number[] };
type Status = {
  runDirectory: string;
  link: string;
  sites: {
    state: string;
    url: string;
    controller: { state: string; pid?: number };
    webhook: { state: string; pid?: number };
    volumes: { role: string; claim?: string }[];
  }[];
};

const recordOf = (home: string): SandboxRecord =>
  JSON.parse(readFileSync(join(home, 'state', 'kubectl-dr', 'sandbox.json'), 'utf8')) as SandboxRecord;

/** Whether a process still does anything; one that nobody waited for stays in the table. */
const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** A class whose schedule is none: whoever guards refuses it. */
const unsafeClass = JSON.stringify({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplicationClass',
  metadata: { name: 'unsafe' },
  spec: { provisioner: 'rbd.csi.ceph.com', parameters: { schedulingInterval: 'soon' } },
});
const createUnsafeClass = (sandbox: RunningSandbox, site: string) =>
  sandbox.kubectl(site, ['create', '--dry-run=server', '-f', '-'], unsafeClass);
const refused = { code: 1, stderr: expect.stringContaining('denied the request: DR107: ') };

const filesBelow = (directory: string): string[] =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

describe.skipIf(!haveKubectl).each(serverFlavours)('kubectl dr sandbox with $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  const status = async (): Promise<Status> =>
    JSON.parse((await sandbox.dr('sandbox', 'status', '-o', 'json')).stdout) as Status;

  beforeAll(async () => {
    sandbox = await startSandbox('--with-example', '--clock-factor=60', ...flags);
  });
  afterAll(async () => {
    await sandbox?.end();
  });

  test('has two sites that kubectl reaches, each with its controller and its guard', async () => {
    for (const site of ['cluster-1', 'cluster-2']) {
      const listed = await sandbox.kubectl(site, ['get', 'namespaces', '-o', 'name']);
      expect(listed.stdout.split('\n')).toEqual(
        expect.arrayContaining(['namespace/default', 'namespace/kube-system']),
      );
    }
    const { sites } = await status();
    expect(sites.map(({ state, controller, webhook }) => [state, controller.state, webhook.state])).toEqual([
      ['up', 'running', 'running'],
      ['up', 'running', 'running'],
    ]);
    for (const site of ['cluster-1', 'cluster-2']) {
      expect(await createUnsafeClass(sandbox, site)).toMatchObject(refused);
    }
  });

  test('makes the claim of the first steps Bound on the first site alone', async () => {
    const words = ['get', 'pvc', '-o', 'jsonpath={range .items[*]}{.metadata.name} {.status.phase}{end}'];
    expect((await sandbox.kubectl('cluster-1', words)).stdout).toBe('rbd-pvc Bound');
    expect((await sandbox.kubectl('cluster-2', words)).stdout).toBe('');
    const classes = await sandbox.kubectl('cluster-2', ['get', 'sc,vrc', '-o', 'name']);
    expect(classes.stdout).toContain('storageclass.storage.k8s.io/csi-rbd-sc');
    expect(classes.stdout).toContain('rbd-volumereplicationclass');
  });

  test('keeps what it writes to its owner', async () => {
    const { kubeconfig, runDirectory } = recordOf(sandbox.home);
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
    expect(statSync(runDirectory).mode & 0o777).toBe(0o700);
  });

  test('reads back what was written into a volume', async () => {
    const written = await sandbox.dr('sandbox', 'write', 'cluster-1', 'rbd-pvc', 'first words');
    expect(written).toMatchObject({ code: 0 });
    expect((await sandbox.dr('sandbox', 'read', 'cluster-1', 'rbd-pvc')).stdout).toBe('first words');
  });

  test('says on which site a claim is missing', async () => {
    const read = await sandbox.dr('sandbox', 'read', 'cluster-2', 'rbd-pvc');
    expect(read.code).toBe(1);
    expect(read.stderr).toContain('cluster-2: there is no claim default/rbd-pvc');
  });

  test('is the only one of its user', async () => {
    const second = await sandbox.dr('sandbox', 'up', '--detach', ...flags);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/^error: a sandbox runs already \(pid \d+, since .*\); .*\n$/);
  });

  test.each([
    ['refused', [] as string[], 'refusing'],
    ['unanswered', ['--hang'], 'hanging'],
  ])('leaves a failed site %s and brings it back as it was', async (_, how, state) => {
    const before = await status();
    expect(await sandbox.dr('sandbox', 'fail', 'cluster-1', ...how)).toMatchObject({ code: 0 });
    const dark = await status();
    expect(dark.sites[0]).toMatchObject({
      state,
      controller: { state: 'stopped' },
      webhook: { state: 'stopped' },
    });
    expect(dark.link).toBe('down');
    expect(runs(before.sites[0]?.controller.pid ?? 0)).toBe(false);
    expect(runs(before.sites[0]?.webhook.pid ?? 0)).toBe(false);
    const asked = await sandbox.kubectl('cluster-1', ['get', 'pvc', '--request-timeout=1s']);
    expect(asked.code).toBe(1);
    const written = await sandbox.dr('sandbox', 'write', 'cluster-1', 'rbd-pvc', 'lost');
    expect(written.stderr).toContain('cluster-1 has failed');
    expect(await sandbox.dr('sandbox', 'heal', 'cluster-1')).toMatchObject({ code: 0 });
    expect(await createUnsafeClass(sandbox, 'cluster-1')).toMatchObject(refused);
    const after = await status();
    expect(after.sites[0]).toMatchObject({
      state: 'up',
      url: before.sites[0]?.url,
      webhook: { state: 'running' },
    });
    expect(after.link).toBe('up');
    expect((await sandbox.dr('sandbox', 'read', 'cluster-1', 'rbd-pvc')).stdout).toBe('first words');
  });

  test('starts a controller again that was killed', async () => {
    const before = (await status()).sites[1]?.controller.pid ?? 0;
    process.kill(before, 'SIGKILL');
    const after = await sandbox.until(status, ({ sites }) => {
      const pid = sites[1]?.controller.pid;
      return pid !== undefined && pid !== before;
    });
    expect(after.sites[1]?.controller.state).toBe('running');
  });

  test('refuses without its webhook, and starts one again that was killed', async () => {
    process.kill((await status()).sites[1]?.webhook.pid ?? 0, 'SIGKILL');
    expect(await createUnsafeClass(sandbox, 'cluster-2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('failed calling webhook "guard.kubectl-dr.dev"'),
    });
    await sandbox.until(
      () => createUnsafeClass(sandbox, 'cluster-2'),
      ({ stderr }) => stderr.includes('DR107: '),
    );
    expect((await status()).sites[1]?.webhook.state).toBe('running');
  });

  test('puts back with heal what somebody has unregistered', async () => {
    const guard = ['delete', 'validatingwebhookconfiguration', 'kubectl-dr-guard'];
    expect(await sandbox.kubectl('cluster-2', guard)).toMatchObject({ code: 0 });
    await sandbox.until(
      () => createUnsafeClass(sandbox, 'cluster-2'),
      ({ code }) => code === 0,
    );
    expect(await sandbox.dr('sandbox', 'heal', 'cluster-2')).toMatchObject({ code: 0 });
    expect(await createUnsafeClass(sandbox, 'cluster-2')).toMatchObject(refused);
  });

  test('attaches a volume while a deployment uses it, and detaches it when that is scaled down', async () => {
    const deployment = JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'app' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'app' } },
        template: {
          metadata: { labels: { app: 'app' } },
          spec: {
            containers: [{ name: 'main', image: 'any' }],
            volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'rbd-pvc' } }],
          },
        },
      },
    });
    expect(await sandbox.kubectl('cluster-1', ['apply', '-f', '-'], deployment)).toMatchObject({ code: 0 });
    const rolled = await sandbox.kubectl('cluster-1', [
      'rollout',
      'status',
      'deployment/app',
      '--timeout=30s',
    ]);
    expect(rolled.stdout).toContain('successfully rolled out');
    const attached = ['get', 'volumeattachments', '-o', 'jsonpath={.items[*].status.attached}'];
    expect((await sandbox.kubectl('cluster-1', attached)).stdout).toBe('true');
    await sandbox.kubectl('cluster-1', ['scale', 'deployment/app', '--replicas=0']);
    await sandbox.until(
      () => sandbox.kubectl('cluster-1', ['get', 'pods,volumeattachments', '-o', 'name']),
      ({ stdout }) => stdout === '',
    );
    const counted = ['get', 'deployment', 'app', '-o', 'jsonpath={.status.observedGeneration}'];
    expect((await sandbox.kubectl('cluster-1', counted)).stdout).toBe('2');
  });

  test('keeps a claim until its pod is gone, and its volume with policy Retain after that', async () => {
    const claim = `{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"kept"},"spec":{"storageClassName":"csi-rbd-sc","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}`;
    const pod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"user"},"spec":{"containers":[{"name":"main","image":"any"}],"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"kept"}}]}}`;
    await sandbox.kubectl('cluster-1', ['apply', '-f', '-'], `${claim}\n${pod}`);
    const ready = await sandbox.kubectl('cluster-1', [
      'wait',
      '--for=condition=Ready',
      'pod/user',
      '--timeout=30s',
    ]);
    expect(ready).toMatchObject({ code: 0 });
    const volume = (
      await sandbox.kubectl('cluster-1', ['get', 'pvc', 'kept', '-o', 'jsonpath={.spec.volumeName}'])
    ).stdout;
    await sandbox.kubectl('cluster-1', ['delete', 'pvc', 'kept', '--wait=false']);
    const held = ['get', 'pvc', 'kept', '-o', 'jsonpath={.metadata.finalizers}'];
    expect((await sandbox.kubectl('cluster-1', held)).stdout).toBe('["kubernetes.io/pvc-protection"]');
    await sandbox.kubectl('cluster-1', ['delete', 'pod', 'user', '--timeout=30s']);
    await sandbox.until(
      () => sandbox.kubectl('cluster-1', ['get', 'pv', volume, '-o', 'jsonpath={.status.phase}']),
      ({ stdout }) => stdout === 'Released',
    );
  });

  test('empties a namespace that is deleted, owners and owned alike', async () => {
    await sandbox.kubectl('cluster-1', ['create', 'namespace', 'short']);
    await sandbox.kubectl('cluster-1', [
      '-n',
      'short',
      'create',
      'deployment',
      'web',
      '--image=any',
      '--replicas=3',
    ]);
    await sandbox.kubectl('cluster-1', [
      '-n',
      'short',
      'create',
      'configmap',
      'settings',
      '--from-literal=a=b',
    ]);
    await sandbox.kubectl('cluster-1', [
      '-n',
      'short',
      'rollout',
      'status',
      'deployment/web',
      '--timeout=30s',
    ]);
    const gone = await sandbox.kubectl('cluster-1', ['delete', 'namespace', 'short', '--timeout=30s']);
    expect(gone).toMatchObject({ code: 0 });
    const left = await sandbox.kubectl('cluster-1', [
      'get',
      'pods,configmaps,replicasets',
      '-n',
      'short',
      '-o',
      'name',
    ]);
    expect(left.stdout).toBe('');
  });
});

describe.each(serverFlavours)('the end of a sandbox with $flavour', ({ flags }) => {
  test('leaves no process and no file', async () => {
    const sandbox = await startSandbox('--with-example', ...flags);
    const { pid, children, runDirectory, kubeconfig } = recordOf(sandbox.home);
    expect(children.length).toBeGreaterThanOrEqual(4);
    expect(await sandbox.dr('sandbox', 'down')).toMatchObject({ code: 0 });
    expect([pid, ...children].filter(runs)).toEqual([]);
    expect([existsSync(runDirectory), existsSync(kubeconfig)]).toEqual([false, false]);
    expect(filesBelow(join(sandbox.home, 'state'))).toEqual([]);
    await sandbox.end();
  });

  test('by a kill is cleaned up after by the next one', async () => {
    const sandbox = await startSandbox(...flags);
    const killed = recordOf(sandbox.home);
    // What is not on the record by now would outlive the kill.
    expect(killed.children.length).toBeGreaterThanOrEqual(4);
    process.kill(killed.pid, 'SIGKILL');
    await sandbox.until(
      async () => runs(killed.pid),
      (running) => !running,
    );
    expect(await sandbox.dr('sandbox', 'up', '--detach', ...flags)).toMatchObject({ code: 0 });
    expect(recordOf(sandbox.home).pid).not.toBe(killed.pid);
    expect(killed.children.filter(runs)).toEqual([]);
    expect(existsSync(killed.runDirectory)).toBe(false);
    await sandbox.end();
  });

  test('does not lose what --state keeps: objects, bytes, ports and certificates', async () => {
    const state = mkdtempSync(join(tmpdir(), 'kubectl-dr-kept-'));
    const sandbox = await startSandbox('--with-example', `--state=${state}`, ...flags);
    await sandbox.dr('sandbox', 'write', 'cluster-1', 'rbd-pvc', 'kept words');
    const before = readFileSync(recordOf(sandbox.home).kubeconfig, 'utf8');
    await sandbox.dr('sandbox', 'fail', 'cluster-2');
    expect(await sandbox.dr('sandbox', 'down')).toMatchObject({ code: 0 });
    expect(await sandbox.dr('sandbox', 'up', '--detach', `--state=${state}`, ...flags)).toMatchObject({
      code: 0,
    });
    expect(readFileSync(recordOf(sandbox.home).kubeconfig, 'utf8')).toBe(before);
    expect((await sandbox.dr('sandbox', 'read', 'cluster-1', 'rbd-pvc')).stdout).toBe('kept words');
    await sandbox.end();
    rmSync(state, { recursive: true });
  });

  test.skipIf(!haveKubectl)('with a guard that was kept can be gone on with, also without it', async () => {
    const state = mkdtempSync(join(tmpdir(), 'kubectl-dr-kept-'));
    const up = ['sandbox', 'up', '--detach', `--state=${state}`, ...flags];
    const sandbox = await startSandbox(`--state=${state}`, ...flags);
    expect(await sandbox.dr('sandbox', 'down')).toMatchObject({ code: 0 });
    expect(await sandbox.dr(...up, '--with-example')).toMatchObject({ code: 0 });
    expect(await createUnsafeClass(sandbox, 'cluster-1')).toMatchObject(refused);
    expect(await sandbox.dr('sandbox', 'down')).toMatchObject({ code: 0 });
    expect(await sandbox.dr(...up, '--no-webhook')).toMatchObject({ code: 0 });
    expect(await createUnsafeClass(sandbox, 'cluster-1')).toMatchObject({ code: 0 });
    await sandbox.end();
    rmSync(state, { recursive: true });
  });
});

describe('a sandbox that cannot be started', () => {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-dr-e2e-'));
  const env = privateEnvironment(home);
  const up = (...words: string[]) =>
    runCommand(executable('kubectl-dr'), ['sandbox', 'up', '--detach', '--embedded', ...words], { env });
  afterAll(() => rmSync(home, { recursive: true }));

  const refusal = (message: string) => ({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^error: .*${message}.*\n$`)),
  });

  test('names the port that is in use', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port));
    });
    expect(await up('--ports', `0,${port}`)).toEqual(refusal(`port ${port} on 127.0.0.1 is in use`));
    other.close();
  });

  test('names the state directory that cannot be written', async () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    expect(await up('--state', join(file, 'below'))).toEqual(
      refusal('state directory .*/file/below cannot be written'),
    );
  });

  test("does not write over a kubeconfig of the user's", async () => {
    mkdirSync(join(home, '.kube'), { recursive: true });
    const own = join(home, '.kube', 'config');
    writeFileSync(own, 'apiVersion: v1\n');
    expect(await up('--kubeconfig-out', own)).toEqual(refusal('was not written by a sandbox'));
    expect(readFileSync(own, 'utf8')).toBe('apiVersion: v1\n');
  });

  test('leaves nothing behind', () => {
    expect(filesBelow(join(home, 'state'))).toEqual([]);
  });
});
