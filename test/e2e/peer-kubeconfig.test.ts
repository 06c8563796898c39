// Two files as kubeadm writes them: a context, a cluster and a user of the same name in each.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { guardedVolumes, type Site } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  executable,
  haveKubectl,
  patiently,
  type RunningSandbox,
  runCommand,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

type Named = { name: string };
const called = 'kubernetes-admin@kubernetes';

describe.skipIf(!haveKubectl).each(serverFlavours)('a kubeconfig for each site, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let files: Record<Site, string>;
  const addresses: Partial<Record<Site, string>> = {};

  /** What of the sandbox's kubeconfig is about one site, under the names of kubeadm. */
  const fileOf = (site: Site): string => {
    const all = parse(readFileSync(sandbox.env['KUBECONFIG'] ?? '', 'utf8'));
    const { context } = all.contexts.find(({ name }: Named) => name === site);
    const { cluster } = all.clusters.find(({ name }: Named) => name === context.cluster);
    const { user } = all.users.find(({ name }: Named) => name === context.user);
    addresses[site] = cluster.server.replace('https://', '');
    const path = join(sandbox.home, `${site}.conf`);
    const document = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'kubernetes', cluster }],
      users: [{ name: 'kubernetes-admin', user }],
      contexts: [{ name: called, context: { cluster: 'kubernetes', user: 'kubernetes-admin' } }],
      'current-context': called,
    };
    writeFileSync(path, stringify(document));
    return path;
  };

  const dr = (words: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    runCommand(executable('kubectl-dr'), patiently(words), {
      env: { ...sandbox.env, KUBECONFIG: '', ...env },
    });
  const pair = () => ['--kubeconfig', files['cluster-1'], '--peer-kubeconfig', files['cluster-2']];

  beforeAll(async () => {
    sandbox = await startSandbox('--clock-factor=720', ...flags);
    const volumes = guardedVolumes(sandbox);
    await volumes.setUpClasses();
    await volumes.bind('cluster-1', 'db');
    files = { 'cluster-1': fileOf('cluster-1'), 'cluster-2': fileOf('cluster-2') };
  });
  afterAll(() => sandbox?.end());
  mendAfterFailures(() => sandbox);

  test('the printed command leads to both sites, and so does the one about the other site', async () => {
    const done = await dr(['protect', 'db', '-n', 'default', ...pair()]);
    expect(done, done.stderr).toMatchObject({ code: 0 });
    const [next = ''] = /kubectl dr backup .*/.exec(done.stdout) ?? [];
    expect(next).toMatch(/--kubeconfig \S+ --context \S+ --peer-kubeconfig \S+ --peer-context \S+$/);
    const backup = await dr([...next.split(' ').slice(2), '-d', join(sandbox.home, 'backups')]);
    expect(backup, backup.stderr).toMatchObject({ code: 0 });

    const moved = await dr(['relocate', 'db', '-n', 'default', '--yes', '--no-backup', ...pair()]);
    expect(moved, moved.stderr).toMatchObject({ code: 0 });
    const [history = ''] = /kubectl dr history .*/.exec(moved.stdout + moved.stderr) ?? [];
    const record = await dr(history.split(' ').slice(2));
    expect(record.stdout).toContain(addresses['cluster-2']);
    const status = await dr(['status', 'db', '-n', 'default', ...pair()]);
    expect(status.stdout).toMatch(new RegExp(`^PVC +${addresses['cluster-1']} +${addresses['cluster-2']} `));
    expect(status.stdout).toMatch(/\ndb +secondary +primary /);
  });

  test('the environment or a setting may name the file, and a file of the site itself is none', async () => {
    const status = ['status', 'db', '-n', 'default', '-o', 'json'];
    const sitesOf = ({ stdout }: { stdout: string }) =>
      JSON.parse(stdout).sites.map(({ name }: Named) => name);
    const both = [addresses['cluster-1'], addresses['cluster-2']];
    const here = { KUBECONFIG: files['cluster-1'] };
    expect(sitesOf(await dr(status, { ...here, KUBECTL_DR_PEER_KUBECONFIG: files['cluster-2'] }))).toEqual(
      both,
    );
    const self = await dr(status, { ...here, KUBECTL_DR_PEER_KUBECONFIG: files['cluster-1'] });
    expect(sitesOf(self)).toEqual([called]);
    const config = join(sandbox.home, 'config', 'kubectl-dr');
    mkdirSync(config, { recursive: true });
    const peers = { [called]: { kubeconfig: files['cluster-2'] } };
    writeFileSync(join(config, 'config.yaml'), stringify({ peers }));
    expect(sitesOf(await dr(status, here))).toEqual(both);
    writeFileSync(join(config, 'config.yaml'), stringify({ peers: { [called]: { file: 'x' } } }));
    expect(await dr(status, here)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"peers" does not map contexts to contexts'),
    });
    writeFileSync(join(config, 'config.yaml'), '');
    expect(
      await dr([...status, '--kubeconfig', files['cluster-1'], '--peer-kubeconfig', files['cluster-1']]),
    ).toMatchObject({ code: 2, stderr: expect.stringContaining('leads to the site itself') });
    expect(
      await dr([...status, '--kubeconfig', files['cluster-1'], '--peer-kubeconfig', 'none']),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('none does not exist; name one with --peer-kubeconfig'),
    });
  });
});
