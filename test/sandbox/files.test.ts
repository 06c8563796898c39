import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { contextExtension, loadKubeconfig, resolveContext } from '../../kube/kubeconfig.ts';
import { areStillValid, makeSiteCertificates } from '../../sandbox/certificates.ts';
import { assertKubeconfigIsOurs } from '../../sandbox/claim-sandbox.ts';
import { kubeconfigText } from '../../sandbox/kubeconfig-file.ts';
import { isSandboxKubeconfig } from '../../sandbox/leftovers.ts';
import { findPackageRoot } from '../../sandbox/package-root.ts';
import {
  claimRecord,
  defaultKubeconfig,
  readRecord,
  recordPath,
  updateRecord,
} from '../../sandbox/record.ts';
import { keepRecord } from '../../sandbox/record-keeper.ts';
import {
  certificatesFor,
  openStateDirectory,
  readFormerRun,
  writeRun,
} from '../../sandbox/state-directory.ts';
import { makePrivateDirectory, writePrivateFile } from '../../sandbox/write-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kubectl-dr-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const now = Date.parse('2026-06-01T00:00:00Z');
const certificates = await makeSiteCertificates({ site: 'cluster-1', now });

describe('certificates of a site', () => {
  const read = (pem: string) => new X509Certificate(pem);

  it('are signed by an authority of its own', () => {
    const ca = read(certificates.ca);
    for (const pem of [certificates.serverCert, certificates.clientCert]) {
      expect(read(pem).verify(ca.publicKey)).toBe(true);
    }
    expect(ca.ca).toBe(true);
  });

  it('let the server be reached at the loopback address alone', () => {
    const names = read(certificates.serverCert).subjectAltName ?? '';
    expect(names).toContain('IP Address:127.0.0.1');
    expect(names).toContain('DNS:localhost');
  });

  it("make the client one of the cluster's masters", () => {
    expect(read(certificates.clientCert).subject).toBe('O=system:masters\nCN=cluster-1-admin');
  });

  it('are made anew a month before they end', () => {
    const day = 86_400_000;
    expect(areStillValid(certificates, now + 330 * day)).toBe(true);
    expect(areStillValid(certificates, now + 340 * day)).toBe(false);
  });

  it('are kept in a state directory, and are others without one', async () => {
    const kept = await certificatesFor({ site: 'cluster-1', directory, now });
    expect(await certificatesFor({ site: 'cluster-1', directory, now })).toEqual(kept);
    expect(statSync(join(directory, 'cluster-1', 'certificates.json')).mode & 0o777).toBe(0o600);
    expect((await certificatesFor({ site: 'cluster-1', directory: undefined, now })).ca).not.toBe(kept.ca);
  });
});

describe('the kubeconfig of a sandbox', () => {
  const sites = ['cluster-1', 'cluster-2'].map((name, index) => ({
    name,
    url: `https://127.0.0.1:${6443 + index}`,
    certificates,
  }));
  const write = (): string => {
    const path = join(directory, 'kubeconfig');
    writeFileSync(path, kubeconfigText(sites));
    return path;
  };

  it('has a context per site, each with its own server and user', () => {
    const kubeconfig = loadKubeconfig({ env: {}, home: undefined, kubeconfig: write() });
    expect(kubeconfig.currentContext).toBe('cluster-1');
    const second = resolveContext(kubeconfig, 'cluster-2');
    expect(second.cluster.server).toBe('https://127.0.0.1:6444');
    expect(second.user.name).toBe('cluster-2-admin');
  });

  it('names the other site in each context', () => {
    const { contexts } = loadKubeconfig({ env: {}, home: undefined, kubeconfig: write() });
    expect(contexts.map((context) => contextExtension(context, 'kubectl-dr.dev/peer'))).toEqual([
      { context: 'cluster-2' },
      { context: 'cluster-1' },
    ]);
  });

  it('is YAML that is known again as written by a sandbox', async () => {
    const path = write();
    expect(parse(readFileSync(path, 'utf8'))).toMatchObject({ kind: 'Config' });
    expect(await isSandboxKubeconfig(path)).toBe(true);
    await expect(assertKubeconfigIsOurs(path)).resolves.toBeUndefined();
  });

  it("never replaces a file of the user's", async () => {
    const own = join(directory, 'config');
    writeFileSync(own, 'apiVersion: v1\n');
    await expect(assertKubeconfigIsOurs(own)).rejects.toMatchObject({ code: 'KubeconfigInUse' });
    await expect(assertKubeconfigIsOurs(join(directory, 'absent'))).resolves.toBeUndefined();
  });
});

describe('the record of a sandbox', () => {
  const surroundings = () => ({ env: { XDG_STATE_HOME: join(directory, 'state') }, home: directory });
  const record = {
    version: 1 as const,
    pid: 1,
    startedAt: '2026-06-01T00:00:00Z',
    controlSocket: '/run/control.sock',
    runDirectory: '/run',
    kubeconfig: '/kubeconfig',
    sites: [],
    children: [],
  };

  it("stands in the state home, and the kubeconfig beside the user's own", () => {
    expect(recordPath(surroundings())).toBe(join(directory, 'state', 'kubectl-dr', 'sandbox.json'));
    expect(recordPath({ env: {}, home: '/home/me' })).toBe('/home/me/.local/state/kubectl-dr/sandbox.json');
    expect(defaultKubeconfig({ env: {}, home: '/home/me' })).toBe('/home/me/.kube/kubectl-dr-sandbox');
  });

  it('can be claimed by one alone', async () => {
    expect(await readRecord(surroundings())).toBeUndefined();
    expect(await claimRecord(surroundings(), record)).toBe(true);
    expect(await claimRecord(surroundings(), { ...record, pid: 2 })).toBe(false);
    expect((await readRecord(surroundings()))?.pid).toBe(1);
    expect(statSync(recordPath(surroundings())).mode & 0o777).toBe(0o600);
  });

  it.each(['{', '3', 'null', '{"version":1}'])('that is damaged (%s) is said to be so', async (text) => {
    await updateRecord(surroundings(), record);
    writeFileSync(recordPath(surroundings()), text);
    await expect(readRecord(surroundings())).rejects.toMatchObject({ code: 'SandboxRecordUnreadable' });
  });

  it('that cannot be written is named', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const blocked = { env: { XDG_STATE_HOME: file }, home: directory };
    await expect(claimRecord(blocked, record)).rejects.toMatchObject({
      code: 'FileNotWritable',
      message: expect.stringContaining(recordPath(blocked)),
    });
  });

  it('names a process from its first moment to its last', async () => {
    await claimRecord(surroundings(), record);
    const keeper = keepRecord(surroundings(), record);
    const logFile = join(directory, 'log');
    const child = await keeper.startChild({
      command: process.execPath,
      args: ['-e', 'setInterval(() => 0, 1000)'],
      env: {},
      logFile,
    });
    expect((await readRecord(surroundings()))?.children).toEqual([child.pid]);
    await child.stop(5_000);
    await keeper.update({});
    expect((await readRecord(surroundings()))?.children).toEqual([]);
  });

  it('is not written any more once its sandbox ends', async () => {
    const keeper = keepRecord(surroundings(), record);
    await keeper.stop();
    await keeper.update({ pid: 7 });
    expect(existsSync(recordPath(surroundings()))).toBe(false);
  });
});

describe('a state directory', () => {
  it('is made where it is missing, private', async () => {
    const path = join(directory, 'a', 'b');
    expect(await openStateDirectory(path)).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(readdirSync(path)).toEqual([]);
  });

  it('that cannot be written is refused by its name', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    await expect(openStateDirectory(join(file, 'below'))).rejects.toMatchObject({
      code: 'StateNotWritable',
      message: expect.stringContaining(join(file, 'below')),
    });
  });

  it('remembers ports for the same kind of servers, and refuses the other kind', async () => {
    const former = { ports: [6443, 6444], webhookPorts: [9443, 9444] } as const;
    expect(await readFormerRun(directory, 'embedded')).toEqual({ ports: [0, 0], webhookPorts: [0, 0] });
    await writeRun(directory, { servers: 'embedded', ...former });
    expect(await readFormerRun(directory, 'embedded')).toEqual(former);
    await expect(readFormerRun(directory, 'kube-apiserver')).rejects.toMatchObject({
      code: 'StateOfOtherServers',
      hint: expect.stringContaining('--embedded'),
    });
  });

  it('with a damaged file names the file', async () => {
    await writeRun(directory, { servers: 'embedded', webhookPorts: [0, 0], ports: [6443, 6444] });
    writeFileSync(join(directory, 'run.json'), '{');
    await expect(readFormerRun(directory, 'embedded')).rejects.toMatchObject({
      code: 'StateUnreadable',
      message: expect.stringContaining(join(directory, 'run.json')),
    });
    await writePrivateFile(join(directory, 'cluster-1', 'certificates.json'), '{');
    await expect(certificatesFor({ site: 'cluster-1', directory, now })).rejects.toMatchObject({
      code: 'StateUnreadable',
      message: expect.stringContaining('certificates.json'),
    });
  });
});

describe('private files', () => {
  it('are written whole, for their owner alone, and leave no draft', async () => {
    const path = join(directory, 'new', 'file');
    await writePrivateFile(path, 'one');
    await writePrivateFile(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, 'new'))).toEqual(['file']);
  });

  it('that cannot be written are named', async () => {
    writeFileSync(join(directory, 'file'), '');
    const path = join(directory, 'file', 'below');
    await expect(writePrivateFile(path, 'one')).rejects.toMatchObject({
      code: 'FileNotWritable',
      message: expect.stringContaining(`${path} cannot be written`),
    });
  });

  it('keep the permissions of directories that are there', async () => {
    chmodSync(directory, 0o755);
    await makePrivateDirectory(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o755);
  });
});

it('the package is found from any of its modules, and said to be incomplete elsewhere', () => {
  expect(existsSync(join(findPackageRoot(import.meta.url), 'package.json'))).toBe(true);
  expect(() => findPackageRoot('file:///nowhere/at/all.mjs')).toThrow('manifests/crds is missing');
});
