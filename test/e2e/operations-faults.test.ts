// Whole procedures to which something happens on the way: sites that go dark, servers that fail, people who get in between.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restoreAnnotations } from '../../core/backup/restore-annotations.ts';
import { claimsOfPod, type Pod } from '../../core/model/pod.ts';
import { resources } from '../../core/model/resource.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import type { SandboxStatus } from '../../sandbox/control-protocol.ts';
import { beginInTurn } from './begin-in-turn.ts';
import {
  type CountingProxy,
  type Fault,
  type ProxyHooks,
  type SeenRequest,
  startProxies,
} from './counting-proxy.ts';
import type { Site } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { bothSites, claimNames, type MovingApplications, movingApplications } from './moving-application.ts';
import { createReferee, type Referee } from './referee.ts';
import {
  haveKubectl,
  patiently,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';
import { emptyHome, type SpawnEnd, type Spawned, spawnDr } from './spawned-command.ts';
import { eventsOf, type Told } from './told-events.ts';

/** A command that runs through proxies. */
type Going = Spawned & { readonly proxy: CountingProxy; readonly events: () => Told[] };

const replicationPatch = ({ method, path, body }: SeenRequest, asksFor: 'primary' | 'secondary'): boolean =>
  /\/volumereplications\b/.test(path) && method !== 'GET' && body.includes(`"${asksFor}"`);

const isStop = ({ method, path }: SeenRequest): boolean =>
  method === 'PATCH' && /\/deployments\/web$/.test(path);

const shift = (value: unknown, milliseconds: number, key = ''): unknown => {
  if (key === 'annotations') return value;
  if (Array.isArray(value)) return value.map((it) => shift(it, milliseconds));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, it]) => [name, shift(it, milliseconds, name)]),
    );
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) return value;
  const text = new Date(Date.parse(value) + milliseconds).toISOString();
  return value.includes('.') ? text : `${text.slice(0, 19)}Z`;
};

/** What a site writes by its own clock, which is ahead of ours; records are written by the command. */
const clockOf =
  (site: Site, minutesAhead: number): NonNullable<ProxyHooks['rewrite']> =>
  (of, text) => {
    if (of !== site || text.includes('"Operation')) return text;
    return JSON.stringify(shift(JSON.parse(text), minutesAhead * 60_000));
  };

describe.skipIf(!haveKubectl).each(serverFlavours)(
  'a procedure to which something happens, on $flavour',
  ({ flags }) => {
    let sandbox: RunningSandbox;
    let applications: MovingApplications;
    let referee: Referee;
    const faulty = ['busy', 'fails', 'failed-late', 'late', 'cut', 'cut-late'];
    const installed = [
      ...faulty,
      'silent',
      'watches',
      'early',
      'late-dark',
      'guard-down',
      'again',
      'again-and-again',
      'squeezed-in',
      'two-people',
      'silent-holder',
      'bare',
      'link',
      'ahead',
      'behind',
      'disaster',
      'future',
    ];

    beforeAll(async () => {
      sandbox = await startSandbox(...flags, '--clock-factor=720');
      applications = movingApplications(sandbox);
      referee = createReferee(applications);
      await applications.setUpClasses();
      await applications.install(installed);
      await applications.addClass('cluster-1', 'one-name', 'rbd.csi.ceph.com');
      await applications.addClass('cluster-2', 'one-name', 'rbd.csi.ceph.com');
      await applications.install(['ruled'], 'one-name');
    });
    mendAfterFailures(() => sandbox);
    /** Those that nobody has waited for, where a test failed before it did. */
    const going = new Set<Going>();
    const spawnInTurn = beginInTurn();
    afterAll(async () => {
      for (const { child } of going) child.kill('SIGKILL');
      await referee?.close();
      applications?.close();
      await sandbox?.end();
    });

    const begin = async (
      namespace: string,
      words: readonly string[],
      hooks: ProxyHooks = {},
    ): Promise<Going> => {
      const proxy = await startProxies(sandbox.env['KUBECONFIG']!, bothSites, {
        ...hooks,
        before: async (request) => {
          await referee.judge(request);
          return hooks.before?.(request);
        },
      });
      const spawned = await spawnInTurn(
        patiently([...words, '-n', namespace, '-o', 'json']),
        emptyHome(sandbox, proxy.kubeconfig),
      );
      const begun: Going = { ...spawned, proxy, events: () => eventsOf(spawned.stdout()) };
      going.add(begun);
      void begun.ended.then(() => going.delete(begun));
      return begun;
    };

    /** Waits until it has ended, with this code. */
    const end = async ({ ended, proxy }: Going, code: number): Promise<SpawnEnd> => {
      const result = await ended;
      await proxy.end();
      expect(result, result.stdout + result.stderr).toMatchObject({ code });
      return result;
    };

    const relocate = ['relocate', '--to', 'cluster-2', '--no-backup'];

    const untilTold = (going: Going, accept: (told: Told) => boolean): Promise<unknown> =>
      sandbox.until(
        async () => going.events(),
        (events) => events.some(accept),
      );

    const succeedIn = async (...words: string[]): Promise<string> => {
      const ended = await sandbox.dr(...words);
      expect(ended, `${words.join(' ')}\n${ended.stderr}`).toMatchObject({ code: 0 });
      return ended.stdout;
    };

    const expectMoved = async (namespace: string): Promise<void> => {
      await applications.expectRoles(namespace, {
        'cluster-1': 'secondary/Secondary',
        'cluster-2': 'primary/Primary',
      });
      expect(await applications.replicasOn('cluster-1', namespace)).toEqual({ web: 0, db: 0 });
      expect(await applications.replicasOn('cluster-2', namespace)).toEqual({ web: 2, db: 1 });
      await applications.expectBytes('cluster-2', namespace, 'written first');
      expect(referee.offences).toEqual([]);
    };

    const expectUntouched = async (namespace: string): Promise<void> => {
      expect(new Set(Object.values(await applications.roles('cluster-1', namespace)))).toEqual(
        new Set(['primary/Primary']),
      );
      expect(await applications.roles('cluster-2', namespace)).toEqual({});
      expect(await applications.replicasOn('cluster-1', namespace)).toEqual({ web: 2, db: 1 });
    };

    const recordsOn = (site: Site, namespace: string): Promise<OperationRecord[]> =>
      applications.list<OperationRecord>(site, resources.operations, namespace);

    /** Every write is answered so at first, the record's own included; when it comes again it passes. */
    const firstTime = (fault: Fault) => {
      const seen = new Set<string>();
      return ({ site, method, path, body }: SeenRequest): Fault | undefined => {
        if (method === 'GET' || path.includes('reviews')) return undefined;
        const key = `${site} ${method} ${path} ${method === 'POST' ? JSON.parse(body).metadata.name : ''}`;
        if (seen.has(key)) return undefined;
        seen.add(key);
        return fault;
      };
    };

    /** Runs a move to whose writes this happens, and sees that all is as if nothing had. */
    const moveInSpite = async (
      namespace: string,
      hooks: ProxyHooks,
      ...flagsToo: string[]
    ): Promise<SpawnEnd> => {
      const witness = referee.watch(namespace, 'cluster-1');
      const ended = await end(await begin(namespace, [...relocate, ...flagsToo], hooks), 0);
      await witness.end();
      await expectMoved(namespace);
      for (const site of bothSites)
        expect(await recordsOn(site, namespace), `${namespace} on ${site}\n${ended.stdout}`).toMatchObject([
          { status: { phase: 'Succeeded', lease: { holder: '' } } },
        ]);
      return ended;
    };

    const expectTriedAgain = ({ stdout, stderr }: SpawnEnd): void =>
      expect(eventsOf(stdout), stdout + stderr).toContainEqual(
        expect.objectContaining({ type: 'Warning', message: expect.stringContaining('tried again') }),
      );

    test('writes that fail once, before or after they took effect, are made again and never twice in effect', async () => {
      const hooksOf: Record<string, ProxyHooks> = {
        busy: { before: firstTime({ status: 429 }) },
        fails: { before: firstTime({ status: 500 }) },
        'failed-late': { after: firstTime({ status: 500 }) },
        late: { after: firstTime({ status: 504 }) },
        cut: { before: firstTime('reset') },
        'cut-late': { after: firstTime('reset') },
      };
      await Promise.all(
        faulty.map(async (namespace) => {
          const ended = await moveInSpite(namespace, hooksOf[namespace] ?? {});
          if (namespace !== 'busy') expectTriedAgain(ended);
        }),
      );
    });

    // Each in a namespace of its own, and mostly waiting.
    test.concurrent('writes that are done and never answered are seen to be done', async () => {
      // A busy machine may be as slow for what is answered.
      expectTriedAgain(await moveInSpite('silent', { after: firstTime('hang') }, '--request-timeout=10s'));
    });

    test.concurrent('somebody on another machine who has gone silent is waited for once, and then overtaken', async () => {
      const first = await begin('silent-holder', relocate, {
        before: (request) => (replicationPatch(request, 'secondary') ? ('hang' as const) : undefined),
      });
      await untilTold(first, ({ step }) => step === 'Demote');
      first.child.kill('SIGKILL');
      await first.ended;
      await first.proxy.end();
      for (const site of bothSites)
        for (const { metadata } of await recordsOn(site, 'silent-holder'))
          await applications.clusters[site].patch(
            resources.operations,
            { namespace: 'silent-holder', name: metadata.name ?? '' },
            { status: { lease: { holder: 'elsewhere/boot/pids#77' } } },
            { type: 'merge', subresource: 'status' },
          );
      const second = await begin('silent-holder', relocate);
      const { stdout } = await end(second, 0);
      expect(eventsOf(stdout)).toContainEqual(
        expect.objectContaining({
          type: 'Info',
          message: expect.stringContaining('may still be running elsewhere: watches up to 30s'),
        }),
      );
      await expectMoved('silent-holder');
    });

    test.concurrent('watches that are cut again and again hold nothing up', async () => {
      const witness = referee.watch('watches', 'cluster-1');
      const going = await begin('watches', relocate);
      let isOver = false;
      let cut = 0;
      void going.ended.then(() => {
        isOver = true;
      });
      for (const seen = new Set<string | null>(); !isOver; ) {
        // Each time that it has come to another step.
        const next = await sandbox.until(
          async () => going.events().find(({ step }) => !seen.has(step)),
          (event) => isOver || event !== undefined,
          150_000,
        );
        if (next === undefined) break;
        seen.add(next.step);
        cut += going.proxy.cutWatches();
      }
      await end(going, 0);
      await witness.end();
      expect(cut).toBeGreaterThan(50);
      await expectMoved('watches');
    });

    test.concurrent('a promote that a safety rule refuses after all leaves no primary, and undo takes it back', async () => {
      const swapClass = async (provisioner: string): Promise<void> => {
        // What a restored claim is to be promoted by is kept for it, so that it has to forget that first.
        const forget = ['annotate', 'pvc', '--all', '-n', 'ruled', `${restoreAnnotations.replicationClass}-`];
        await sandbox.kubectl('cluster-2', forget);
        await sandbox.until(
          () => sandbox.kubectl('cluster-2', ['delete', 'vrc', 'one-name']),
          ({ code }) => code === 0,
        );
        await applications.addClass('cluster-2', 'one-name', provisioner);
      };
      let swapped: Promise<unknown> | undefined;
      const going = await begin('ruled', relocate, {
        before: async (request) => {
          if (!replicationPatch(request, 'primary')) return undefined;
          // The guard hears of the class a moment later than the server stores it.
          swapped ??= swapClass('another.csi.driver').then(() =>
            sandbox.until(
              () => sandbox.kubectl('cluster-2', ['create', '--dry-run=server', '-f', '-'], request.body),
              ({ stderr }) => stderr.includes('DR106'),
            ),
          );
          await swapped;
          return undefined;
        },
      });
      const { stdout } = await end(going, 4);
      for (const group of ['ruled/web', 'ruled/db'])
        expect(eventsOf(stdout), stdout).toContainEqual(
          expect.objectContaining({ type: 'Refused', code: 'DR106', group }),
        );
      expect(await applications.roles('cluster-2', 'ruled')).toEqual({});
      await end(await begin('ruled', ['undo']), 0);
      await applications.untilRunning('cluster-1', ['ruled']);
      await expectUntouched('ruled');
      await applications.expectBytes('cluster-1', 'ruled', 'written first');
      expect(referee.offences).toEqual([]);
    });

    test.concurrent('a workload that somebody starts again is stopped again; again and again, it is told and left', async () => {
      const startedBy = (namespace: string, times: number): ProxyHooks => {
        let count = 0;
        return {
          after: async (request, status) => {
            if (request.site !== 'cluster-1' || !isStop(request) || status >= 300) return undefined;
            count += 1;
            if (count <= times) await applications.scale('cluster-1', namespace, 2);
            return undefined;
          },
        };
      };
      const once = begin('again', relocate, startedBy('again', 1));
      const often = begin(
        'again-and-again',
        relocate,
        startedBy('again-and-again', Number.POSITIVE_INFINITY),
      );
      await end(await once, 0);
      await expectMoved('again');

      const { stdout } = await end(await often, 6);
      expect(eventsOf(stdout)).toContainEqual(
        expect.objectContaining({
          type: 'Failed',
          code: 'StartedAgain',
          group: 'again-and-again/web',
          message: expect.stringContaining('somebody starts it again'),
        }),
      );
      // Its volumes may be demoted while it is down in between: what is left is promoted nowhere.
      expect(await applications.roles('cluster-2', 'again-and-again')).toEqual({
        'data-db-0': 'primary/Primary',
      });
      expect(referee.offences).toEqual([]);
      await end(await begin('again-and-again', ['resume']), 0);
      await expectMoved('again-and-again');
    });

    test.concurrent('a pod that comes up right before the demotion is found by the guard, and the demotion waits', async () => {
      let isSqueezedIn = false;
      const answered = Promise.withResolvers<undefined>();
      const answers: number[] = [];
      const isDemotion = (request: SeenRequest): boolean =>
        request.site === 'cluster-1' &&
        request.path.endsWith('/web-data') &&
        replicationPatch(request, 'secondary');
      // Without the referee: what is asked here is refused by the server, and that is what is looked at.
      const proxy = await startProxies(sandbox.env['KUBECONFIG']!, bothSites, {
        before: async (request) => {
          // What comes up is seen, and would be stopped at once: not before the demotion was asked for.
          if (isSqueezedIn && isStop(request)) return answered.promise;
          if (!isDemotion(request) || isSqueezedIn) return undefined;
          isSqueezedIn = true;
          await applications.scale('cluster-1', 'squeezed-in', 2);
          await sandbox.until(
            () => applications.list<Pod>('cluster-1', resources.pods, 'squeezed-in'),
            (pods) => pods.some((pod) => claimsOfPod(pod).includes('web-data')),
          );
          // The guard hears of a pod a moment later than the server stores it.
          await sandbox.until(
            () =>
              sandbox.kubectl('cluster-1', [
                ...['-n', 'squeezed-in', 'patch', 'vr', 'web-data', '--type=merge', '--dry-run=server'],
                ...['-p', '{"spec":{"replicationState":"secondary"}}'],
              ]),
            ({ stderr }) => stderr.includes('DR109'),
          );
          return undefined;
        },
        after: (request, status) => {
          if (!isDemotion(request)) return undefined;
          answers.push(status);
          answered.resolve(undefined);
          return undefined;
        },
      });
      const spawned = spawnDr(
        patiently([...relocate, '-n', 'squeezed-in', '-o', 'json']),
        emptyHome(sandbox, proxy.kubeconfig),
      );
      await end({ ...spawned, proxy, events: () => eventsOf(spawned.stdout()) }, 0);
      expect(answers[0]).toBe(403);
      expect(answers.filter((status) => status < 300)).toHaveLength(1);
      await expectMoved('squeezed-in');
    });

    test.concurrent('the second of two people is told who is at it and at which step, and the first goes on', async () => {
      const gate = Promise.withResolvers<undefined>();
      const first = await begin('two-people', [...relocate, '--reason=first'], {
        before: (request) => (replicationPatch(request, 'secondary') ? gate.promise : undefined),
      });
      await untilTold(first, ({ step }) => step === 'Demote');
      const status = await sandbox.until(
        () => sandbox.dr('status', '-n', 'two-people', '-o', 'json', '--context', 'cluster-2'),
        ({ stdout }) => stdout.includes('Demote'),
      );
      const { items } = JSON.parse(status.stdout) as { items: { verdict: string; message: string }[] };
      expect(items.map(({ verdict }) => verdict)).toEqual(claimNames.map(() => 'Moving'));
      expect(JSON.stringify(items[0])).toContain('cluster-2-admin');

      const second = await begin('two-people', relocate);
      const { stderr } = await end(second, 1);
      expect(stderr).toMatch(/relocate-\S+ of cluster-2-admin is moving these volumes, at step Demote/);
      expect(stderr).toContain('kubectl dr history relocate-');
      expect(second.proxy.writes).toEqual([]);
      gate.resolve(undefined);
      await end(first, 0);
      await expectMoved('two-people');
      expect(await recordsOn('cluster-1', 'two-people')).toHaveLength(1);
    });

    test('a pod that nobody can stop is told before anything is changed', async () => {
      await applications.clusters['cluster-1'].create(resources.pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'by-hand', namespace: 'bare' },
        spec: {
          containers: [{ name: 'by-hand', image: 'shell' }],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'web-data' } }],
        },
      });
      const going = await begin('bare', relocate);
      const { stdout } = await end(going, 1);
      expect(eventsOf(stdout)).toContainEqual(
        expect.objectContaining({
          type: 'Failed',
          code: 'CannotStop',
          message: expect.stringMatching(/bare\/by-hand has no owner/),
        }),
      );
      expect(going.proxy.writes).toEqual([]);
      await expectUntouched('bare');
    });

    test('a guard that is down refuses the promote: that is told, and the promote is made when it is back', async () => {
      const { sites } = JSON.parse(await succeedIn('sandbox', 'status', '-o', 'json')) as SandboxStatus;
      const { webhook } = sites[1]!;
      const pid = webhook.state === 'running' ? webhook.pid : 0;
      let isStopped = false;
      const going = await begin('guard-down', relocate, {
        before: (request) => {
          if (!isStopped && replicationPatch(request, 'primary')) {
            process.kill(pid, 'SIGSTOP');
            isStopped = true;
          }
          return undefined;
        },
      });
      try {
        await untilTold(
          going,
          ({ type, message }) => type === 'Warning' && /guard\.kubectl-dr\.dev.*tried again/s.test(message),
        );
        expect(await applications.roles('cluster-2', 'guard-down')).toEqual({});
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await end(going, 0);
      await expectMoved('guard-down');
    });

    test('while the link between the storages is down the hand-over waits, and nothing is forced', async () => {
      await applications.rewrite('cluster-1', ['link'], 'written last');
      let isDown = false;
      const going = await begin('link', relocate, {
        before: async (request) => {
          if (isDown || !replicationPatch(request, 'secondary')) return undefined;
          isDown = true;
          await succeedIn('sandbox', 'link', 'down');
          return undefined;
        },
      });
      for (const group of ['link/web', 'link/db'])
        await untilTold(
          going,
          (told) => told.type === 'Waiting' && told.step === 'HandOver' && told.group === group,
        );
      const { verdict } = JSON.parse(
        (await sandbox.dr('status', 'web-data', '-n', 'link', '-o', 'json', '--context', 'cluster-1')).stdout,
      ).items[0];
      expect(verdict).toBe('Moving');
      expect(await applications.roles('cluster-2', 'link')).toEqual({});
      await succeedIn('sandbox', 'link', 'up');
      await end(going, 0);
      await applications.expectBytes('cluster-2', 'link', 'written last');
      const events = await sandbox.kubectl('cluster-2', [
        ...['-n', 'link', 'get', 'events', '-o', 'jsonpath={.items[*].reason}'],
      ]);
      expect(events.stdout).not.toContain('ForcePromoted');
      expect(referee.offences).toEqual([]);
    });

    test('clocks that differ by five minutes between the sites, either way, delay nothing', async () => {
      await Promise.all(
        (
          [
            ['ahead', 5],
            ['behind', -5],
          ] as const
        ).map(async ([namespace, minutes]) => {
          const going = await begin(namespace, [...relocate, '--timeout=60s'], {
            rewrite: clockOf('cluster-2', minutes),
          });
          await end(going, 0);
          await expectMoved(namespace);
        }),
      );
    });

    test('a source that goes dark in the middle is told after a minute; once it is back, it is gone on with', async () => {
      const [stopped, dark] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>()];
      const early = await begin('early', relocate, {
        // Its other workload does not come as far as the other one before the site is dark.
        before: (request) => (replicationPatch(request, 'secondary') ? dark.promise : undefined),
        after: (request, status) => {
          if (request.site !== 'cluster-1' || !isStop(request) || status >= 300) return undefined;
          stopped.resolve();
          return dark.promise;
        },
      });
      // Nothing is handed over: who demotes first could promote before the site is dark, and be done.
      await succeedIn('sandbox', 'link', 'down');
      const late = await begin('late-dark', relocate);
      await Promise.all([
        stopped.promise,
        ...['late-dark/web', 'late-dark/db'].map((group) =>
          untilTold(late, (told) => told.step === 'HandOver' && told.group === group),
        ),
      ]);
      await succeedIn('sandbox', 'fail', 'cluster-1');
      dark.resolve(undefined);
      const ends = await Promise.all([end(early, 1), end(late, 1)]);
      for (const { stdout } of ends) {
        expect(eventsOf(stdout)).toContainEqual(
          expect.objectContaining({
            type: 'Failed',
            code: 'SiteDark',
            message: expect.stringContaining('has not answered for a minute'),
            nextCommand: expect.stringMatching(/^kubectl dr failover .*--context cluster-2/),
          }),
        );
        expect(eventsOf(stdout).at(-1)?.nextCommand).toMatch(/^kubectl dr resume relocate-/);
      }
      for (const namespace of ['early', 'late-dark'])
        expect(await applications.roles('cluster-2', namespace)).toEqual({});
      await succeedIn('sandbox', 'heal', 'cluster-1');
      await succeedIn('sandbox', 'link', 'up');
      await end(await begin('early', ['resume']), 0);
      await end(await begin('late-dark', relocate), 0);
      await expectMoved('early');
      await expectMoved('late-dark');
    });

    test('a target that goes dark in the middle of a failover, and comes back within a minute, is waited for', async () => {
      const backups = join(sandbox.home, 'backups');
      await succeedIn('backup', '-n', 'disaster', '--include-workloads', '-d', backups);
      const ahead = await begin('future', ['backup', '--include-workloads', '-d', `${backups}-future`], {
        rewrite: clockOf('cluster-1', 5),
      });
      await end(ahead, 0);
      await succeedIn('sandbox', 'fail', 'cluster-1');
      const words = [
        'failover',
        '--to',
        'cluster-2',
        '--from',
        backups,
        '--yes',
        '--accept-data-loss=unknown',
      ];
      const asked = Promise.withResolvers<void>();
      const dark = Promise.withResolvers<undefined>();
      const going = await begin('disaster', words, {
        after: (request, status) => {
          if (!replicationPatch(request, 'primary') || status >= 300) return undefined;
          asked.resolve();
          return dark.promise;
        },
      });
      await asked.promise;
      await succeedIn('sandbox', 'fail', 'cluster-2');
      dark.resolve(undefined);
      await untilTold(going, ({ type, message }) => type === 'Waiting' && message.includes('cannot be read'));
      await succeedIn('sandbox', 'heal', 'cluster-2');
      await end(going, 0);
      expect(new Set(Object.values(await applications.roles('cluster-2', 'disaster')))).toEqual(
        new Set(['primary/Primary']),
      );
      expect(await applications.replicasOn('cluster-2', 'disaster')).toEqual({ web: 2, db: 1 });
      await applications.expectBytes('cluster-2', 'disaster', 'written first');
      expect(await recordsOn('cluster-2', 'disaster')).toMatchObject([
        { status: { phase: 'Succeeded', staleSite: 'cluster-1', lease: { holder: '' } } },
      ]);

      // The clock of the site that is gone was ahead: how old its last sync is cannot be told.
      const future = ['failover', '--to', 'cluster-2', '--from', `${backups}-future`, '--yes'];
      const refused = await end(await begin('future', [...future, '--accept-data-loss=15m']), 4);
      expect(eventsOf(refused.stdout)).toContainEqual(
        expect.objectContaining({ type: 'Refused', message: expect.stringContaining('accepted: unknown') }),
      );
      expect(await applications.roles('cluster-2', 'future')).toEqual({});
      await end(await begin('future', [...future, '--accept-data-loss=unknown']), 0);
    });
  },
);
