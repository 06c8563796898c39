// A volume is protected, and the application on it moved, lost with its site, brought up on the other one, and brought back. Needs
// nothing but Node, takes about a minute, and leaves nothing behind. `npm run demo`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStage } from './demo/stage.ts';
import { steps } from './demo/steps.ts';

const home = mkdtempSync(join(tmpdir(), 'kubectl-dr-demo-'));
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort(new Error(`stopped by ${signal}`)));
}

const started = performance.now();
const stage = openStage({
  home,
  signal: AbortSignal.any([interrupted.signal, AbortSignal.timeout(240_000)]),
});
try {
  for (const [index, step] of steps.entries()) {
    console.log(`\n${index + 1}. ${step.what}`);
    console.log(`   ${step.why}`);
    await step.run(stage);
  }
  console.log(`\nDone in ${((performance.now() - started) / 1000).toFixed(0)} s; nothing is left running.`);
} catch (error) {
  console.error(`\nerror: the demo stopped: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await stage.close();
  rmSync(home, { recursive: true, force: true });
}
