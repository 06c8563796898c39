// Writes csi/generated from csi/proto. With --check it writes nothing and fails when the committed files differ.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const csi = join(root, 'csi');
const binaries = join(root, 'node_modules', '.bin');

/** Runs buf with the plugin of node_modules, started by the same Node as this script, into `output`/generated. */
const generateInto = (output: string): void => {
  const path = [binaries, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const { status, error } = spawnSync(join(binaries, 'buf'), ['generate', '--output', output], {
    cwd: csi,
    env: { ...process.env, PATH: path },
    stdio: 'inherit',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`buf generate ended with ${status}`);
};

/** Every file under a directory with its text, by its path in it. */
const filesIn = (directory: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(directory.length), readFileSync(path, 'utf8')]),
  );

/** The paths that differ between what is committed and what would be generated. */
const staleFiles = (committed: ReadonlyMap<string, string>, fresh: ReadonlyMap<string, string>): string[] =>
  [...new Set([...committed.keys(), ...fresh.keys()])].filter(
    (path) => committed.get(path) !== fresh.get(path),
  );

if (process.argv.includes('--check')) {
  const directory = mkdtempSync(join(tmpdir(), 'kubectl-dr-csi-'));
  try {
    generateInto(directory);
    const stale = staleFiles(filesIn(join(csi, 'generated')), filesIn(join(directory, 'generated')));
    for (const path of stale) console.error(`error: csi/generated${path} is not what csi/proto says`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
} else {
  generateInto(csi);
}
