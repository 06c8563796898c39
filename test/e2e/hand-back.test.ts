// A move that is taken back at once: before the site that was left follows the other one again, every call of the driver says OK to a
// promote that loses what was written meanwhile. The daemons of these arrays look every 30 seconds, as in Ceph, so that there is time for it.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { Site } from './guarded-volumes.ts';
import { bothSites, claimNames, type MovingApplications, movingApplications } from './moving-application.ts';
import { createReferee, type Referee } from './referee.ts';
import {
  type Ended,
  haveKubectl,
  patiently,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';
import { emptyHome, type SpawnEnd, type Spawned, spawnDr } from './spawned-command.ts';

/** Moves begin so long after each other, as it depends on when the daemons looked last how much time is left. */
const betweenMovesMs = 4_000;
/** Longer than any wait for a sync that somebody may have before anything is moved back. */
const patienceMs = 300_000;
const everyMinute = 'every-minute';
const states = { primary: 'secondary', secondary: 'primary' } as const;
const isUp = 'waiting for the first sync back';

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

  const begin = (namespace: string, to: Site): Spawned =>
    spawnDr(
      patiently(['relocate', '-n', namespace, '--to', to, '--yes']),
      emptyHome(sandbox, sandbox.env['KUBECONFIG'] ?? ''),
    );

  const untilSaid = (moving: Spawned, text: string): Promise<unknown> =>
    sandbox.until(
      async () => moving.stderr(),
      (said) => said.includes(text) || moving.child.exitCode !== null,
      patienceMs,
    );

  /** Moves the application, and is left with Ctrl-C once it is up, when all that is waited for is the first sync back. */
  const moveAndLeave = async (namespace: string, to: Site): Promise<SpawnEnd> => {
    const moving = begin(namespace, to);
    await untilSaid(moving, isUp);
    moving.child.kill('SIGINT');
    return moving.ended;
  };

  const tryAgain = <T extends { readonly code: number | null }>(act: () => Promise<T>): Promise<T> =>
    sandbox.until(act, ({ code }) => code === 0, patienceMs);

  const go = async (namespace: string): Promise<void> => {
    expect(await moveAndLeave(namespace, 'cluster-2')).toMatchObject({ code: 0 });
  };

  const writeThere = (namespace: string): Promise<void> =>
    applications.rewrite('cluster-2', [namespace], 'written there');

  const statesOn = async (site: Site, namespace: string): Promise<string[]> => {
    const found = await applications.list<VolumeReplication>(site, resources.volumeReplications, namespace);
    return found.map(({ status }) => status?.state ?? '');
  };

  const untilAll = (site: Site, namespace: string, state: 'Primary' | 'Secondary'): Promise<unknown> =>
    sandbox.until(
      () => statesOn(site, namespace),
      (seen) => seen.length === claimNames.length && seen.every((it) => it === state),
      patienceMs,
    );

  /** As a person does it without us: nothing uses the volumes any more. */
  const stopByHand = async (namespace: string): Promise<void> => {
    const scale = ['-n', namespace, 'scale', 'deploy/web', 'sts/db', '--replicas=0'];
    expect(await sandbox.kubectl('cluster-2', scale)).toMatchObject({ code: 0 });
    await sandbox.until(
      async () => (await applications.list('cluster-2', resources.pods, namespace)).length,
      (pods) => pods === 0,
    );
  };

  /** Every answer of who refuses names the rule: nothing else stands against it. */
  const refusals = new Map<string, Ended[]>();
  const noteRefusals = (namespace: string, act: () => Promise<Ended>) => async (): Promise<Ended> => {
    const ended = await act();
    if (ended.code !== 0) refusals.set(namespace, [...(refusals.get(namespace) ?? []), ended]);
    return ended;
  };

  const ask = (site: Site, namespace: string, state: keyof typeof states, name: string) =>
    tryAgain(
      noteRefusals(namespace, () =>
        sandbox.kubectl(site, [
          ...['-n', namespace, 'patch', 'vr', name, '--type=merge'],
          ...['-p', JSON.stringify({ spec: { replicationState: state } })],
        ]),
      ),
    );

  const askAll = async (site: Site, namespace: string, state: keyof typeof states): Promise<void> => {
    await Promise.all(claimNames.map((name) => ask(site, namespace, state, name)));
  };

  /** GitOps knows no order: it applies what is in its repository to both clusters, again and again. */
  const applyAgainAndAgain = async (
    site: Site,
    namespace: string,
    state: keyof typeof states,
  ): Promise<void> => {
    const manifests = claimNames.map((name) => ({
      apiVersion: 'replication.storage.openshift.io/v1alpha1',
      kind: 'VolumeReplication',
      metadata: { name, namespace },
      spec: {
        replicationState: state,
        autoResync: false,
        volumeReplicationClass: everyMinute,
        dataSource: { apiGroup: '', kind: 'PersistentVolumeClaim', name },
      },
    }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
    const words = ['apply', '--server-side', '--force-conflicts', '--field-manager=gitops', '-f', '-'];
    await tryAgain(noteRefusals(namespace, () => sandbox.kubectl(site, words, list)));
  };

  const dr = (namespace: string, verb: string, site: Site) =>
    tryAgain(
      noteRefusals(namespace, async () => {
        const words = [verb, ...claimNames, '-n', namespace, '--context', site];
        const { code, ...rest } = await spawnDr(patiently(words), sandbox.env).ended;
        return { code: code ?? -1, ...rest };
      }),
    );

  /** Who takes it back, and how; each has the application on the other site, and its bytes are written. */
  const ways: Readonly<Record<string, (namespace: string) => Promise<void>>> = {
    'by the same command, left with Ctrl-C': async (namespace) => {
      await go(namespace);
      await writeThere(namespace);
      await tryAgain(() => moveAndLeave(namespace, 'cluster-1'));
    },
    'after the first was killed, by whoever has an empty home': async (namespace) => {
      const moving = begin(namespace, 'cluster-2');
      await untilAll('cluster-2', namespace, 'Primary');
      moving.child.kill('SIGKILL');
      await moving.ended;
      await writeThere(namespace);
      await tryAgain(
        () =>
          spawnDr(patiently(['resume', '-n', namespace]), emptyHome(sandbox, sandbox.env['KUBECONFIG'] ?? ''))
            .ended,
      );
      await writeThere(namespace);
      await tryAgain(() => begin(namespace, 'cluster-1').ended);
    },
    'by a second person, while the first one waits': async (namespace) => {
      const first = begin(namespace, 'cluster-2');
      await untilSaid(first, isUp);
      await writeThere(namespace);
      await tryAgain(() => begin(namespace, 'cluster-1').ended);
      await first.ended;
    },
    'by single steps': async (namespace) => {
      await go(namespace);
      await writeThere(namespace);
      await stopByHand(namespace);
      await dr(namespace, 'demote', 'cluster-2');
      await dr(namespace, 'promote', 'cluster-1');
    },
    'by kubectl alone': async (namespace) => {
      await go(namespace);
      await writeThere(namespace);
      await stopByHand(namespace);
      await askAll('cluster-2', namespace, 'secondary');
      await askAll('cluster-1', namespace, 'primary');
    },
    'by GitOps, which asks both sites at once': async (namespace) => {
      await go(namespace);
      await writeThere(namespace);
      await stopByHand(namespace);
      await Promise.all([
        applyAgainAndAgain('cluster-2', namespace, 'secondary'),
        applyAgainAndAgain('cluster-1', namespace, 'primary'),
      ]);
    },
  };
  const names = Object.keys(ways);
  const namespaceOf = (way: string): string => `back-${names.indexOf(way)}`;

  const takeBack = async (way: string): Promise<void> => {
    const namespace = namespaceOf(way);
    await delay(names.indexOf(way) * betweenMovesMs);
    const watching = referee.watch(namespace, 'cluster-2');
    await ways[way]?.(namespace);
    await untilAll('cluster-1', namespace, 'Primary');
    await untilAll('cluster-2', namespace, 'Secondary');
    await watching.end();
    await applications.expectBytes('cluster-1', namespace, 'written there');
  };

  test('keeps what was written on the other site in between, whoever takes it back', async () => {
    await applications.install(names.map(namespaceOf), everyMinute);
    const ended = await Promise.allSettled(names.map(takeBack));
    const failed = ended.flatMap((it, index) =>
      it.status === 'rejected' ? [`${names[index]}: ${it.reason}`] : [],
    );
    expect(failed).toEqual([]);
    expect(referee.offences).toEqual([]);
    for (const way of names.slice(3))
      expect(
        refusals
          .get(namespaceOf(way))
          ?.map(({ stderr }) => stderr)
          .filter((said) => said.includes('DR113')),
        `${way} was refused`,
      ).not.toEqual([]);
  }, 900_000);
});
