import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clusters, openClusters, replaceClass, replicate } from './protected-volume.ts';
import { type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

const minutes = 60_000;

describe.each(serverFlavours)('kubectl dr status over a broken link, with $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let clusters: Clusters;

  beforeAll(async () => {
    sandbox = await startSandbox('--with-example', '--clock-factor=60', ...flags);
    clusters = openClusters(sandbox);
    await replaceClass(clusters.first, '1m');
    await replicate(clusters.first, 'primary');
  });
  afterAll(async () => {
    clusters?.close();
    await sandbox?.end();
  });

  const untilSays = (verdict: string, timeoutMs: number) =>
    sandbox.until(
      () => sandbox.dr('status', '--no-headers'),
      ({ stdout }) => stdout.includes(verdict),
      timeoutMs,
    );

  // The shortest interval is a minute, and late begins after two: this test waits for them.
  test('shows Lagging, and Protected again once the link is back', { timeout: 6 * minutes }, async () => {
    await untilSays('Protected', minutes);
    await sandbox.dr('sandbox', 'link', 'down');
    const late = await untilSays('Lagging', 3 * minutes);
    expect(late.stdout).toMatch(
      /^rbd-pvc {3}primary {3}none {3}Lagging {3}2m\d*s? of 1m {3}2m\d*s? {3}last sync was .* ago, 2\.\d intervals: .*; next: kubectl --context cluster-1 -n default describe vr pvc-volumereplication\n$/,
    );
    await sandbox.dr('sandbox', 'link', 'up');
    await untilSays('Protected', 2 * minutes);
  });
});
