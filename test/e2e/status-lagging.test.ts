import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { type Clusters, openClusters, replaceClass, replicate } from './protected-volume.ts';
import { type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';
import { drAt } from './shifted-clock.ts';

// The shortest interval is a minute, and late begins after two: nobody waits for them, the clock of whoever looks is ahead instead.
describe.each(serverFlavours)('kubectl dr status over a broken link, with $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let clusters: Clusters;
  const untilSays = (verdict: string, minutesAhead: number) =>
    sandbox.until(
      () => drAt(sandbox, minutesAhead, 'status', '--no-headers'),
      ({ stdout }) => stdout.includes(verdict),
    );
  const lastSync = async (): Promise<string> =>
    (await clusters.first.listAll<VolumeReplication>(resources.volumeReplications)).items[0]?.status
      ?.lastSyncTime ?? '';

  beforeAll(async () => {
    sandbox = await startSandbox('--with-example', '--clock-factor=60', ...flags);
    clusters = openClusters(sandbox);
  });
  afterAll(async () => {
    clusters?.close();
    await sandbox?.end();
  });
  mendAfterFailures(() => sandbox);

  test('shows Lagging, and Protected again once the link is back', async () => {
    await replaceClass(clusters.first, '1m');
    await replicate(clusters.first, 'primary');
    await untilSays('Protected', 0);
    await sandbox.dr('sandbox', 'link', 'down');
    const late = await untilSays('Lagging', 2.2);
    expect(late.stdout).toMatch(
      /^rbd-pvc {3}primary {3}none {3}Lagging {3}2m\d*s? of 1m {3}2m\d*s? {3}last sync was .* ago, 2\.\d intervals: .*; next: kubectl --context cluster-1 -n default describe vr pvc-volumereplication\n$/,
    );
    const before = await lastSync();
    await sandbox.dr('sandbox', 'link', 'up');
    await sandbox.until(lastSync, (time) => time > before);
    await untilSays('Protected', 0);
  });
});
