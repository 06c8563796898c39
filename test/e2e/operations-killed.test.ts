// Whole procedures whose process is killed after any of their writes, and which somebody else goes on with who has nothing but the clusters.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restoreAnnotations } from '../../core/backup/restore-annotations.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import { beginInTurn } from './begin-in-turn.ts';
import { type Fault, type SeenRequest, startProxies } from './counting-proxy.ts';
import type { Site } from './guarded-volumes.ts';
import { bothSites, type MovingApplications, movingApplications } from './moving-application.ts';
import { createReferee, type Referee } from './referee.ts';
import {
  haveKubectl,
  patiently,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';
import { emptyHome, type SpawnEnd, type Spawned } from './spawned-command.ts';

/** What a run did: how it ended, and what was written. */
type Run = SpawnEnd & { readonly writes: readonly string[] };

/** Real API servers take twice as long: there, not every write is killed after. */
const strideOf = (flavour: string): number => (flavour.startsWith('real') ? 4 : 1);
const everyOf = (flavour: string): string =>
  strideOf(flavour) === 1 ? 'any single write' : `every ${strideOf(flavour)}th write`;

/** A later run knows of a later sync, and notes it on the claim that an earlier one has made. */
const isNote = (write: string): boolean =>
  /^PATCH \S+\/persistentvolumeclaims\//.test(write.slice('cluster-n '.length));

const onlyNotes = ({ method, path, body }: SeenRequest): boolean => {
  if (!isNote(`cluster-n ${method} ${path}`)) return true;
  const { metadata, ...rest } = JSON.parse(body) as { metadata: { annotations?: object } };
  const { annotations = {}, ...more } = metadata;
  const notes: readonly string[] = Object.values(restoreAnnotations);
  const others = [...Object.keys(rest), ...Object.keys(more)].filter((name) => name !== 'resourceVersion');
  return others.length === 0 && Object.keys(annotations).every((name) => notes.includes(name));
};

/** What one place to kill at may take: a test that goes through all of them is not to end with the time of a single one. */
const placeMs = 20_000;

/** How many runs go on side by side: of those that mostly wait for a resync, more. */
const fewAtOnce = 6;
const manyAtOnce = 12;

const sideBySide = async <T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};

describe.skipIf(!haveKubectl).each(serverFlavours)(
  'a procedure that is killed, on $flavour',
  ({ flags, flavour }) => {
    const stride = strideOf(flavour);
    const spawnInTurn = beginInTurn();
    let sandbox: RunningSandbox;
    let applications: MovingApplications;
    let referee: Referee;

    const startUp = async (): Promise<void> => {
      sandbox = await startSandbox(...flags, '--clock-factor=300');
      applications = movingApplications(sandbox);
      referee = createReferee(applications);
      await applications.setUpClasses();
    };
    const shutDown = async (): Promise<void> => {
      applications?.close();
      await sandbox?.end();
    };

    /** What belongs to one namespace or one run alone is given a common name. */
    const common = (namespace: string, text: string): string =>
      text
        .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
        .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
        .replaceAll(new RegExp(`\\b${namespace}\\b`, 'g'), 'NAMESPACE')
        // What a consent was given by depends on how far the other site was when it was looked at.
        .replaceAll(/\\"seen\\":\{[^}]*\},/g, '');

    /** Runs a command from an empty home directory, through proxies on both sites; SIGKILL as soon as a server has done the n-th write. */
    const run = async (
      namespace: string,
      words: readonly string[],
      killAfter?: number,
      before: (request: SeenRequest) => Fault | undefined = () => undefined,
    ): Promise<Run> => {
      let spawned: Spawned | undefined;
      const proxy = await startProxies(sandbox.env['KUBECONFIG']!, bothSites, {
        before: async (request) => {
          expect(onlyNotes(request), request.body).toBe(true);
          await referee.judge(request);
          return before(request);
        },
        onWrite: (count) => {
          if (count === killAfter) spawned?.child.kill('SIGKILL');
        },
      });
      spawned = await spawnInTurn(
        patiently([...words, '-n', namespace, '-o', 'json']),
        emptyHome(sandbox, proxy.kubeconfig),
      );
      const ended = await spawned.ended;
      await proxy.end();
      return {
        ...ended,
        writes: proxy.writes.filter((write) => !isNote(write)).map((write) => common(namespace, write)),
      };
    };

    const expectDone = (ended: Run, where = ''): void =>
      void expect(ended, `${where}\n${ended.stdout}${ended.stderr}`).toMatchObject({ code: 0 });

    const partsOf = (object: KubernetesObject) => {
      const { kind, metadata } = object;
      const status = object['status'] as { state?: string; phase?: string } | undefined;
      const spec = object['spec'] as { claimRef?: { uid?: string; resourceVersion?: string } };
      const { uid: _, resourceVersion: __, ...claimRef } = spec.claimRef ?? {};
      return {
        kind,
        name: metadata.name,
        annotations: metadata.annotations,
        spec: kind === 'PersistentVolume' ? { ...spec, claimRef } : spec,
        state: status?.state ?? status?.phase,
      };
    };

    const kinds: readonly Resource[] = [
      resources.volumeReplications,
      resources.persistentVolumeClaims,
      resources.deployments,
      resources.statefulSets,
    ];

    /** What sites show of an application in the end, without what differs from run to run. */
    const endState = async (namespace: string, sites: readonly Site[]): Promise<unknown> => {
      const ofSite = async (site: Site) => {
        const found = await Promise.all(kinds.map((kind) => applications.list(site, kind, namespace)));
        const volumes = await applications.list(site, resources.persistentVolumes);
        const own = volumes.filter(
          ({ spec }) => (spec as { claimRef?: { namespace?: string } }).claimRef?.namespace === namespace,
        );
        const texts = [...found.flat(), ...own].map((it) => common(namespace, JSON.stringify(partsOf(it))));
        return texts.toSorted().map((text) => JSON.parse(text));
      };
      return Promise.all(sites.map(ofSite));
    };

    /** One record on each of some sites, which says that it is done and that nobody is at it. */
    const expectRecord = async (
      verb: string,
      namespace: string,
      sites: readonly Site[],
      phase = 'Succeeded',
    ): Promise<void> => {
      for (const site of sites) {
        const records = await applications.list<OperationRecord>(site, resources.operations, namespace);
        const own = records.filter(({ spec }) => spec.verb === verb);
        expect(own, `records of ${namespace} on ${site}: ${JSON.stringify(own)}`).toMatchObject([
          { status: { phase, lease: { holder: '' } } },
        ]);
      }
    };

    /** Kills a command after each of its writes, each time in a namespace of its own, and runs it again. */
    const killEverywhere = async (
      whole: Run,
      {
        words,
        namespaces,
        sites,
        verify,
        atOnce = fewAtOnce,
      }: {
        words: readonly string[];
        namespaces: readonly string[];
        sites: readonly Site[];
        verify: (namespace: string) => Promise<void>;
        atOnce?: number;
      },
    ): Promise<void> => {
      const expected = await endState('whole', sites);
      const places = namespaces.map((namespace, index) => ({ namespace, killAfter: 1 + index * stride }));
      await sideBySide(places, atOnce, async ({ namespace, killAfter }) => {
        const killed = await run(namespace, words, killAfter);
        const where = `killed after write ${killAfter}: ${whole.writes[killAfter - 1]}`;
        expect(killed.signal, `${where}\n${killed.stdout}${killed.stderr}`).toBe('SIGKILL');
        const second = await run(namespace, words);
        expectDone(second, where);
        expect([...killed.writes, ...second.writes].toSorted(), where).toEqual(whole.writes.toSorted());
        await verify(namespace);
        expect(await endState(namespace, sites), where).toEqual(expected);
      });
      expect(referee.offences).toEqual([]);
    };

    /** Namespaces to kill in: one for each write that is killed after. */
    const placesFor = (prefix: string, writes: number): string[] =>
      Array.from({ length: Math.ceil(writes / stride) }, (_, index) => `${prefix}-${index + 1}`);

    describe('relocate', () => {
      const words = ['relocate', '--to', 'cluster-2'];
      // Namespace, PVs, claims and workloads on the target; then stop and demote.
      const writesBeforePromote = 1 + 3 + 3 + 2 + 2 + 3;
      // Promote and start.
      const writeCount = writesBeforePromote + 3 + 2;
      const killed = placesFor('r', writeCount);

      beforeAll(async () => {
        await startUp();
        const namespaces = ['whole', 'resumed', 'undone', ...killed];
        await applications.install(namespaces);
        await applications.rewrite('cluster-1', namespaces, 'written last');
      });
      afterAll(shutDown);

      const verify = async (namespace: string): Promise<void> => {
        await applications.expectRoles(namespace, {
          'cluster-1': 'secondary/Secondary',
          'cluster-2': 'primary/Primary',
        });
        expect(await applications.replicasOn('cluster-1', namespace)).toEqual({ web: 0, db: 0 });
        expect(await applications.replicasOn('cluster-2', namespace)).toEqual({ web: 2, db: 1 });
        await applications.expectBytes('cluster-2', namespace, 'written last');
        await expectRecord('Relocate', namespace, bothSites);
      };

      test(`is run again after ${everyOf(flavour)}, and comes to the same end without writing anything twice`, {
        timeout: killed.length * placeMs,
      }, async () => {
        const whole = await run('whole', words);
        expectDone(whole);
        expect(whole.writes, whole.writes.join('\n')).toHaveLength(writeCount);
        await verify('whole');
        await killEverywhere(whole, { words, namespaces: killed, sites: bothSites, verify });
      });

      test('is gone on with by resume, or taken back by undo, after all was demoted', async () => {
        // Nothing is handed over meanwhile: on a busy machine one group would be promoted before the other is demoted.
        expect(await sandbox.dr('sandbox', 'link', 'down')).toMatchObject({ code: 0 });
        for (const namespace of ['resumed', 'undone'])
          expect(await run(namespace, words, writesBeforePromote)).toMatchObject({ signal: 'SIGKILL' });
        expect(await sandbox.dr('sandbox', 'link', 'up')).toMatchObject({ code: 0 });

        expectDone(await run('resumed', ['resume']));
        await verify('resumed');

        const undone = await run('undone', ['undo']);
        expectDone(undone);
        expect(undone.writes).toHaveLength(3 + 2);
        await applications.untilRunning('cluster-1', ['undone']);
        const roles = await applications.roles('cluster-1', 'undone');
        expect(new Set(Object.values(roles))).toEqual(new Set(['primary/Primary']));
        expect(await applications.roles('cluster-2', 'undone')).toEqual({});
        expect(await applications.replicasOn('cluster-1', 'undone')).toEqual({ web: 2, db: 1 });
        expect(await applications.replicasOn('cluster-2', 'undone')).toEqual({ web: 0, db: 0 });
        await applications.expectBytes('cluster-1', 'undone', 'written last');
        await expectRecord('Relocate', 'undone', bothSites, 'Undone');
        expect(referee.offences).toEqual([]);
      });
    });

    describe('a disaster', () => {
      // Namespace, PVs, claims and workloads on the target; promote, start.
      const failoverCount = 1 + 3 + 3 + 2 + 3 + 2;
      // Stop and demote what came back; resync, and settle; stop, demote, promote, start.
      const failbackCount = 2 + 3 + 3 + 3 + 2 + 3 + 3 + 2;
      const namespaces = placesFor('d', failbackCount);
      const unread = 'unread';
      const killedInFailover = namespaces.slice(0, placesFor('d', failoverCount).length);
      const accepted = ['--yes', '--accept-data-loss=unknown', '--reason=drill'];
      const failback = ['failback', ...accepted];
      const backups = (): string => join(sandbox.home, 'backups');
      const failover = (): string[] => ['failover', '--to', 'cluster-2', '--from', backups(), ...accepted];

      beforeAll(async () => {
        await startUp();
        await applications.install(['whole', unread, ...namespaces]);
        const backup = await sandbox.dr('backup', '-A', '--include-workloads', '-d', backups());
        expect(backup, backup.stderr).toMatchObject({ code: 0 });
        expect(await sandbox.dr('sandbox', 'fail', 'cluster-1')).toMatchObject({ code: 0 });
      });
      afterAll(shutDown);

      const verifyFailover = async (namespace: string): Promise<void> => {
        const roles = await applications.roles('cluster-2', namespace);
        expect(new Set(Object.values(roles))).toEqual(new Set(['primary/Primary']));
        expect(await applications.replicasOn('cluster-2', namespace)).toEqual({ web: 2, db: 1 });
        await applications.expectBytes('cluster-2', namespace, 'written first');
        await expectRecord('Failover', namespace, ['cluster-2']);
      };

      const verifyFailback = async (namespace: string): Promise<void> => {
        await applications.expectRoles(namespace, {
          'cluster-1': 'primary/Primary',
          'cluster-2': 'secondary/Secondary',
        });
        expect(await applications.replicasOn('cluster-1', namespace)).toEqual({ web: 2, db: 1 });
        expect(await applications.replicasOn('cluster-2', namespace)).toEqual({ web: 0, db: 0 });
        await applications.expectBytes('cluster-1', namespace, 'written after the disaster');
        await expectRecord('Failback', namespace, bothSites);
      };

      test(`failover is run again after ${everyOf(flavour)}, and comes to the same end without writing anything twice`, {
        timeout: killedInFailover.length * placeMs,
      }, async () => {
        const words = failover();
        const whole = await run('whole', words);
        expectDone(whole);
        expect(whole.writes, whole.writes.join('\n')).toHaveLength(failoverCount);
        await verifyFailover('whole');
        await killEverywhere(whole, {
          words,
          namespaces: killedInFailover,
          sites: ['cluster-2'],
          verify: verifyFailover,
        });
      });

      test(`failback is run again after ${everyOf(flavour)}, and comes to the same end without writing anything twice`, {
        timeout: namespaces.length * placeMs,
      }, async () => {
        const notYet = [unread, ...namespaces.slice(killedInFailover.length)];
        await sideBySide(notYet, fewAtOnce, async (namespace) =>
          expectDone(await run(namespace, failover())),
        );
        await applications.rewrite(
          'cluster-2',
          ['whole', unread, ...namespaces],
          'written after the disaster',
        );
        expect(await sandbox.dr('sandbox', 'heal', 'cluster-1')).toMatchObject({ code: 0 });

        const whole = await run('whole', failback);
        expectDone(whole);
        expect(whole.writes, whole.writes.join('\n')).toHaveLength(failbackCount);
        await verifyFailback('whole');
        await killEverywhere(whole, {
          words: failback,
          namespaces,
          sites: bothSites,
          verify: verifyFailback,
          atOnce: manyAtOnce,
        });
      });

      test('failback goes no way while a site does not tell its records, and is run again where they are told late', async () => {
        const ofRecords = ({ method, path }: SeenRequest): boolean =>
          method === 'GET' && /\/operations$/.test(path);
        // Which way it is to go is on record on the other site alone.
        const hidden = await run(unread, failback, undefined, (request) =>
          request.site === 'cluster-2' && ofRecords(request) ? { status: 403 } : undefined,
        );
        expect(hidden).toMatchObject({ code: 2, writes: [] });
        expect(hidden.stderr).toMatch(/not all records can be read \(cluster-2: .*name the target with --to/);

        const killed = await run(unread, failback, 2);
        expect(killed.signal, killed.stdout + killed.stderr).toBe('SIGKILL');
        // Servers that are busy: the first time nobody waits long enough for an answer.
        const asked = new Set<string>();
        const second = await run(unread, failback, undefined, (request) => {
          if (!ofRecords(request) || asked.has(request.site)) return undefined;
          asked.add(request.site);
          return 'hang';
        });
        expectDone(second);
        expect(asked).toEqual(new Set(bothSites));
        for (const site of bothSites)
          expect(second.stderr).toMatch(
            new RegExp(`records cannot be read at the moment, and it is tried again: ${site}: no answer`),
          );
        await verifyFailback(unread);
        expect(referee.offences).toEqual([]);
      });
    });
  },
);
