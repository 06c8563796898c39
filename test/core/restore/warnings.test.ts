import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import { stepsOf } from '../../../core/restore/plan.ts';
import { planRestore } from '../../../core/restore/plan-restore.ts';
import { type TargetFacts, viewTarget } from '../../../core/restore/target.ts';
import type { Wanted } from '../../../core/restore/wanted.ts';
import { boundPv, boundPvc, pv, pvc, storageClass, targetFacts, wanted, wantedVolume } from './objects.ts';

const planFor = (want: Partial<Wanted>, target: Partial<TargetFacts>) =>
  planRestore(wanted(want), viewTarget(targetFacts(target)));

const replicationClass = (schedulingInterval: string) => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplicationClass',
  metadata: { name: 'fast' },
  spec: {
    provisioner: 'd',
    parameters: {
      schedulingInterval,
      'replication.storage.openshift.io/replication-secret-name': schedulingInterval,
    },
  },
});

const secret = (value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'login', namespace: 'shop' },
  data: { p: value },
});

const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas },
});

const placed = wantedVolume('db', {
  volume: pv('db', {
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['site-1-a'] }] }],
      },
    },
  }),
});
const nodeIn = (zone: string) => known([{ metadata: { name: 'node-1', labels: { zone } } }]);

describe('a node affinity of a restored PV', () => {
  const warnings = (nodes: TargetFacts['nodes']) => planFor({ volumes: [placed] }, { nodes }).warnings;

  test('is warned of where no node of the target meets it, or nobody can tell', () => {
    expect(warnings(nodeIn('site-2-a'))).toEqual([
      expect.stringMatching(
        /^DR430: PV pv-db has a node affinity that no node of cluster-2 meets \(zone In site-1-a\)/,
      ),
    ]);
    expect(warnings(unknown('nodes is forbidden'))).toEqual([
      expect.stringMatching(/^whether a node of cluster-2 meets the node affinity of PV pv-db is unknown/),
    ]);
  });

  test('is no matter where a node meets it', () => {
    expect(warnings(nodeIn('site-1-a'))).toEqual([]);
  });
});

describe('a restore warns', () => {
  test.each<[string, Partial<Wanted>, Partial<TargetFacts>, RegExp]>([
    [
      'that drivers are unknown',
      {},
      { drivers: unknown('forbidden') },
      /driver rbd.csi.ceph.com is unknown: forbidden/,
    ],
    [
      'that quotas are unknown',
      {},
      { quotas: unknown('forbidden') },
      /quotas of cluster-2 are unknown: forbidden/,
    ],
    [
      'that secrets cannot be taken over',
      {},
      { storageClasses: unknown('forbidden') },
      /PVs keep the secrets of the source site/,
    ],
    [
      'that the cluster is unknown',
      {},
      { clusterUid: unknown('forbidden') },
      /is another cluster than the source is not certain/,
    ],
    ['that PVs are open', { claimRef: 'remove' }, {}, /PVs are open until they are bound/],
    [
      'that a class differs, secrets aside',
      { others: [{ stage: 'class', object: replicationClass('5m') }] },
      { replicationClasses: known([replicationClass('1h')]) },
      /^DR302: VolumeReplicationClass fast of cluster-2 stays as it is, but differs: schedulingInterval is 1h there and 5m in the source$/,
    ],
    [
      'that a StorageClass differs',
      {
        others: [
          { stage: 'class', object: storageClass('gold', { parameters: { pool: 'a', clusterID: 'x' } }) },
        ],
      },
      { storageClasses: known([storageClass('gold', { parameters: { pool: 'b', clusterID: 'y' } })]) },
      /^StorageClass gold of cluster-2 stays as it is, but differs: pool is b there and a in the source$/,
    ],
    [
      'that a kind is not served',
      { others: [{ stage: 'class', object: replicationClass('5m') }] },
      { unservedKinds: new Set(['VolumeReplicationClass']) },
      /VolumeReplicationClass fast is not restored: cluster-2 does not serve its kind/,
    ],
    [
      'that a secret holds something else, and not what',
      { others: [{ stage: 'configuration', object: secret('b3Vycw==') }] },
      { others: new Map([['Secret', known([secret('dGhlaXJz')])]]) },
      /^(?!.*(b3Vycw|dGhlaXJz))Secret shop\/login of cluster-2 stays as it is, but holds something else$/,
    ],
    [
      'that a workload runs already',
      { others: [{ stage: 'workload', object: deployment(0) }] },
      { others: new Map([['Deployment', known([deployment(2)])]]) },
      /Deployment shop\/web of cluster-2 is there and asks for 2 replicas/,
    ],
  ])('%s', (_, want, target, said) => {
    const { warnings, conflicts } = planFor(want, target);
    expect(conflicts).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(said)]);
  });

  test('of nothing where everything is known and fits', () => {
    expect(planFor({}, {}).warnings).toEqual([]);
  });
});

describe('what is there', () => {
  const there = { volumes: [boundPv()], claims: [boundPvc('db', {}, { labels: { own: 'yes' } })] };
  const source = wantedVolume('db', {
    claim: pvc('db', { resources: { requests: { storage: '10Gi' } } }, { labels: { tier: 'gold' } }),
  });

  test('stays as it is', () => {
    expect(stepsOf(planFor({ volumes: [source] }, there)).map(({ action }) => action)).toEqual([
      'keep',
      'keep',
    ]);
  });

  test('gets labels of the source and keeps its own, with --existing=update', () => {
    const [volume, claim] = stepsOf(planFor({ volumes: [source], existing: 'update' }, there));
    expect(volume?.action).toBe('keep');
    expect(claim).toMatchObject({ action: 'update', patch: { metadata: { labels: { tier: 'gold' } } } });
    expect(claim).not.toHaveProperty('patch.spec');
  });

  test('grows and never shrinks, with --existing=update', () => {
    const size = (storage: string) => ({ resources: { requests: { storage } } });
    const step = (storage: string) => {
      const claims = [boundPvc('db', size(storage), { labels: { tier: 'gold' } })];
      return stepsOf(planFor({ volumes: [source], existing: 'update' }, { ...there, claims }))[1];
    };
    expect(step('5Gi')).toMatchObject({ action: 'update', patch: { spec: size('10Gi') } });
    expect(step('20Gi')?.action).toBe('keep');
  });
});
