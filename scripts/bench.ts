// Measures what the design promises and prints each figure beside its target, in one run on this machine. Timings are for
// reading, not for passing: the exit code only says whether the measuring itself worked. `npm run bench [name …]`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureBackup } from './bench/backup.ts';
import { measureController } from './bench/controller.ts';
import { measureLargeReviews } from './bench/large-reviews.ts';
import type { Measurement } from './bench/measurement.ts';
import { measureOperations } from './bench/operations.ts';
import { measureRestore } from './bench/restore.ts';
import { measureSandbox } from './bench/sandbox.ts';
import { measureStartUp } from './bench/start-up.ts';
import { measureSteps } from './bench/steps.ts';
import { measureWebhook } from './bench/webhook.ts';

const benches: Record<string, (home: string) => AsyncIterable<Measurement>> = {
  'start-up': measureStartUp,
  sandbox: measureSandbox,
  controller: measureController,
  steps: measureSteps,
  backup: measureBackup,
  restore: measureRestore,
  operations: measureOperations,
  webhook: measureWebhook,
  'large-reviews': measureLargeReviews,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `error: no bench is called ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`,
  );
  process.exit(2);
}

for (const [name, measure] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  const home = mkdtempSync(join(tmpdir(), 'kubectl-dr-bench-'));
  try {
    for await (const { what, figure, target } of measure(home)) {
      console.log(
        `  ${what.padEnd(62)} ${figure.padStart(14)}   ${target === undefined ? '' : `target ${target}`}`,
      );
    }
  } catch (error) {
    console.error(`error: bench ${name} stopped: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
