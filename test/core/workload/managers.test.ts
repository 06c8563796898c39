import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../../core/model/reading.ts';
import type { Resource } from '../../../core/model/resource.ts';
import { mergePatch } from '../../../core/restore/merge-patch.ts';
import { isPaused } from '../../../core/workload/is-paused.ts';
import { managersOf } from '../../../core/workload/managers.ts';
import { cronJobs, daemonSets, deployments, inShop, ownedBy, rollouts } from './objects.ts';

const managers = (
  metadata: object,
  autoscalers: Reading<KubernetesObject[]> = known([]),
  resource: Resource = deployments,
) => managersOf({ resource, object: inShop('web', {}, { metadata }) }, { autoscalers: () => autoscalers });

const autoscaler = (spec: object = {}, metadata: object = {}) =>
  inShop(
    'web',
    { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, ...spec },
    { metadata },
  );

const shown = (...args: Parameters<typeof managers>) =>
  managers(...args).map(({ name, warning }) => (warning === undefined ? name : `${name}: ${warning}`));

test('a workload of which nothing tells a manager has none', () => {
  expect(managers({ labels: { app: 'web' }, annotations: {} })).toEqual([]);
});

describe('an autoscaler', () => {
  const name = 'HorizontalPodAutoscaler shop/web';
  const target = (scaleTargetRef: object) => autoscaler({ scaleTargetRef });
  test('rests while its target is at 0', () => {
    expect(managers({}, known([autoscaler({ minReplicas: 2 }), autoscaler()]))).toEqual(
      [1, 2].map(() => ({ name, kind: 'autoscaler', warning: undefined, pause: undefined })),
    );
  });
  test('that may scale to 0 itself may scale up from it', () => {
    expect(shown({}, known([autoscaler({ minReplicas: 0 })]))).toEqual([
      `${name}: may scale it up from 0, because its minReplicas is 0: set that to 1 first`,
    ]);
  });
  test.each([
    {
      title: 'of the same group in another version',
      of: target({ apiVersion: 'apps/v2', kind: 'Deployment', name: 'web' }),
      is: true,
    },
    { title: 'without a version', of: target({ kind: 'Deployment', name: 'web' }), is: true },
    {
      title: 'of another group',
      of: target({ apiVersion: 'example.com/v1', kind: 'Deployment', name: 'web' }),
      is: false,
    },
    {
      title: 'of the core group',
      of: target({ apiVersion: 'v1', kind: 'Deployment', name: 'web' }),
      is: false,
    },
    {
      title: 'of another kind',
      of: target({ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' }),
      is: false,
    },
    {
      title: 'of another name',
      of: target({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'db' }),
      is: false,
    },
    { title: 'in another namespace', of: autoscaler({}, { namespace: 'other' }), is: false },
    { title: 'that it does not name', of: inShop('web', {}), is: false },
  ])('with a target $title: is one of the workload, $is', ({ of, is }) => {
    expect(managers({}, known([of])).length).toBe(is ? 1 : 0);
  });
  test('scales custom kinds as well', () => {
    const of = target({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' });
    expect(shown({}, known([of]), rollouts)).toEqual([name]);
  });
  test('that cannot be read is told, where there could be one', () => {
    const unread = unknown('forbidden');
    const warning =
      'HorizontalPodAutoscalers of shop: cannot be read, so nobody knows whether one would scale it up from 0: forbidden';
    expect(shown({}, unread)).toEqual([warning]);
    expect(shown({}, unread, rollouts)).toEqual([warning]);
    expect([shown({}, unread, daemonSets), shown({}, unread, cronJobs)]).toEqual([[], []]);
  });
  test('of KEDA scales up from 0, and is paused by its ScaledObject', () => {
    const made = autoscaler({ minReplicas: 1 }, ownedBy('keda.sh/v1alpha1', 'ScaledObject', 'load'));
    const [manager] = managers({}, known([made]));
    expect(manager).toMatchObject({
      name: 'ScaledObject shop/load',
      kind: 'autoscaler',
      warning: 'scales it up from 0 as soon as one of its triggers asks for it: pause it first',
      pause: {
        resource: { group: 'keda.sh', version: 'v1alpha1', plural: 'scaledobjects', namespaced: true },
        namespace: 'shop',
        name: 'load',
        patch: { metadata: { annotations: { 'autoscaling.keda.sh/paused': 'true' } } },
      },
    });
  });
});

describe('Flux', () => {
  const applied = (group: string) => ({ [`${group}/name`]: 'apps', [`${group}/namespace`]: 'flux-system' });
  const kustomized = applied('kustomize.toolkit.fluxcd.io');
  test.each([
    {
      labels: kustomized,
      kind: 'Kustomization',
      resource: { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', plural: 'kustomizations' },
      warning: 'sets it back at its next reconciliation: suspend it first',
    },
    {
      labels: applied('helm.toolkit.fluxcd.io'),
      kind: 'HelmRelease',
      resource: { group: 'helm.toolkit.fluxcd.io', version: 'v2', plural: 'helmreleases' },
      warning: 'sets it back at its next upgrade, or as soon as it corrects drift: suspend it first',
    },
  ])('$kind is found by labels and suspended', ({ labels, kind, resource, warning }) => {
    expect(managers({ labels })).toMatchObject([
      {
        name: `Flux ${kind} flux-system/apps`,
        kind: 'gitops',
        warning,
        pause: { resource, namespace: 'flux-system', name: 'apps', patch: { spec: { suspend: true } } },
      },
    ]);
  });
  test('with half of its labels is not known', () => {
    expect(managers({ labels: { 'helm.toolkit.fluxcd.io/name': 'apps' } })).toEqual([]);
  });
  test.each([
    { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' },
    { 'kustomize.toolkit.fluxcd.io/ssa': 'Ignore' },
    { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' },
  ])('leaves alone what says so: %j', (alone) => {
    const rests = [{ warning: undefined, pause: undefined }];
    expect(managers({ labels: kustomized, annotations: alone })).toMatchObject(rests);
    expect(managers({ labels: { ...kustomized, ...alone } })).toMatchObject(rests);
  });
});

describe('Argo CD', () => {
  const warning = 'starts it again where it heals itself (selfHeal): turn off its automated sync first';
  const tracked = (id: string) => ({ annotations: { 'argocd.argoproj.io/tracking-id': id } });
  test.each([
    { title: 'its tracking id', by: tracked('store:apps/Deployment:shop/web'), name: 'store' },
    {
      title: 'one outside of its namespace',
      by: tracked('team_store:apps/Deployment:shop/web'),
      name: 'team/store',
    },
    { title: 'its label', by: { labels: { 'argocd.argoproj.io/instance': 'store' } }, name: 'store' },
    {
      title: 'text that plays with a terminal',
      by: tracked('a\u001b[2J\nb:apps/Deployment:shop/web'),
      name: 'a [2J b',
    },
  ])('is found by $title, and left to a person', ({ by, name }) => {
    expect(managers(by)).toEqual([
      { name: `Argo CD Application ${name}`, kind: 'gitops', warning, pause: undefined },
    ]);
  });
  test.each([
    'store:apps/Deployment:shop/other',
    'store:apps/Deployment:old/web',
    'store:apps/StatefulSet:shop/web',
    'junk',
    ':apps/Deployment:shop/web',
  ])('is not the one of a copied id: %s', (id) => expect(managers(tracked(id))).toEqual([]));
});

describe('an operator', () => {
  test('is told by the object of its kind', () => {
    expect(shown(ownedBy('db.example.com/v1', 'Database', 'main'))).toEqual([
      'Database main: its operator may start it again: have the operator stop it, or pause the operator first',
    ]);
  });
  test('is not the built-in controller', () => {
    expect(managers(ownedBy('batch/v1', 'CronJob', 'nightly'))).toEqual([]);
  });
});

test('several managers are all told', () => {
  const metadata = {
    labels: { 'argocd.argoproj.io/instance': 'store' },
    ...ownedBy('db.example.com/v1', 'Database', 'main'),
  };
  expect(managers(metadata, known([autoscaler()])).map(({ kind }) => kind)).toEqual([
    'autoscaler',
    'gitops',
    'operator',
  ]);
});

test.each([
  managers({}, known([autoscaler({}, ownedBy('keda.sh/v1alpha1', 'ScaledObject', 'load'))]))[0],
  managers({
    labels: { 'helm.toolkit.fluxcd.io/name': 'a', 'helm.toolkit.fluxcd.io/namespace': 'b' },
  })[0],
])('$name is as it was after its pause is undone', (manager) => {
  const { pause } = manager!;
  const before = inShop('load', { interval: '1m' }, { metadata: { annotations: { a: 'b' } } });
  const paused = mergePatch(before, pause?.patch) as KubernetesObject;
  expect([isPaused(pause!, before), isPaused(pause!, paused)]).toEqual([false, true]);
  expect(mergePatch(paused, pause?.undo)).toEqual(before);
});
