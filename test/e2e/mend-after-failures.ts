// What a test has taken down and not brought back, as it failed before: the next one is to fail by its own faults alone.
import { afterEach } from 'vitest';
import { bothSites } from './moving-application.ts';
import type { RunningSandbox } from './running-sandbox.ts';

/** After each test that failed, heals the sites of a sandbox and the link between them. */
export const mendAfterFailures = (sandboxOf: () => RunningSandbox | undefined): void => {
  afterEach(async ({ task }) => {
    const sandbox = sandboxOf();
    if (task.result?.state !== 'fail' || sandbox === undefined) return;
    for (const site of bothSites) await sandbox.dr('sandbox', 'heal', site);
    await sandbox.dr('sandbox', 'link', 'up');
  });
};
