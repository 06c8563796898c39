// Whole procedures whose drivers answer with errors: each gRPC code once, before or after the call took effect, and one that stays.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxStatus } from '../../sandbox/control-protocol.ts';
import { type DriverFault, type FaultyDriver, startFaultyDriver } from './faulty-driver.ts';
import type { Site } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { bothSites, type MovingApplications, movingApplications } from './moving-application.ts';
import { createReferee, type Referee } from './referee.ts';
import {
  haveKubectl,
  packageRoot,
  patiently,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';
import { emptyHome, type SpawnEnd, type Spawned, spawnDr } from './spawned-command.ts';
import { eventsOf, type Told } from './told-events.ts';

/** gRPC status codes that a driver answers with. */
const codes = {
  cancelled: 1,
  unknown: 2,
  'invalid-argument': 3,
  'deadline-exceeded': 4,
  'not-found': 5,
  'already-exists': 6,
  'permission-denied': 7,
  'resource-exhausted': 8,
  'failed-precondition': 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
};

describe.skipIf(!haveKubectl).each(serverFlavours)(
  'a procedure whose drivers answer with errors, on $flavour',
  ({ flags }) => {
    let sandbox: RunningSandbox;
    let applications: MovingApplications;
    let referee: Referee;
    const drivers = {} as Record<Site, FaultyDriver>;
    const controllers: ChildProcess[] = [];
    const handles = new Map<string, string>();
    const names = Object.keys(codes);

    const start = (...words: string[]): Spawned =>
      spawnDr(
        patiently([...words, '-n', 'codes', '-o', 'json']),
        emptyHome(sandbox, sandbox.env['KUBECONFIG']!),
      );
    const run = (...words: string[]): Promise<SpawnEnd> => start(...words).ended;

    const succeed = async (running: Promise<{ code: number | null; stdout: string; stderr: string }>) => {
      const ended = await running;
      expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
      return ended;
    };

    /** One error for each volume, with its own code. */
    const failOnce = (site: Site, call: DriverFault['call'], isDone = false): void =>
      drivers[site].inject(
        Object.entries(codes).map(([name, code]) => ({
          call,
          volumeHandle: handles.get(name) ?? '',
          code,
          message: `a test answers ${name}`,
          times: 1,
          isDone,
        })),
      );

    const expectRoles = async (wanted: Record<Site, string>): Promise<void> => {
      for (const site of bothSites) {
        const { stuck: _, ...roles } = await applications.roles(site, 'codes');
        expect(roles, `roles on ${site}`).toEqual(
          Object.fromEntries(names.map((name) => [name, wanted[site]])),
        );
      }
    };

    beforeAll(async () => {
      sandbox = await startSandbox(...flags, '--clock-factor=720', '--no-controller');
      applications = movingApplications(sandbox);
      referee = createReferee(applications);
      const { runDirectory } = JSON.parse(
        (await sandbox.dr('sandbox', 'status', '-o', 'json')).stdout,
      ) as SandboxStatus;
      for (const site of bothSites) {
        drivers[site] = await startFaultyDriver(
          join(runDirectory, `${site}.sock`),
          join(sandbox.home, `${site}.sock`),
        );
        const kubeconfig = sandbox.env['KUBECONFIG'];
        const peer = bothSites.find((it) => it !== site);
        controllers.push(
          spawn(
            process.execPath,
            [
              join(packageRoot, 'dist/lib/dr-controller.mjs'),
              '--driver-name=rbd.csi.ceph.com',
              `--csi-addons-address=${drivers[site].address}`,
              `--kubeconfig=${kubeconfig}`,
              `--context=${site}`,
              `--peer-kubeconfig=${kubeconfig}`,
              `--peer-context=${peer}`,
              '--sync-info-interval=1s',
              '--resync-interval=1s',
            ],
            { env: sandbox.env, stdio: 'ignore' },
          ),
        );
      }
      await applications.setUpClasses();
      for (const [name, handle] of await applications.installClaims('codes', [...names, 'stuck']))
        handles.set(name, handle);
    });
    mendAfterFailures(() => sandbox);
    afterEach(() => {
      for (const driver of Object.values(drivers)) driver.clear();
    });
    afterAll(async () => {
      for (const controller of controllers) controller.kill();
      for (const driver of Object.values(drivers)) driver.close();
      await referee?.close();
      applications?.close();
      await sandbox?.end();
    });

    test('each code once, at the demotion and at the promote: all is tried again, and nothing is forced', async () => {
      failOnce('cluster-1', 'DemoteVolume');
      failOnce('cluster-2', 'PromoteVolume');
      const witness = referee.watch('codes', 'cluster-1');
      const ended = await succeed(run('relocate', '--to', 'cluster-2', '--no-backup', ...names));
      await witness.end();
      expect([drivers['cluster-1'].met(), drivers['cluster-2'].met()]).toEqual([names.length, names.length]);
      await expectRoles({ 'cluster-1': 'secondary/Secondary', 'cluster-2': 'primary/Primary' });
      const waits = eventsOf(ended.stdout).filter(({ type }) => type === 'Waiting');
      for (const step of ['Demote', 'Promote'])
        expect(waits, ended.stdout).toContainEqual(
          expect.objectContaining({
            step,
            message: expect.stringMatching(/(demote|promote) fails, and is tried again: .*a test answers/),
          }),
        );
      const events = await sandbox.kubectl('cluster-2', [
        ...['-n', 'codes', 'get', 'events', '-o', 'jsonpath={.items[*].reason}'],
      ]);
      expect(events.stdout).not.toContain('ForcePromoted');
      expect(referee.offences).toEqual([]);
    });

    test('each code once at the resync, and after a demotion or promote that was carried out all the same', async () => {
      const accepted = ['--no-backup', '--yes', '--accept-data-loss=unknown'];
      await succeed(sandbox.dr('sandbox', 'fail', 'cluster-2'));
      await succeed(run('failover', '--to', 'cluster-1', ...accepted, ...names));
      await succeed(sandbox.dr('sandbox', 'heal', 'cluster-2'));
      const before = drivers['cluster-2'].met();
      failOnce('cluster-2', 'ResyncVolume');
      failOnce('cluster-1', 'DemoteVolume', true);
      failOnce('cluster-2', 'PromoteVolume', true);
      await succeed(run('failback', ...accepted, ...names));
      expect(drivers['cluster-2'].met() - before).toBe(2 * names.length);
      await expectRoles({ 'cluster-1': 'secondary/Secondary', 'cluster-2': 'primary/Primary' });
    });

    test('an error that stays is told as what is waited for, until somebody has waited enough; then resume goes on', async () => {
      drivers['cluster-2'].inject([
        { call: 'PromoteVolume', volumeHandle: handles.get('stuck') ?? '', code: 13, message: 'rbd: ret=-5' },
      ]);
      const stuck = start('relocate', '--to', 'cluster-2', '--no-backup', 'stuck');
      const isTold = ({ type, step, message }: Told): boolean =>
        type === 'Waiting' &&
        step === 'Promote' &&
        message.includes('promote fails, and is tried again: rbd: ret=-5');
      await sandbox.until(
        async () => eventsOf(stuck.stdout()),
        (events) => events.some(isTold),
      );
      // Past the first promote the first one says that it goes on.
      stuck.child.kill('SIGINT');
      await sandbox.until(
        async () => stuck.stdout() + stuck.stderr(),
        (text) => text.includes('Ctrl-C again leaves it'),
      );
      // What comes within a fifth of a second is taken for the same key.
      await delay(300);
      stuck.child.kill('SIGINT');
      const left = await stuck.ended;
      expect(left, left.stdout + left.stderr).toMatchObject({ code: 130 });
      expect(eventsOf(left.stdout).at(-1)?.nextCommand).toMatch(/^kubectl dr resume relocate-/);
      drivers['cluster-2'].clear();
      await succeed(run('resume'));
      expect((await applications.roles('cluster-2', 'codes'))['stuck']).toBe('primary/Primary');
      expect(referee.offences).toEqual([]);
    });
  },
);
