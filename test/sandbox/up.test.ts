import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../sandbox/control-protocol.ts';
import { recordPath } from '../../sandbox/record.ts';
import { runSandbox } from '../../sandbox/up.ts';

test('a sandbox that is ended while it starts says so, and leaves nothing', async () => {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-dr-test-'));
  const surroundings = { env: { XDG_STATE_HOME: join(home, 'state') }, home };
  const ending = runSandbox(
    { ...defaultSettings, embedded: true, controller: false, webhook: false },
    {
      ...surroundings,
      temporaryDirectory: home,
      now: Date.now,
      random: Math.random,
      log: () => undefined,
      signal: AbortSignal.abort(),
    },
  );
  await expect(ending).rejects.toMatchObject({
    code: 'SandboxEnded',
    message: 'the sandbox was ended while it was starting',
  });
  expect(existsSync(recordPath(surroundings))).toBe(false);
  rmSync(home, { recursive: true, force: true });
});
