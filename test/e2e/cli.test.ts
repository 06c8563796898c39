import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executable, haveKubectl, packageRoot, privateEnvironment, runCommand } from './running-sandbox.ts';

/** A kubeconfig with one context per server. */
const kubeconfig = (servers: Record<string, string>): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': Object.keys(servers)[0],
    clusters: Object.entries(servers).map(([name, server]) => ({ name, cluster: { server } })),
    contexts: Object.keys(servers).map((name) => ({ name, context: { cluster: name, user: 'me' } })),
    users: [{ name: 'me', user: { token: 'not-a-secret' } }],
  });

/** An API server that answers everything with one Status. */
const serveStatus = async (code: number, status: object): Promise<{ server: Server; url: string }> => {
  const server = createServer((_, response) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, ...status }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

describe('the executable', () => {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-dr-cli-'));
  const env = privateEnvironment(home);
  const servers: Server[] = [];
  const dr = (words: string[], more: NodeJS.ProcessEnv = {}) =>
    runCommand(executable('kubectl-dr'), words, { env: { ...env, ...more } });
  const write = (name: string, text: string): string => {
    const path = join(home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  let forbidden = '';
  let without = '';

  beforeAll(async () => {
    const refusing = await serveStatus(403, {
      reason: 'Forbidden',
      message:
        'volumereplications.replication.storage.openshift.io is forbidden: User "me" cannot list resource',
    });
    const empty = await serveStatus(404, {
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
    });
    servers.push(refusing.server, empty.server);
    forbidden = refusing.url;
    without = empty.url;
  });
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(home, { recursive: true, force: true });
  });

  test.each([[['--help']], [['status', '-h']], [['sandbox', 'up', '--help']], [[]]])(
    'prints help for %j and ends with 0',
    async (words) => {
      const ended = await dr(words);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(ended.stdout).toContain('Usage:\n  kubectl dr ');
    },
  );

  test('tells its version, for people and for scripts', async () => {
    expect((await dr(['version'])).stdout).toMatch(/^kubectl dr \d+\.\d+\.\d+ \(Node\.js v2\d\./);
    expect(JSON.parse((await dr(['version', '-ojson'])).stdout)).toMatchObject({
      apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
      kind: 'Version',
    });
  });

  test.each([
    {
      what: 'an unknown flag',
      words: ['status', '--nope'],
      code: 2,
      says: /^error: unknown flag: --nope; see /,
    },
    {
      what: 'an unknown command',
      words: ['teleport'],
      code: 2,
      says: /^error: unknown command "teleport"; see /,
    },
    {
      what: 'a missing kubeconfig',
      words: ['status', '--kubeconfig=/nowhere/config'],
      code: 1,
      says: /^error: no kubeconfig found: \/nowhere\/config does not exist; name one with --kubeconfig or KUBECONFIG/,
    },
    {
      what: 'no sandbox',
      words: ['sandbox', 'status'],
      code: 1,
      says: /^error: no sandbox runs; start one with kubectl dr sandbox up/,
    },
  ])('says on one line what is wrong: $what', async ({ words, code, says }) => {
    const ended = await dr(words);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each([
    {
      what: 'a malformed kubeconfig, with file and line',
      config: () => 'apiVersion: v1\nclusters: [\n',
      says: /^error: kubeconfig .*\/kubeconfig.* line \d+/,
    },
    {
      what: 'an unknown context, with those there are',
      config: () => kubeconfig({ east: 'https://127.0.0.1:1' }),
      words: ['--context=north'],
      says: /^error: context "north" does not exist in .*; contexts there: east/,
    },
    {
      what: 'an unknown peer context',
      config: () => kubeconfig({ east: 'https://127.0.0.1:1' }),
      words: ['--peer-context=north'],
      says: /^error: context "north" does not exist in .*; contexts there: east/,
    },
    {
      what: 'a server that nobody listens at',
      config: () => kubeconfig({ east: 'https://127.0.0.1:1' }),
      says: /^error: east: connection refused by 127\.0\.0\.1:1; /,
    },
    {
      what: 'a permission that is missing',
      config: () => kubeconfig({ east: forbidden }),
      says: /^error: east: .*volumereplications.* is forbidden: User "me" cannot list resource/,
    },
    {
      what: 'a peer that is the site itself',
      config: () => kubeconfig({ east: 'https://127.0.0.1:1' }),
      words: ['--peer-context=east'],
      code: 2,
      says: /^error: --peer-context=east is the site itself; name the context of the other site/,
    },
    {
      what: 'CRDs that are not installed, with the command that installs them',
      config: () => kubeconfig({ east: without }),
      says: /^error: east: the VolumeReplication CRDs are not installed in this cluster; install them with "kubectl .*--context east apply -f /,
    },
  ])('says on one line what is wrong: $what', async ({ config, words = [], code = 1, says }) => {
    const ended = await dr(['status', ...words, `--kubeconfig=${write('kubeconfig', config())}`]);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });

  test('names both sites when neither answers', async () => {
    const both = kubeconfig({ east: 'https://127.0.0.1:1', west: 'https://127.0.0.1:2' });
    const ended = await dr(['status', '--peer-context=west', `--kubeconfig=${write('kubeconfig', both)}`]);
    expect(ended.code).toBe(1);
    expect(ended.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^error: east: connection refused/),
      expect.stringMatching(/^error: west: connection refused/),
    ]);
  });

  test('finds the peer in the settings of the user, and says where they are wrong', async () => {
    const both = write('kubeconfig', kubeconfig({ east: without, west: 'https://127.0.0.1:2' }));
    write('settings/kubectl-dr/config.yaml', 'peers:\n  east: west\n');
    const settings = { XDG_CONFIG_HOME: join(home, 'settings') };
    expect((await dr(['status', `--kubeconfig=${both}`], settings)).stderr).toContain(
      'error: west: connection refused',
    );
    write('settings/kubectl-dr/config.yaml', 'peers: west\n');
    expect(await dr(['status', `--kubeconfig=${both}`], settings)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: .*config\.yaml: "peers" does not map contexts to contexts; write "peers:"/,
      ),
    });
  });

  test('starts through symbolic links and ends quietly when its reader leaves', async () => {
    const link = join(home, 'bin-link');
    symlinkSync(executable('kubectl-dr'), link);
    const ended = await runCommand('sh', ['-c', `${link} status --help | head -1`], { env });
    expect(ended).toEqual({
      // The code of head.
      code: 0,
      stdout: 'Show both sites side by side: role here and there, verdict, lag against\n',
      stderr: '',
    });
  });

  test('prints documents as YAML, too', async () => {
    expect((await dr(['version', '-o', 'yaml'])).stdout).toMatch(
      /^apiVersion: cli\.kubectl-dr\.dev\/v1alpha1\nkind: Version\n/,
    );
  });

  test('loads neither the parser nor anything of the clusters for help', () => {
    const library = join(packageRoot, 'dist/lib');
    const loaded = new Map<string, string>();
    const load = (file: string): void => {
      if (loaded.has(file)) return;
      const source = readFileSync(join(library, file), 'utf8');
      loaded.set(file, source);
      for (const [, next = ''] of source.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) load(next);
    };
    load('kubectl-dr-main.mjs');
    const sources = [...loaded.values()].join('\n');
    expect(sources).toContain('Two clusters with mirrored storage');
    expect(sources.length).toBeLessThan(60_000);
    expect(sources).not.toMatch(/parserConfiguration|certificate-authority-data|current-context/);
  });

  test.skipIf(!haveKubectl)('is what "kubectl dr" starts, and completes through kubectl', async () => {
    const ended = await runCommand('kubectl', ['dr', 'version'], { env });
    expect(ended.stdout).toMatch(/^kubectl dr /);
    const completed = await runCommand('kubectl', ['__complete', 'dr', 'sandbox', 'fail', ''], { env });
    expect(completed.stdout).toBe('cluster-1\ncluster-2\n:4\n');
  });
});
