// Every example of every command's help, run as it stands there, in an order in which each makes sense.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Command, commandName } from '../../plugin/command.ts';
import { commands } from '../../plugin/commands/all.ts';
import { workload } from './application.ts';
import { guardedVolumes } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  type Ended,
  haveKubectl,
  packageRoot,
  type RunningSandbox,
  runCommand,
  startSandbox,
} from './running-sandbox.ts';

type Shown = { readonly command: string; readonly lines: readonly string[] };

const examplesOf = (list: readonly Command[], path: readonly string[] = []): Shown[] =>
  list.flatMap((command) => {
    const name = [...path, commandName(command)];
    const lines = command.examples.map(([line]) => line);
    return [{ command: name.join(' '), lines }, ...examplesOf(command.subcommands ?? [], name)];
  });

const shown = examplesOf(commands);

const sampleFile = (name: string): string => join(packageRoot, 'manifests/samples', `${name}.yaml`);

/** What a line ends with: 0 unless it is told here. Nobody sits at a terminal to be asked. */
const codes: Readonly<Record<string, number>> = {
  'kubectl dr resync rbd-pvc --context cluster-1': 4,
  'kubectl dr unprotect rbd-pvc': 4,
  'kubectl dr failover deploy/web --to cluster-2 --from ./backups': 4,
};

test.each(shown)('$command has two examples or more', ({ lines }) => {
  expect(lines.length).toBeGreaterThanOrEqual(2);
});

describe.skipIf(!haveKubectl)('the examples of help', () => {
  let sandbox: RunningSandbox;
  let volumes: ReturnType<typeof guardedVolumes>;
  let backupName = '';
  let operationName = '';
  const ran = new Set<string>();

  /** Where a line names what differs from machine to machine. */
  const here = (line: string): string =>
    line
      .replaceAll('/mnt/dr-backups', join(sandbox.home, 'dr-backups'))
      .replaceAll('20261125T145307Z-cluster-1', backupName)
      .replaceAll('relocate-20260102-150405-k3f9', operationName)
      // fish and xxd are on few machines.
      .replace('| source', '| cat')
      .replace('| xxd', '| od -c');

  const shell = (line: string): Promise<Ended> =>
    runCommand('bash', ['-c', `set -o pipefail; cd "$HOME/work"; ${line}`], { env: sandbox.env });

  const run = async (...lines: string[]): Promise<void> => {
    for (const line of lines) {
      ran.add(line);
      const ended = await shell(here(line));
      // kubectl ends with 1 whatever its plugin ends with on some systems; here it hands the code on.
      expect(ended, `${line}\n${ended.stdout}${ended.stderr}`).toMatchObject({ code: codes[line] ?? 0 });
    }
  };

  /** Interrupts what would go on for ever once it says what it should. */
  const runUntil = async (line: string, text: string): Promise<void> => {
    ran.add(line);
    const log = join(sandbox.home, 'interrupted.log');
    const wait = `for i in $(seq 300); do grep -q "${text}" "${log}" && break; sleep 0.1; done`;
    const kill = 'kill -INT -$job; wait $job';
    const ended = await shell(
      `set -m; ${here(line)} >"${log}" 2>&1 & job=$!; ${wait}; ${kill}; cat "${log}"`,
    );
    expect(ended.stdout).toContain(text);
  };

  beforeAll(async () => {
    sandbox = await startSandbox('--embedded', '--no-webhook');
    volumes = guardedVolumes(sandbox);
    await sandbox.dr('sandbox', 'down');
    for (const directory of ['work', '.zfunc']) mkdirSync(join(sandbox.home, directory), { recursive: true });
    writeFileSync(join(sandbox.home, 'work/file'), 'from a file');
  });
  afterAll(() => sandbox?.end());
  mendAfterFailures(() => sandbox);

  test('need no cluster', async () => {
    await run('kubectl dr version', 'kubectl dr version -o json');
    await run('kubectl dr explain', 'kubectl dr explain DR102', 'kubectl dr explain dr102 -o yaml');
    await run('source <(kubectl dr completion bash)', 'kubectl dr completion zsh > ~/.zfunc/_kubectl-dr');
    await run('kubectl dr completion fish | source');
  });

  test('start and end the sandbox', async () => {
    await run('kubectl dr sandbox up --detach --with-example');
    await run('kubectl --kubeconfig ~/.kube/kubectl-dr-sandbox get pvc');
    await run('kubectl dr sandbox status', 'kubectl dr sandbox status -o json');
    await run('kubectl dr sandbox down -v=1');
    await runUntil('kubectl dr sandbox up', 'End it with');
    await runUntil('kubectl dr sandbox up --state ~/dr-sandbox', 'End it with');
    await run('kubectl dr sandbox up --detach --clock-factor=60');
  });

  test('protect claims, look at them and back them up', async () => {
    for (const name of ['secret', 'storage-class', 'volume-replication-class'])
      await shell(`kubectl --context cluster-1 apply -f "${sampleFile(name)}"`);
    await shell(`kubectl --context cluster-2 apply -f "${sampleFile('secret')}"`);
    await volumes.succeed('cluster-1', ['create', 'namespace', 'shop']);
    await volumes.bind('cluster-1', 'rbd-pvc');
    await volumes.succeed('cluster-1', ['label', 'pvc', 'rbd-pvc', 'app=db']);
    for (const name of ['rbd-pvc', 'db']) await volumes.bind('cluster-1', name, { namespace: 'shop' });
    await run('kubectl dr protect rbd-pvc --dry-run=server', 'kubectl dr protect rbd-pvc');
    await run('kubectl dr protect -l app=db --class=rbd-volumereplicationclass');
    expect(await sandbox.dr('protect', 'rbd-pvc', '-n', 'shop')).toMatchObject({ code: 0 });
    await run('kubectl dr status', 'kubectl dr status rbd-pvc -n shop -o wide');
    await run("kubectl dr status -A -o jsonpath='{.items[*].verdict}'");
    await runUntil('kubectl dr status -A --peer-context=cluster-2 -w', 'rbd-pvc');
    await run("kubectl dr sandbox write cluster-1 rbd-pvc 'hello'");
    await run('kubectl dr sandbox write cluster-1 rbd-pvc - < file');
    await run(
      'kubectl dr backup -A -d /mnt/dr-backups',
      'kubectl dr backup rbd-pvc -n shop --include-workloads',
    );
    await run('kubectl dr backup -l app=db --include-workloads --include-secrets', 'kubectl dr backup list');
    await run('kubectl dr backup list -d /mnt/dr-backups -o json');
    const { stdout } = await shell(`ls "${join(sandbox.home, 'dr-backups')}"`);
    backupName = stdout.trim();
    await run('kubectl dr backup verify /mnt/dr-backups/20261125T145307Z-cluster-1');
    await shell(`cp -r "${join(sandbox.home, 'dr-backups', backupName)}" ~/.local/share/kubectl-dr/backups/`);
    await run('kubectl dr backup verify 20261125T145307Z-cluster-1');
  });

  test('restore on the other site', async () => {
    await run('kubectl dr backup -n shop -d - | kubectl --context=cluster-2 create -f -');
    await shell('kubectl dr backup rbd-pvc -d backups');
    await run('kubectl dr restore ./backups --to cluster-2 --dry-run=client');
    await run('kubectl dr restore ./backups --to cluster-2');
    await run(
      'kubectl --context cluster-1 get pvc,pv -A -o yaml | kubectl dr restore - --to cluster-2 -n shop',
    );
    const volume = await volumes.bind('cluster-1', 'drilled', { namespace: 'shop' });
    await shell(`kubectl --context cluster-1 get pv ${volume} -o yaml > db-pv.yaml`);
    await shell('kubectl --context cluster-1 -n shop get pvc drilled -o yaml > db-pvc.yaml');
    await run('kubectl dr restore db-pv.yaml db-pvc.yaml --to cluster-2 --map-namespace shop=drill');
    await run('kubectl dr check -A -o wide');
    await run(`kubectl dr check -A -o jsonpath='{range .findings[*]}{.code} {.message}{"\\n"}{end}'`);
    await run('kubectl dr check');
  });

  test('move the volume, step by step', async () => {
    await run('kubectl dr demote rbd-pvc --context cluster-1');
    await run('kubectl dr demote -l app=db --context cluster-1 --parallel=4');
    await run('kubectl dr promote rbd-pvc --context cluster-2 --dry-run=client');
    await run('kubectl dr promote rbd-pvc --context cluster-2');
    await run('kubectl dr promote -l app=db --context cluster-2 --yes --accept-data-loss=15m');
    await run('kubectl dr sandbox read cluster-2 rbd-pvc');
    await run('kubectl dr sandbox read cluster-2 rbd-pvc --offset=4096 --length=16 | xxd');
    await run('kubectl dr resync rbd-pvc --context cluster-1');
    await run('kubectl dr resync rbd-pvc --context cluster-1 --yes --accept-data-loss=unknown');
    await run('kubectl dr unprotect rbd-pvc');
    await run('kubectl dr unprotect rbd-pvc --yes --accept-data-loss=unknown');
  });

  test('tell what procedures did', async () => {
    const operation = {
      apiVersion: 'kubectl-dr.dev/v1alpha1',
      kind: 'Operation',
      metadata: { name: 'relocate-20261125-a1b2', namespace: 'shop' },
      spec: {
        verb: 'Relocate',
        from: { name: 'cluster-1' },
        to: { name: 'cluster-2' },
        by: 'alice',
        volumes: [{ persistentVolumeClaim: 'rbd-pvc' }],
      },
    };
    await shell(`kubectl --context cluster-1 create -f - <<< '${JSON.stringify(operation)}'`);
    await run('kubectl dr history', 'kubectl dr history -A -o wide');
    await run('kubectl dr history relocate-20261125-a1b2 -n shop');
    await run(`kubectl dr history -A -o jsonpath='{range .items[*]}{.name}={.phase}{"\\n"}{end}'`);
  });

  /** A move that gets no further than its hand-over, as nothing travels between the storages. */
  const leaveInTheMiddle = async (...words: string[]): Promise<void> => {
    await sandbox.dr('sandbox', 'link', 'down');
    const ended = await sandbox.dr('relocate', ...words, '--timeout=3s');
    expect(ended, ended.stderr).toMatchObject({ code: 5 });
    operationName = /resume (\S+)/.exec(ended.stderr)?.[1] ?? '';
    await sandbox.dr('sandbox', 'link', 'up');
  };

  test('move whole applications', async () => {
    await run('kubectl dr sandbox down');
    await sandbox.dr('sandbox', 'up', '--detach', '--with-example', '--clock-factor=720');
    await volumes.succeed('cluster-1', ['create', 'namespace', 'shop']);
    await volumes.bind('cluster-1', 'rbd-pvc', { namespace: 'shop' });
    await volumes.apply('cluster-1', stringify(workload('Deployment', 'web', ['rbd-pvc'])));
    for (const namespace of ['default', 'shop'])
      expect(await sandbox.dr('protect', 'rbd-pvc', '-n', namespace)).toMatchObject({ code: 0 });
    await run('kubectl dr plan relocate deploy/web', 'kubectl dr relocate rbd-pvc --dry-run=client');
    await run('kubectl dr plan relocate deploy/web -o json > plan.json');
    await run('kubectl dr relocate --plan plan.json', 'kubectl dr failback deploy/web');
    await run('kubectl dr relocate deploy/web', 'kubectl dr relocate -n shop --to cluster-2');
    // From the second site back to the first.
    await leaveInTheMiddle('deploy/web');
    await run('kubectl dr resume');
    await leaveInTheMiddle('deploy/web');
    await run('kubectl dr undo');
    await leaveInTheMiddle('-n=shop');
    await run('kubectl dr undo relocate-20260102-150405-k3f9 -n shop');
    await leaveInTheMiddle('-n=shop');
    await run('kubectl dr resume relocate-20260102-150405-k3f9 -n shop');
    await sandbox.dr('backup', '-A', '--include-workloads', '-d', join(sandbox.home, 'work/backups'));
    await sandbox.dr('sandbox', 'fail', 'cluster-1');
    await run('kubectl dr failover deploy/web --to cluster-2 --from ./backups');
    await sandbox.dr('backup', '-n=shop', '-d', join(sandbox.home, 'work/backups'));
    await run('kubectl dr failover -n shop --to cluster-2 --yes --accept-data-loss=15m');
    await sandbox.dr('sandbox', 'heal', 'cluster-1');
    await run('kubectl dr failback -n shop --to cluster-1 --yes --accept-data-loss=unknown');
  });

  test('break the sandbox and mend it', async () => {
    await run('kubectl dr sandbox link down', 'kubectl dr sandbox link up');
    await run('kubectl dr sandbox fail cluster-1', 'kubectl dr sandbox heal cluster-1');
    await run('kubectl dr sandbox fail cluster-1 --hang');
    await sandbox.dr('sandbox', 'heal', 'cluster-1');
    await sandbox.dr('sandbox', 'fail', 'cluster-2');
    await run('kubectl dr sandbox heal cluster-2');
  });

  test('were all run', () => {
    expect(shown.flatMap(({ lines }) => lines).filter((line) => !ran.has(line))).toEqual([]);
  });
});
