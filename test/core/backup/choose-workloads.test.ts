import { describe, expect, test } from 'vitest';
import { chooseWorkloads } from '../../../core/backup/workloads/choose-workloads.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../../core/model/reading.ts';
import { inNamespace } from './site-objects.ts';

const mounting = (claimName: string, more: object = {}) => ({
  metadata: { labels: { app: claimName } },
  spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }], ...more },
});

const workload = (name: string, spec: object, more: object = {}) =>
  inNamespace('shop', name, { spec, ...more });

const owned = (object: KubernetesObject, apiVersion: string, kind: string, name: string) => ({
  ...object,
  metadata: { ...object.metadata, ownerReferences: [{ apiVersion, kind, name, uid: 'x', controller: true }] },
});

const none: Record<string, Reading<KubernetesObject[]>> = {
  deployments: known([]),
  statefulsets: known([]),
  daemonsets: known([]),
  replicasets: known([]),
  jobs: known([]),
  cronjobs: known([]),
  configmaps: known([]),
  serviceaccounts: known([]),
  services: known([]),
};

const choose = (byPlural: Record<string, Reading<KubernetesObject[]>>, claimNames = ['db']) => {
  const chosen = chooseWorkloads({
    namespace: 'shop',
    claimNames: new Set(claimNames),
    byPlural: { ...none, ...byPlural },
  });
  return {
    objects: chosen.objects.map(({ resource, object }) => `${resource.kind} ${object.metadata.name}`),
    missing: chosen.missing.map(({ kind, name, why }) => `${kind} ${name}: ${why}`),
    warnings: chosen.warnings,
  };
};

const nothing = { objects: [], missing: [], warnings: [] };

describe('workloads that mount the claims', () => {
  test('of every kind, by the volumes of their pods', () => {
    expect(
      choose({
        deployments: known([
          workload('web', { template: mounting('db') }),
          workload('other', { template: mounting('elsewhere') }),
          workload('empty', {}),
        ]),
        daemonsets: known([workload('agent', { template: mounting('db') })]),
        replicasets: known([workload('alone', { template: mounting('db') })]),
        jobs: known([workload('import', { template: mounting('db') })]),
        cronjobs: known([workload('nightly', { jobTemplate: { spec: { template: mounting('db') } } })]),
      }).objects,
    ).toEqual(['Deployment web', 'DaemonSet agent', 'ReplicaSet alone', 'Job import', 'CronJob nightly']);
  });

  test.each([
    { claimName: 'data-db-0', isOf: true },
    { claimName: 'data-db-12', isOf: true },
    { claimName: 'data-db-', isOf: false },
    { claimName: 'data-db-0-old', isOf: false },
    { claimName: 'data-db-main-0', isOf: false },
    { claimName: 'logs-db-0', isOf: false },
  ])('a StatefulSet by the claims it makes: $claimName', ({ claimName, isOf }) => {
    const set = workload('db', { template: {}, volumeClaimTemplates: [{ metadata: { name: 'data' } }] });
    expect(choose({ statefulsets: known([set]) }, [claimName]).objects).toEqual(
      isOf ? ['StatefulSet db'] : [],
    );
  });

  test('not what another workload makes', () => {
    const set = owned(workload('web-5f', { template: mounting('db') }), 'apps/v1', 'Deployment', 'web');
    const job = owned(workload('nightly-1', { template: mounting('db') }), 'batch/v1', 'CronJob', 'nightly');
    expect(choose({ replicasets: known([set]), jobs: known([job]) })).toEqual(nothing);
  });

  test('not what an operator makes, which is told', () => {
    const set = owned(workload('db', { template: mounting('db') }), 'db.example.com/v1', 'Database', 'main');
    expect(choose({ statefulsets: known([set]) })).toEqual({
      ...nothing,
      warnings: [
        'StatefulSet shop/db is owned by Database main and not in the backup; back that up with its operator',
      ],
    });
  });

  test('not what an operator makes, which is told by whom a person has made at the top', () => {
    const ref = (kind: string) => [
      { apiVersion: 'kubevirt.io/v1', kind, name: 'vm', uid: kind, controller: true },
    ];
    const made = (uid: string, by?: string): KubernetesObject => ({
      metadata: { namespace: 'shop', name: 'vm', uid, ...(by && { ownerReferences: ref(by) }) },
    });
    const pod = {
      ...inNamespace('shop', 'launcher', {
        spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'db' } }] },
        status: { phase: 'Running' },
      }),
    };
    const pods = known([{ ...pod, metadata: { ...pod.metadata, ownerReferences: ref('Instance') } }]);
    const [instance, machine] = [made('Instance', 'Machine'), made('Machine')];
    const told = (readings: Record<string, Reading<KubernetesObject>>) =>
      chooseWorkloads({
        namespace: 'shop',
        claimNames: new Set(['db']),
        byPlural: { ...none, pods },
        owners: ({ uid }) => readings[uid],
      }).warnings;
    const says = (kind: string) => [
      `${kind} shop/vm runs pods that mount a claim and is not in the backup; back it up with its operator`,
    ];
    expect(told({ Instance: known(instance), Machine: known(machine) })).toEqual(says('Machine'));
    expect(told({ Instance: known(instance), Machine: unknown('forbidden') })).toEqual(says('Machine'));
    expect(told({ Instance: unknown('forbidden') })).toEqual(says('Instance'));
  });

  test.each(['Complete', 'Failed'])('not a Job that is %s: it would run once more', (type) => {
    const job = workload(
      'import',
      { template: mounting('db') },
      { status: { conditions: [{ type, status: 'True' }] } },
    );
    expect(choose({ jobs: known([job]) })).toEqual({
      ...nothing,
      warnings: ['Job shop/import has ended and is not in the backup: it would run once more'],
    });
  });

  test('what runs pods by itself, an operator above all, is told once', () => {
    const pod = (name: string, phase = 'Running') =>
      inNamespace('shop', name, {
        spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'db' } }] },
        status: { phase },
      });
    const pods = known([
      owned(pod('db-1'), 'postgresql.cnpg.io/v1', 'Cluster', 'db'),
      owned(pod('db-2'), 'postgresql.cnpg.io/v1', 'Cluster', 'db'),
      owned(pod('web-5f-x'), 'apps/v1', 'ReplicaSet', 'web-5f'),
      pod('by-hand'),
      pod('ended', 'Succeeded'),
      inNamespace('shop', 'elsewhere', { spec: {} }),
    ]);
    expect(choose({ pods })).toEqual({
      ...nothing,
      warnings: [
        'Cluster shop/db runs pods that mount a claim and is not in the backup; back it up with its operator',
        'Pod shop/by-hand mounts a claim, has no owner, and is not in the backup',
      ],
    });
    expect(choose({ pods: unknown('pods is forbidden') }).warnings).toEqual([
      'pods of shop cannot be read, so nobody knows what else mounts the claims: pods is forbidden',
    ]);
  });

  test('a kind that cannot be read is missing', () => {
    expect(choose({ jobs: unknown('jobs.batch is forbidden') })).toEqual({
      ...nothing,
      missing: ['Job *: jobs.batch is forbidden'],
    });
  });
});

describe('what workloads need to start', () => {
  const template = mounting('db', {
    serviceAccountName: 'runner',
    imagePullSecrets: [{ name: 'registry' }],
    volumes: [
      { persistentVolumeClaim: { claimName: 'db' } },
      { configMap: { name: 'files' } },
      { secret: { secretName: 'tls' } },
      {
        projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }, { secret: { name: 'mixed' } }] },
      },
    ],
    containers: [
      {
        env: [{ valueFrom: { configMapKeyRef: { name: 'env' } } }, { value: 'plain' }],
        envFrom: [{ configMapRef: { name: 'extra', optional: true } }, { secretRef: { name: 'token' } }],
      },
    ],
    initContainers: [{ env: [{ valueFrom: { secretKeyRef: { name: 'init', optional: true } } }] }],
  });
  const deployments = known([workload('web', { template })]);
  const maps = ['files', 'env', 'kube-root-ca.crt', 'unrelated'].map((name) => inNamespace('shop', name));
  const accounts = known([
    inNamespace('shop', 'runner', { imagePullSecrets: [{ name: 'mirror' }] }),
    inNamespace('shop', 'default'),
  ]);
  const secret = (name: string, type = 'Opaque') => inNamespace('shop', name, { type });

  test('ConfigMaps, the account, and Services that send to the pods', () => {
    const services = known([
      inNamespace('shop', 'web', { spec: { selector: { app: 'db' } } }),
      inNamespace('shop', 'narrow', { spec: { selector: { app: 'db', tier: 'x' } } }),
      inNamespace('shop', 'outside', { spec: { type: 'ExternalName' } }),
    ]);
    const chosen = choose({ deployments, configmaps: known(maps), serviceaccounts: accounts, services });
    expect(chosen.objects).toEqual([
      'ConfigMap env',
      'ConfigMap files',
      'ServiceAccount runner',
      'Service web',
      'Deployment web',
    ]);
    expect(chosen.missing).toEqual([]);
  });

  test('the Service that names the pods of a StatefulSet', () => {
    const statefulsets = known([workload('db', { serviceName: 'db-pods', template: mounting('db') })]);
    const services = known([inNamespace('shop', 'db-pods', { spec: { clusterIP: 'None' } })]);
    expect(choose({ statefulsets, services }).objects).toEqual(['Service db-pods', 'StatefulSet db']);
  });

  test('secrets are named where they were not asked for', () => {
    const { warnings } = choose({ deployments, configmaps: known(maps), serviceaccounts: accounts });
    expect(warnings).toEqual([
      'secrets of shop are not in the backup: init, mirror, mixed, registry, tls, token; take them along with --include-secrets',
    ]);
  });

  test('secrets where they were asked for, but never a token of the cluster', () => {
    const secrets = known([
      ...['tls', 'mixed', 'registry', 'mirror', 'unrelated'].map((name) => secret(name)),
      secret('token', 'kubernetes.io/service-account-token'),
    ]);
    const chosen = choose({ deployments, configmaps: known(maps), serviceaccounts: accounts, secrets });
    expect(chosen.objects.filter((text) => text.startsWith('Secret'))).toEqual([
      'Secret mirror',
      'Secret mixed',
      'Secret registry',
      'Secret tls',
    ]);
    expect(chosen.warnings).toEqual([]);
  });

  test('what is named and does not exist is told, unless it may be missing', () => {
    const chosen = choose({ deployments, serviceaccounts: known([]), secrets: known([]) });
    expect(chosen.warnings).toEqual([
      'Deployment shop/web names ConfigMap files, which does not exist',
      'Deployment shop/web names ConfigMap env, which does not exist',
      'Deployment shop/web names Secret tls, which does not exist',
      'Deployment shop/web names Secret mixed, which does not exist',
      'Deployment shop/web names Secret token, which does not exist',
      'Deployment shop/web names Secret registry, which does not exist',
      'Deployment shop/web names ServiceAccount runner, which does not exist',
    ]);
  });

  test('kinds that cannot be read are missing, but only where a workload might need them', () => {
    const secrets = unknown('secrets is forbidden');
    expect(choose({ secrets })).toEqual(nothing);
    expect(
      choose({ deployments, secrets, configmaps: known(maps), serviceaccounts: accounts }).missing,
    ).toEqual(['Secret *: secrets is forbidden']);
  });
});
