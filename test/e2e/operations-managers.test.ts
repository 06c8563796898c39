// Applications that somebody else looks after: GitOps, operators, and a person who presses Ctrl-C.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { applications, barePod, workload } from './application.ts';
import { guardedVolumes, type Site } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  haveKubectl,
  packageRoot,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

const usualScale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };

/** CloudNativePG: at least one instance, and its own name for their number. */
const instances = {
  scale: { specReplicasPath: '.spec.instances', statusReplicasPath: '.status.instances' },
  schema: {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { instances: { type: 'integer', minimum: 1, default: 1 } } },
      status: anything,
    },
  },
};

const definition = (
  group: string,
  version: string,
  plural: string,
  kind: string,
  { scale, schema }: { scale: object; schema: object } = { scale: usualScale, schema: anything },
) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        subresources: { scale },
        schema: { openAPIV3Schema: schema },
      },
    ],
  },
});

const fluxLabels = {
  'kustomize.toolkit.fluxcd.io/name': 'apps',
  'kustomize.toolkit.fluxcd.io/namespace': 'default',
};

describe.skipIf(!haveKubectl).each(serverFlavours)(
  'applications that somebody looks after, on $flavour',
  ({ flags }) => {
    let sandbox: RunningSandbox;
    let volumes: ReturnType<typeof guardedVolumes>;
    let apps: ReturnType<typeof applications>;
    const dr = (...words: string[]) => sandbox.dr(...words);
    const kustomization = async (site: Site) =>
      volumes.read(site, 'kustomizations.kustomize.toolkit.fluxcd.io', 'apps');
    const rollout = async (name: string) => volumes.read('cluster-1', 'rollouts.argoproj.io', name);

    beforeAll(async () => {
      sandbox = await startSandbox(...flags, '--clock-factor=720');
      volumes = guardedVolumes(sandbox);
      apps = applications(sandbox, volumes);
      await volumes.setUpClasses();
      for (const site of ['cluster-1', 'cluster-2'] as const) {
        for (const it of [
          definition('kustomize.toolkit.fluxcd.io', 'v1', 'kustomizations', 'Kustomization'),
          definition('argoproj.io', 'v1alpha1', 'rollouts', 'Rollout'),
          definition('postgresql.cnpg.io', 'v1', 'clusters', 'Cluster', instances),
          definition('shapes.example.com', 'v1', 'groups', 'Group', { ...instances, schema: anything }),
        ]) {
          await volumes.succeed(site, ['apply', '-f', '-'], stringify(it));
          await volumes.succeed(site, [
            'wait',
            '--for=condition=Established',
            `crd/${it.metadata.name}`,
            '--timeout=30s',
          ]);
        }
      }
      for (const name of ['site', 'rolled', 'turned', 'pg', 'shaped', 'quiet', 'injected']) {
        await volumes.bind('cluster-1', name);
        expect(await dr('protect', name)).toMatchObject({ code: 0 });
      }
    });
    mendAfterFailures(() => sandbox);
    afterAll(() => sandbox?.end());

    test('a Kustomization is suspended before its workload is stopped, and let go when it comes back', async () => {
      await volumes.succeed(
        'cluster-1',
        ['create', '-f', '-'],
        stringify({
          apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
          kind: 'Kustomization',
          metadata: { name: 'apps', namespace: 'default' },
          spec: { interval: '1m' },
        }),
      );
      await apps.create('cluster-1', workload('Deployment', 'site', ['site'], { labels: fluxLabels }));
      await apps.untilReady('cluster-1', 'deployment', 'site');
      const moved = await dr('relocate', 'deploy/site', '--yes');
      expect(moved, moved.stderr).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('Kustomization default/apps paused'),
      });
      expect((await kustomization('cluster-1')).spec).toMatchObject({ suspend: true });
      const back = await dr('relocate', 'deploy/site', '--to=cluster-1', '--yes');
      expect(back, back.stderr).toMatchObject({ code: 0 });
      const { spec, metadata } = await kustomization('cluster-1');
      expect(spec.suspend).toBeUndefined();
      expect(metadata.annotations?.['kubectl-dr.dev/paused']).toBeUndefined();
      const { metadata: after } = await volumes.read('cluster-1', 'deployment', 'site');
      expect(Object.keys(after.annotations).filter((it) => it.startsWith('kubectl-dr.dev/'))).toEqual([]);
    });

    /** A Rollout with two pods, by a ReplicaSet of its own: nobody here makes that follow. */
    const createRollout = async (name: string): Promise<void> => {
      await volumes.succeed(
        'cluster-1',
        ['create', '-f', '-'],
        stringify({
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          metadata: { name, namespace: 'default' },
          spec: { replicas: 2 },
          status: { readyReplicas: 2 },
        }),
      );
      const { metadata } = await rollout(name);
      const owner = {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        name,
        uid: metadata.uid,
        controller: true,
      };
      const { spec } = workload('Deployment', name, [name], { replicas: 2 });
      await apps.create('cluster-1', {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name, namespace: 'default', ownerReferences: [owner] },
        spec,
      });
      await apps.untilReady('cluster-1', 'replicaset', name);
    };

    /** What a Rollout's controller does once the Rollout asks for so many. */
    const followRollout = async (name: string, replicas: number): Promise<void> => {
      await sandbox.until(
        async () => (await rollout(name)).spec.replicas,
        (asked) => asked === replicas,
      );
      await volumes.succeed('cluster-1', ['scale', `rs/${name}`, `--replicas=${replicas}`]);
      if (replicas > 0) await apps.untilReady('cluster-1', 'replicaset', name);
      const status = JSON.stringify({ status: { readyReplicas: replicas } });
      await volumes.succeed('cluster-1', [
        ...['patch', 'rollouts.argoproj.io', name],
        ...['--type=merge', '-p', status],
      ]);
    };

    /** Presses Ctrl-C on a move once all is demoted; nothing travels between the storages, so it gets no further. */
    const interruptMove = async (...words: string[]) => {
      await dr('sandbox', 'link', 'down');
      // Node itself and not the launcher: that is what a terminal interrupts as well.
      const main = join(packageRoot, 'dist/lib/kubectl-dr.mjs');
      const child = spawn(process.execPath, [main, 'relocate', ...words], { env: sandbox.env });
      let text = '';
      child.stderr.on('data', (chunk) => (text += chunk));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      await sandbox.until(
        async () => text,
        (seen) => seen.includes('Demote the volumes: done'),
      );
      child.kill('SIGINT');
      const code = await ended;
      await dr('sandbox', 'link', 'up');
      return { code, text };
    };

    test('a custom kind with a scale is scaled down, and its size is on record', async () => {
      await createRollout('rolled');
      const moving = dr('relocate', 'rolled', '--yes');
      await followRollout('rolled', 0);
      const ended = await moving;
      expect(ended, ended.stderr).toMatchObject({ code: 0 });
      const { stdout } = await dr('history', '-o', 'json');
      expect(JSON.parse(stdout).items[0].workloads).toMatchObject([
        { kind: 'Rollout', name: 'rolled', replicas: 2 },
      ]);
    });

    /** An object of a custom kind, and a pod or ReplicaSet that it owns. */
    const createOwned = async (
      owner: { apiVersion: string; kind: string; name: string; spec: object },
      owned: (ownerReferences: object[]) => object,
    ): Promise<void> => {
      const { apiVersion, kind, name, spec } = owner;
      await apps.create('cluster-1', { apiVersion, kind, metadata: { name, namespace: 'default' }, spec });
      const plural = `${kind.toLowerCase()}s.${apiVersion.split('/')[0]}`;
      const { metadata } = await volumes.read('cluster-1', plural, name);
      await apps.create(
        'cluster-1',
        owned([{ apiVersion, kind, name, uid: metadata.uid, controller: true }]),
      );
    };
    const replicaSet =
      (name: string) =>
      (ownerReferences: object[]): object => ({
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name, namespace: 'default', ownerReferences },
        spec: workload('Deployment', name, [name]).spec,
      });

    test('an owner that the server does not let be scaled to 0 is named before anything changes', async () => {
      await createOwned(
        { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', name: 'pg', spec: { instances: 1 } },
        (ownerReferences) => {
          const pod = barePod('pg-1', ['pg']);
          return { ...pod, metadata: { ...pod.metadata, ownerReferences } };
        },
      );
      const isNamed = {
        code: 1,
        stderr: expect.stringMatching(
          /Cluster default\/pg cannot be scaled to 0: .*greater than or equal to 1.*next: .*annotate clusters\.postgresql\.cnpg\.io pg cnpg\.io\/hibernation=on/,
        ),
      };
      const planned = await dr('plan', 'relocate', 'pg', '--to=cluster-2');
      expect(planned, planned.stderr).toMatchObject(isNamed);
      const moved = await dr('relocate', 'pg', '--to=cluster-2', '--yes');
      expect(moved, moved.stderr).toMatchObject(isNamed);
      expect(await apps.role('cluster-1', 'pg')).toBe('primary/Primary');
    });

    test('a custom kind is scaled where it keeps its count, and as many come back', async () => {
      const shape = async () => (await volumes.read('cluster-1', 'groups.shapes.example.com', 'shaped')).spec;
      await createOwned(
        { apiVersion: 'shapes.example.com/v1', kind: 'Group', name: 'shaped', spec: { instances: 3 } },
        replicaSet('shaped'),
      );
      await apps.untilReady('cluster-1', 'replicaset', 'shaped');
      const moving = interruptMove('shaped', '--to=cluster-2');
      await sandbox.until(shape, (spec) => spec.instances === 0);
      expect(await shape()).toEqual({ instances: 0 });
      await volumes.succeed('cluster-1', ['scale', 'rs/shaped', '--replicas=0']);
      expect(await moving).toMatchObject({ code: 130 });
      const undoing = dr('undo');
      await sandbox.until(shape, (spec) => spec.instances === 3);
      const status = JSON.stringify({ status: { instances: 3 } });
      await volumes.succeed('cluster-1', [
        ...['patch', 'groups.shapes.example.com', 'shaped'],
        ...['--type=merge', '-p', status],
      ]);
      const undone = await undoing;
      expect(undone, undone.stderr).toMatchObject({ code: 0 });
      expect(await shape()).toEqual({ instances: 3 });
    });

    test('one that does not say how many is stopped, and where nothing runs on the target nothing is said to be up', async () => {
      await createOwned(
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'quiet', spec: { paused: false } },
        replicaSet('quiet'),
      );
      await apps.untilReady('cluster-1', 'replicaset', 'quiet');
      const planned = await dr('plan', 'relocate', 'quiet', '--to=cluster-2');
      expect(planned.stderr).toMatch(/Rollout default\/quiet is not on cluster-2, and nothing brings it/);
      const moving = dr('relocate', 'quiet', '--to=cluster-2', '--yes', '--no-backup');
      await sandbox.until(
        async () => (await rollout('quiet')).spec.replicas,
        (asked) => asked === 0,
      );
      await volumes.succeed('cluster-1', ['scale', 'rs/quiet', '--replicas=0']);
      const moved = await moving;
      expect(moved, moved.stderr).toMatchObject({ code: 0 });
      expect(moved.stdout).toMatch(/volumes primary after .*nothing lost/);
      expect(moved.stdout + moved.stderr).not.toMatch(/workloads ready|application down|application is up/);
    });

    test('a workload is stopped whose pods mount a claim that its template does not name', async () => {
      const set = workload('StatefulSet', 'injected', ['injected']);
      await apps.create('cluster-1', { ...set, spec: { ...set.spec, updateStrategy: { type: 'OnDelete' } } });
      await apps.untilReady('cluster-1', 'statefulset', 'injected');
      // Its pod stays as it was: the next one would be another.
      const change = JSON.stringify([{ op: 'replace', path: '/spec/template/spec/volumes', value: [] }]);
      await volumes.succeed('cluster-1', ['patch', 'statefulset', 'injected', '--type=json', '-p', change]);
      const moved = await dr('relocate', 'injected', '--to=cluster-2', '--yes', '--no-backup');
      expect(moved, moved.stderr).toMatchObject({ code: 0 });
      expect(await apps.replicas('cluster-1', 'statefulset', 'injected')).toMatchObject({ wanted: 0 });
    });

    test('undo gives a custom kind with a scale its size back, and its volume the role that it had', async () => {
      await createRollout('turned');
      const specBefore = (await rollout('turned')).spec;
      const moving = interruptMove('turned', '--to=cluster-2');
      await followRollout('turned', 0);
      const { code, text } = await moving;
      expect(code, text).toBe(130);
      expect(await apps.role('cluster-1', 'turned')).toBe('secondary/Secondary');

      const undoing = dr('undo');
      await followRollout('turned', 2);
      const undone = await undoing;
      expect(undone, undone.stderr).toMatchObject({ code: 0 });
      expect(await apps.role('cluster-1', 'turned')).toBe('primary/Primary');
      expect(await apps.role('cluster-2', 'turned')).toBe('');
      const { spec, metadata } = await rollout('turned');
      expect(spec).toEqual(specBefore);
      expect(metadata.annotations).toBeUndefined();
      expect(await apps.replicas('cluster-1', 'replicaset', 'turned')).toEqual({ wanted: 2, ready: 2 });
      expect((await dr('history')).stdout).toMatch(/relocate-\S+ +Relocate .* Undone/);
    });

    test('Ctrl-C before the first promote leaves it, and says how to go on and how to take it back', async () => {
      const { code, text } = await interruptMove('deploy/site', '--to=cluster-2');
      expect(code, text).toBe(130);
      expect(text).toMatch(
        /it can be taken back instead: kubectl dr undo relocate-\S+ .*; next: kubectl dr resume relocate-\S+ -n default/,
      );
      expect((await dr('history')).stdout).toMatch(/relocate-\S+ +Relocate .* Left/);
      expect(await dr('undo')).toMatchObject({ code: 0 });
      expect(await apps.role('cluster-1', 'site')).toBe('primary/Primary');
    });
  },
);
