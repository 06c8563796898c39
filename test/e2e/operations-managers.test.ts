// Applications that somebody else looks after: GitOps, operators, and a person who presses Ctrl-C.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { applications, workload } from './application.ts';
import { guardedVolumes, type Site } from './guarded-volumes.ts';
import {
  haveKubectl,
  packageRoot,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

const definition = (group: string, version: string, plural: string, kind: string) => ({
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
        subresources: {
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
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

    beforeAll(async () => {
      sandbox = await startSandbox(...flags, '--clock-factor=720');
      volumes = guardedVolumes(sandbox);
      apps = applications(sandbox, volumes);
      await volumes.setUpClasses();
      for (const site of ['cluster-1', 'cluster-2'] as const) {
        for (const it of [
          definition('kustomize.toolkit.fluxcd.io', 'v1', 'kustomizations', 'Kustomization'),
          definition('argoproj.io', 'v1alpha1', 'rollouts', 'Rollout'),
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
      for (const name of ['site', 'rolled']) {
        await volumes.bind('cluster-1', name);
        expect(await dr('protect', name)).toMatchObject({ code: 0 });
      }
    });
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

    test('a custom kind with a scale is scaled down, and its size is on record', async () => {
      await volumes.succeed(
        'cluster-1',
        ['create', '-f', '-'],
        stringify({
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          metadata: { name: 'rolled', namespace: 'default' },
          spec: { replicas: 2 },
        }),
      );
      const { metadata } = await volumes.read('cluster-1', 'rollouts.argoproj.io', 'rolled');
      const owner = {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        name: 'rolled',
        uid: metadata.uid,
        controller: true,
      };
      const { spec } = workload('Deployment', 'rolled', ['rolled'], { replicas: 2 });
      const { serviceName: _, ...setSpec } = spec as typeof spec & { serviceName?: string };
      await apps.create('cluster-1', {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'rolled', namespace: 'default', ownerReferences: [owner] },
        spec: setSpec,
      });
      await apps.untilReady('cluster-1', 'replicaset', 'rolled');
      const moving = dr('relocate', 'rolled', '--yes');
      // Nobody here makes a Rollout's ReplicaSet follow it.
      await sandbox.until(
        async () => (await volumes.read('cluster-1', 'rollouts.argoproj.io', 'rolled')).spec.replicas,
        (replicas) => replicas === 0,
      );
      await volumes.succeed('cluster-1', ['scale', 'rs/rolled', '--replicas=0']);
      const ended = await moving;
      expect(ended, ended.stderr).toMatchObject({ code: 0 });
      const { stdout } = await dr('history', '-o', 'json');
      expect(JSON.parse(stdout).items[0].workloads).toMatchObject([
        { kind: 'Rollout', name: 'rolled', replicas: 2 },
      ]);
    });

    test('Ctrl-C before the first promote leaves it, and says how to go on and how to take it back', async () => {
      await dr('sandbox', 'link', 'down');
      // Node itself and not the launcher: that is what a terminal interrupts as well.
      const main = join(packageRoot, 'dist/lib/kubectl-dr.mjs');
      const child = spawn(process.execPath, [main, 'relocate', 'deploy/site', '--to=cluster-2'], {
        env: sandbox.env,
      });
      let text = '';
      child.stderr.on('data', (chunk) => (text += chunk));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      await sandbox.until(
        async () => text,
        (seen) => seen.includes('Demote the volumes: done'),
      );
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      expect(text).toMatch(
        /go on: kubectl dr resume relocate-\S+ -n default, or take it back: kubectl dr undo/,
      );
      expect((await dr('history')).stdout).toMatch(/relocate-\S+ +Relocate .* Left/);
      await dr('sandbox', 'link', 'up');
      expect(await dr('undo')).toMatchObject({ code: 0 });
      expect(await apps.role('cluster-1', 'site')).toBe('primary/Primary');
    });
  },
);
