// A move that is taken back at once: before the site that was left follows the other one again, every call of the driver says OK to a
// promote that loses what was written meanwhile. The daemons of these arrays look every 30 seconds, as in Ceph, so that there is time for it.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Site } from './guarded-volumes.ts';
import { bothSites, type MovingApplications, movingApplications } from './moving-application.ts';
import { createReferee, type Referee } from './referee.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';
import { type SpawnEnd, spawnDr } from './spawned-command.ts';

/** Two moves begin so long after each other, as it depends on when the daemons looked last how much time is left. */
const betweenMovesMs = 10_000;
/** Longer than any wait for a sync that a command may have before it moves anything back. */
const patienceMs = 200_000;
const everyMinute = 'every-minute';

describe.skipIf(!haveKubectl).each(serverFlavours)('a move that is taken back, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let applications: MovingApplications;
  let referee: Referee;

  beforeAll(async () => {
    sandbox = await startSandbox(...flags, '--clock-factor=1');
    applications = movingApplications(sandbox);
    referee = createReferee(applications);
    await applications.setUpClasses();
    for (const site of bothSites)
      await applications.addClass(site, everyMinute, 'rbd.csi.ceph.com', { schedulingInterval: '1m' });
  });
  afterAll(async () => {
    applications?.close();
    await sandbox?.end();
  });

  /** Moves the application, and is left with Ctrl-C once it is up, when all that is waited for is the first sync back. */
  const move = async (namespace: string, to: Site): Promise<SpawnEnd> => {
    const moving = spawnDr(['relocate', '-n', namespace, '--to', to, '--yes'], sandbox.env);
    await sandbox.until(
      async () => moving.stderr(),
      (said) => said.includes('waiting for the first sync back') || moving.child.exitCode !== null,
      patienceMs,
    );
    moving.child.kill('SIGINT');
    return moving.ended;
  };

  /** Whoever is refused tries again, as long as that takes. */
  const moveBack = (namespace: string): Promise<SpawnEnd> =>
    sandbox.until(
      () => move(namespace, 'cluster-1'),
      ({ code }) => code === 0,
      patienceMs,
    );

  const thereAndBack = async (namespace: string): Promise<void> => {
    expect(await move(namespace, 'cluster-2')).toMatchObject({ code: 0 });
    await applications.rewrite('cluster-2', [namespace], 'written there');
    const watching = referee.watch(namespace, 'cluster-2');
    await moveBack(namespace);
    await watching.end();
    await applications.expectBytes('cluster-1', namespace, 'written there');
    await applications.expectRoles(namespace, {
      'cluster-1': 'primary/Primary',
      'cluster-2': 'secondary/Secondary',
    });
  };

  test('keeps what was written on the other site in between', async () => {
    const namespaces = Array.from({ length: 2 }, (_, index) => `there-and-back-${index}`);
    await applications.install(namespaces, everyMinute);
    const ended = await Promise.allSettled(
      namespaces.map(async (namespace, index) => {
        await delay(index * betweenMovesMs);
        await thereAndBack(namespace);
      }),
    );
    expect(ended.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []))).toEqual([]);
    expect(referee.offences).toEqual([]);
  }, 500_000);
});
