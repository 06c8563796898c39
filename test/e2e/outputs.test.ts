import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  executable,
  privateEnvironment,
  type RunningSandbox,
  runCommand,
  startSandbox,
} from './running-sandbox.ts';

const home = mkdtempSync(join(tmpdir(), 'kubectl-dr-outputs-'));
const alone = privateEnvironment(home);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const full = '/dev/full';
const whyFull = 'no space left on the device';

/** A command in a shell, with its outputs led where the redirections say. */
const redirected = (program: string, words: string, to: string, env: NodeJS.ProcessEnv) =>
  runCommand('sh', ['-c', `${executable(program)} ${words} ${to}`], { env });

/** Runs a command whose reader of one output goes before anything was written. */
const unread = async (words: string[], output: 'stdout' | 'stderr', env: NodeJS.ProcessEnv) => {
  const child = spawn(executable('kubectl-dr'), words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child[output].destroy();
  const other = output === 'stdout' ? child.stderr : child.stdout;
  let text = '';
  other.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, other: text };
};

const printing = [
  '--help',
  'status --help',
  'version',
  'version -o yaml',
  'explain',
  'explain DR102 -o json',
  'completion bash',
];

describe('an output that cannot be written', () => {
  test.skipIf(!existsSync(full)).each(printing)('is an error of %s', async (words) => {
    expect(await redirected('kubectl-dr', words, `> ${full}`, alone)).toEqual({
      code: 1,
      stdout: '',
      stderr: `error: standard output: ${whyFull}; what was written is not the whole, so mend that and run the command again\n`,
    });
    expect((await redirected('kubectl-dr', words, `> ${full} 2> ${full}`, alone)).code).toBe(1);
  });

  test.each(printing)('is an error of %s also where it is closed', async (words) => {
    const { code, stderr } = await redirected('kubectl-dr', words, '>&-', alone);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: /^error: standard output: it is closed/ });
    expect((await redirected('kubectl-dr', words, '>&- 2>&-', alone)).code).toBe(1);
  });

  test('is one as well where a part of it could be written', async () => {
    // Blocks of 512 bytes or of 1 KiB, by the shell.
    const file = join(home, 'part');
    const { code, stderr } = await runCommand(
      'sh',
      ['-c', `ulimit -f 1; ${executable('kubectl-dr')} explain > ${file}`],
      { env: alone },
    );
    expect(statSync(file).size).toBeGreaterThan(0);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: /^error: standard output: .+\n$/ });
  });

  test.skipIf(!existsSync(full)).each(['dr-controller', 'dr-webhook'])(
    'is an error of %s',
    async (program) => {
      const { code, stderr } = await redirected(program, '--help', `> ${full}`, alone);
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: /^error: standard output cannot be written: ENOSPC/,
      });
    },
  );

  test('is none where nothing was to be written to it', async () => {
    expect(await redirected('kubectl-dr', 'version', '2>&-', alone)).toMatchObject({ code: 0, stderr: '' });
  });
});

test.each(printing)('%s ends quietly where nobody reads it, and not with success', async (words) => {
  expect(await unread(words.split(' '), 'stdout', alone)).toEqual({ code: 141, other: '' });
});

describe('a sandbox', () => {
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox('--with-example', '--clock-factor=60', '--embedded');
    const bound = await sandbox.dr('protect', 'rbd-pvc', '--timeout=50s');
    expect(bound).toMatchObject({ code: 0 });
  });
  afterAll(() => sandbox?.end());

  const reading = [
    'status',
    'status -o json',
    'status -w',
    'check -o yaml',
    'backup rbd-pvc -d -',
    'plan relocate rbd-pvc --to cluster-2 -o json',
    'sandbox status',
  ];

  test.skipIf(!existsSync(full)).each(reading)('%s says that its output is not whole', async (words) => {
    const ended = await redirected('kubectl-dr', words, `> ${full}`, sandbox.env);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`error: standard output: ${whyFull}; what was written is not the whole`);
    expect(ended.stderr).not.toContain('Backed up');
  });

  test.each(reading)('%s does not succeed where nobody reads it', async (words) => {
    const { code, other } = await unread(words.split(' '), 'stdout', sandbox.env);
    expect(code).toBe(141);
    expect(other).not.toContain('error:');
    expect(other).not.toContain('Backed up');
  });

  test('a change goes on to its end without a reader, and does not say that all is well', async () => {
    const { code } = await unread(
      ['relocate', 'rbd-pvc', '--to', 'cluster-2', '--yes', '--no-backup', '--timeout=100s'],
      'stderr',
      sandbox.env,
    );
    expect(code).toBe(141);
    await sandbox.until(
      () => sandbox.dr('status', 'rbd-pvc', '-o', 'jsonpath={.items[0].sites[*].role}'),
      ({ stdout }) => stdout.includes('primary'),
    );
    const { stdout } = await sandbox.dr('history', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ items: [{ phase: 'Succeeded', verb: 'Relocate' }] });
  });

  test.skipIf(!existsSync('/proc/self'))(
    'a backup into a place that takes none ends with one line',
    async () => {
      const ended = await sandbox.dr('backup', 'rbd-pvc', '-d', '/proc/x');
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toBe(
        'error: no backup was written to /proc/x: no such file or directory; give another directory with -d\n',
      );
    },
  );
});
