import { describe, test } from 'vitest';
import { openClusters, replaceClass, replicate } from './protected-volume.ts';
import { type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

const minutes = 60_000;

const untilSays = (sandbox: RunningSandbox, verdict: string, timeoutMs: number) =>
  sandbox.until(
    () => sandbox.dr('status', '--no-headers'),
    ({ stdout }) => stdout.includes(verdict),
    timeoutMs,
  );

// The shortest interval is a minute, and late begins after two: this waits for them, with all kinds of servers at once.
describe.concurrent('kubectl dr status over a broken link', () => {
  test.for(serverFlavours)(
    'shows Lagging, and Protected again once the link is back, with $flavour',
    { timeout: 5 * minutes },
    async ({ flags }, { expect }) => {
      const sandbox = await startSandbox('--with-example', '--clock-factor=60', ...flags);
      const clusters = openClusters(sandbox);
      try {
        await replaceClass(clusters.first, '1m');
        await replicate(clusters.first, 'primary');
        await untilSays(sandbox, 'Protected', minutes);
        await sandbox.dr('sandbox', 'link', 'down');
        const late = await untilSays(sandbox, 'Lagging', 3 * minutes);
        expect(late.stdout).toMatch(
          /^rbd-pvc {3}primary {3}none {3}Lagging {3}2m\d*s? of 1m {3}2m\d*s? {3}last sync was .* ago, 2\.\d intervals: .*; next: kubectl --context cluster-1 -n default describe vr pvc-volumereplication\n$/,
        );
        await sandbox.dr('sandbox', 'link', 'up');
        await untilSays(sandbox, 'Protected', 2 * minutes);
      } finally {
        clusters.close();
        await sandbox.end();
      }
    },
  );
});
