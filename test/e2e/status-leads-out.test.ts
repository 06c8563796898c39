// Whoever follows what is printed gets out: from each bad verdict, by nothing but the commands that status and refusals name.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandsIn } from '../plugin/printed-commands.ts';
import { applications, workload } from './application.ts';
import { consentAnnotations, guardedVolumes, replication, type Site } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  type Ended,
  haveKubectl,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

type Shown = {
  readonly verdict: string;
  readonly reason: string;
  readonly message: string;
  readonly nextCommand: string | null;
};

describe.skipIf(!haveKubectl).each(serverFlavours)('what is printed leads out, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let at: ReturnType<typeof guardedVolumes>;
  let apps: ReturnType<typeof applications>;

  beforeAll(async () => {
    sandbox = await startSandbox('--clock-factor=720', ...flags);
    at = guardedVolumes(sandbox);
    apps = applications(sandbox, at);
    await at.setUpClasses();
  });
  afterAll(() => sandbox?.end());
  mendAfterFailures(() => sandbox);

  const dr = (...words: string[]): Promise<Ended> => sandbox.dr(...words);
  const accepted = ['--yes', '--accept-data-loss=unknown'];
  const typed = (line: string): string[] => line.replace(/^kubectl dr /, '').split(' ');

  const shown = async (name: string): Promise<Shown> => {
    const { stdout } = await dr('status', name, '-o', 'json');
    return JSON.parse(stdout).items[0];
  };

  const untilShown = (name: string, reason: string): Promise<Shown> =>
    sandbox.until(
      () => shown(name),
      (seen) => seen.reason === reason,
    );

  /** Of a row, what to run: its next command where that is ours, else what its text names. A look changes nothing. */
  const waysOf = ({ message, nextCommand }: Shown): readonly string[] =>
    [...commandsIn(nextCommand ?? ''), ...commandsIn(message)].filter(
      (line) => !/^kubectl dr (status|history|explain|check)\b/.test(line),
    );

  /** Follows what is printed until nothing is wrong any more; answers what was run. What is on its way is waited for. */
  const follow = async (name: string, isGood: (seen: Shown) => boolean): Promise<readonly string[]> => {
    const ran: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const seen = await sandbox.until(
        () => shown(name),
        (row) => isGood(row) || waysOf(row).length > 0,
      );
      if (isGood(seen)) return ran;
      const [line = ''] = waysOf(seen);
      const ended = await dr(...typed(line), ...accepted);
      ran.push(line);
      // A refusal names what comes first.
      const [first] = /; next: (kubectl dr .*)/.exec(ended.stderr)?.slice(1) ?? [];
      if (ended.code === 0) continue;
      expect(first, `${line}\n${ended.stderr}`).toBeDefined();
      ran.push(first ?? '');
      const then = await dr(...typed(first ?? ''), ...accepted);
      expect(then, `${first}\n${then.stderr}`).toMatchObject({ code: 0 });
    }
    throw new Error(`in a circle: ${ran.join('; ')}`);
  };
  const isProtected = ({ verdict }: Shown): boolean => verdict === 'Protected';

  /** Primary on cluster-1, and followed by a copy on cluster-2. */
  const pair = async (name: string): Promise<void> => {
    await at.carryOver(name, await at.protect('cluster-1', name));
    await at.succeed('cluster-2', ['apply', '-f', '-'], replication(name, 'secondary'));
    await at.succeed('cluster-1', ['wait', 'vr', name, '--for=condition=Followed', '--timeout=50s']);
  };

  const read = async (site: Site, name: string): Promise<string> =>
    (await dr('sandbox', 'read', site, name)).stdout;

  test('from no primary: both copies in sync', async () => {
    await pair('idle');
    expect(await dr('demote', 'idle')).toMatchObject({ code: 0 });
    await untilShown('idle', 'InSync');
    expect(await follow('idle', isProtected)).toHaveLength(1);
  });

  test('from one side that was demoted alone: it runs again', async () => {
    await at.protect('cluster-1', 'alone');
    await at.succeed('cluster-1', ['wait', 'vr', 'alone', '--for=condition=Followed', '--timeout=50s']);
    expect(await dr('demote', 'alone')).toMatchObject({ code: 0 });
    await untilShown('alone', 'OneSided');
    expect(await follow('alone', isProtected)).not.toHaveLength(0);
    expect(await apps.role('cluster-1', 'alone')).toBe('primary/Primary');
  });

  test('from two primaries that nobody took down: one steps down, and its copy is made anew', async () => {
    await pair('split');
    await dr('sandbox', 'fail', 'cluster-1');
    const forced = replication('split', 'primary', { annotations: consentAnnotations('force-promote') });
    await at.succeed('cluster-2', ['apply', '-f', '-'], forced);
    await at.untilState('cluster-2', 'split', 'Primary');
    await dr('sandbox', 'heal', 'cluster-1');
    await untilShown('split', 'TwoPrimaries');
    await dr('sandbox', 'write', 'cluster-2', 'split', 'kept');
    const ran = await follow('split', isProtected);
    expect(ran[0]).toBe('kubectl dr demote split -n default --context cluster-1');
    expect(await apps.role('cluster-2', 'split')).toBe('primary/Primary');
    expect(await read('cluster-2', 'split')).toBe('kept');
  });

  test('from a disaster whose site came back: the return that is named ends with the application running', async () => {
    expect(await at.protect('cluster-1', 'lost')).toBeDefined();
    await apps.create('cluster-1', workload('Deployment', 'lost', ['lost']));
    await apps.untilReady('cluster-1', 'deployment', 'lost');
    await at.succeed('cluster-1', ['wait', 'vr', 'lost', '--for=condition=Followed', '--timeout=50s']);
    expect(await dr('backup', 'lost', '--include-workloads', '-d', sandbox.home)).toMatchObject({ code: 0 });
    await dr('sandbox', 'fail', 'cluster-1');
    const taken = await dr('failover', 'deploy/lost', '--from', sandbox.home, '--to=cluster-2', ...accepted);
    expect(taken, taken.stderr).toMatchObject({ code: 0 });
    await dr('sandbox', 'write', 'cluster-2', 'lost', 'written after');
    await dr('sandbox', 'heal', 'cluster-1');
    await untilShown('lost', 'TwoPrimaries');
    // Somebody stopped it everywhere meanwhile.
    for (const site of ['cluster-1', 'cluster-2'] as const)
      await at.succeed(site, ['scale', 'deployment/lost', '--replicas=0']);
    const ran = await follow('lost', isProtected);
    expect(ran[0]).toMatch(/^kubectl dr failback lost -n default/);
    expect(await read('cluster-1', 'lost')).toBe('written after');
    expect(await apps.role('cluster-1', 'lost')).toBe('primary/Primary');
  });
});
