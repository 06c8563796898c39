import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { parseLabelSelector } from '../../../core/restore/parse-label-selector.ts';
import { missingClaims, type RestoreSelection, selectObjects } from '../../../core/restore/select-objects.ts';
import { sortObjects } from '../../../core/restore/sort-objects.ts';
import { namespace, pv, pvc, storageClass } from './objects.ts';

const secret = (name: string, inNamespace: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: inNamespace },
});

const workload = (name: string, claimName: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: { template: { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName } }] } } },
});

const objects: KubernetesObject[] = [
  namespace('shop'),
  namespace('other'),
  storageClass('gold', {
    parameters: {
      'csi.storage.k8s.io/node-stage-secret-name': 'stage',
      'csi.storage.k8s.io/node-stage-secret-namespace': 'rook',
    },
  }),
  storageClass('silver'),
  secret('stage', 'rook'),
  secret('login', 'shop'),
  secret('foreign', 'other'),
  pv('db'),
  pvc('db', {}, { labels: { app: 'db' } }),
  pv('web'),
  pvc('web', { storageClassName: 'silver' }, { labels: { app: 'web' } }),
  pvc('far', {}, { namespace: 'other' }),
  workload('db', 'db'),
  workload('web', 'web'),
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'set', namespace: 'shop' },
    spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
  },
  pvc('data-set-0'),
];

const chosen = (selection: Partial<RestoreSelection>): string[] => {
  const sorted = sortObjects(
    objects.map((object) => ({ object, origin: 'test' })),
    { withWorkloads: true },
  );
  const { claims, others } = selectObjects(sorted, {
    namespace: undefined,
    claims: [],
    labels: undefined,
    ...selection,
  });
  return [...claims, ...others].map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
};

describe('of a source', () => {
  test('everything is restored where nothing is chosen', () => {
    expect(chosen({})).toHaveLength(objects.length - 2);
  });

  test('a claim takes along its namespace, its class, secrets, and the workloads that mount it', () => {
    expect(chosen({ claims: ['db'] })).toEqual([
      'Deployment db',
      'Namespace shop',
      'PersistentVolumeClaim db',
      'Secret login',
      'Secret stage',
      'StorageClass gold',
    ]);
  });

  test('a claim of a StatefulSet takes along the set', () => {
    expect(chosen({ claims: ['data-set-0'] })).toContain('StatefulSet set');
  });

  test('labels choose as names do', () => {
    const labels = parseLabelSelector('app=web');
    expect(chosen({ labels })).toEqual([
      'Deployment web',
      'Namespace shop',
      'PersistentVolumeClaim web',
      'Secret login',
      'StorageClass silver',
    ]);
  });

  test('a namespace is restored whole, and nothing of others', () => {
    expect(chosen({ namespace: 'other' })).toEqual([
      'Namespace other',
      'PersistentVolumeClaim far',
      'Secret foreign',
      'Secret stage',
      'StorageClass gold',
    ]);
  });

  test('a claim that is not there is told', () => {
    const sorted = sortObjects(
      objects.map((object) => ({ object, origin: 'test' })),
      { withWorkloads: false },
    );
    const selection = { namespace: 'other', claims: ['db', 'far'], labels: undefined };
    expect(missingClaims(sorted, selection)).toEqual(['db']);
  });
});

test.each([
  ['app=db', { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] }],
  ['app==db', { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] }],
  ['app!=db', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['db'] }] }],
  ['app', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }],
  ['!example.com/app', { matchExpressions: [{ key: 'example.com/app', operator: 'DoesNotExist' }] }],
  ['app in (a, b)', { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] }],
  ['app notin (a)', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] }],
  ['app=', { matchExpressions: [{ key: 'app', operator: 'In', values: [''] }] }],
  ['', undefined],
  ['app in a', undefined],
  ['a b', undefined],
  ['=x', undefined],
])('the selector "%s" is understood as kubectl does', (text, expected) => {
  expect(parseLabelSelector(text)).toEqual(expected);
});

test('several requirements must all hold', () => {
  expect(parseLabelSelector('app in (a,b),tier!=test')?.matchExpressions).toHaveLength(2);
});
