import { describe, expect, it } from 'vitest';
import type { OwnerReference } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import type { Effect } from '../../../sandbox/cluster-controllers/runtime/decision.ts';
import { decideDaemonSet } from '../../../sandbox/cluster-controllers/workloads/daemon-set-decision.ts';
import { decideDeployment } from '../../../sandbox/cluster-controllers/workloads/deployment-decision.ts';
import { decideJob } from '../../../sandbox/cluster-controllers/workloads/job-decision.ts';
import { selectorMatches } from '../../../sandbox/cluster-controllers/workloads/label-selector.ts';
import { decideReplicaSet } from '../../../sandbox/cluster-controllers/workloads/replica-set-decision.ts';
import { decideStatefulSet } from '../../../sandbox/cluster-controllers/workloads/stateful-set-decision.ts';
import { templateHash } from '../../../sandbox/cluster-controllers/workloads/template-hash.ts';
import type {
  DaemonSet,
  Deployment,
  Job,
  Pod,
  PodTemplate,
  ReplicaSet,
  StatefulSet,
} from '../../../sandbox/cluster-controllers/workloads/workload-objects.ts';

const now = '2026-01-01T00:00:00Z';
const template: PodTemplate = {
  metadata: { labels: { a: 'b' } },
  spec: { containers: [{ name: 'c', image: 'i' }] },
};
const selector = { matchLabels: { a: 'b' } };
const metadata = { name: 'app', namespace: 'rec', uid: 'uid-app', generation: 3 };

const pod = (
  name: string,
  parts: { ready?: boolean; phase?: string; labels?: object; going?: boolean } = {},
): Pod => ({
  metadata: {
    name,
    namespace: 'rec',
    uid: `uid-${name}`,
    creationTimestamp: now,
    labels: { a: 'b', ...parts.labels } as Record<string, string>,
    ...(parts.going && { deletionTimestamp: now }),
  },
  status: {
    phase: parts.phase ?? 'Running',
    conditions: [{ type: 'Ready', status: parts.ready === false ? 'False' : 'True' }],
  },
});

const creations = (effects: readonly Effect[]) => effects.filter(({ act }) => act === 'create');
const deletions = (effects: readonly Effect[]): (string | undefined)[] =>
  effects.flatMap((effect) => (effect.act === 'delete' ? [effect.object.metadata.name] : []));
const statusOf = (effects: readonly Effect[]): Record<string, unknown> | undefined => {
  const written = effects.find((effect) => effect.act === 'patch' && effect.subresource === 'status');
  return written?.act === 'patch' ? (written.body['status'] as Record<string, unknown>) : undefined;
};

describe('a replica set', () => {
  const set = (replicas: number): ReplicaSet => ({ metadata, spec: { replicas, selector, template } });

  it('makes the pods that are missing, owned by it', () => {
    const made = creations(decideReplicaSet(set(3), [pod('one')], now).effects);
    expect(made).toHaveLength(2);
    expect(made[0]).toMatchObject({
      object: {
        metadata: {
          generateName: 'app-',
          labels: { a: 'b' },
          ownerReferences: [{ kind: 'ReplicaSet', uid: 'uid-app', controller: true }],
        },
      },
    });
  });

  it('replaces pods that have ended, and waits for none that is leaving', () => {
    const pods = [pod('ended', { phase: 'Failed' }), pod('leaving', { going: true })];
    expect(creations(decideReplicaSet(set(1), pods, now).effects)).toHaveLength(1);
  });

  it('gives up those that are not ready first', () => {
    const pods = [pod('good'), pod('bad', { ready: false }), pod('fine')];
    expect(deletions(decideReplicaSet(set(2), pods, now).effects)).toEqual(['bad']);
  });

  it('counts its pods, and writes nothing when the count is there already', () => {
    const { effects } = decideReplicaSet(set(1), [pod('one')], now);
    const status = statusOf(effects);
    expect(status).toMatchObject({
      replicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      observedGeneration: 3,
    });
    expect(decideReplicaSet({ ...set(1), status: status! }, [pod('one')], now).effects).toEqual([]);
  });

  it('tells what the server refuses, until that has passed', () => {
    const [creation] = creations(decideReplicaSet(set(1), [], now).effects);
    const why = 'pods "app-" is forbidden: no PriorityClass with name x was found';
    const told = (creation?.act === 'create' && creation.refused?.(why)) || [];
    expect(told).toMatchObject([
      { act: 'event', reason: 'FailedCreate', message: `Error creating: ${why}` },
      {
        act: 'patch',
        body: { status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message: why }] } },
      },
    ]);
    const failed = { ...set(1), status: statusOf(told)! };
    expect(statusOf(decideReplicaSet(failed, [pod('one')], now).effects)).toMatchObject({ conditions: null });
    expect(statusOf(decideReplicaSet(failed, [], now).effects)).not.toHaveProperty('conditions');
  });

  it('makes nothing while it is being deleted', () => {
    const going = { ...set(2), metadata: { ...metadata, deletionTimestamp: now } };
    expect(creations(decideReplicaSet(going, [], now).effects)).toEqual([]);
  });
});

describe('a deployment', () => {
  const deployment = (spec: Deployment['spec'] = {}): Deployment => ({
    metadata: { ...metadata, annotations: { 'deployment.kubernetes.io/revision': '1' } },
    spec: { replicas: 4, selector, template, ...spec },
  });
  const set = (
    name: string,
    image: string,
    size: number,
    revision: number,
    available = size,
  ): ReplicaSet => ({
    metadata: {
      name,
      namespace: 'rec',
      uid: `uid-${name}`,
      annotations: { 'deployment.kubernetes.io/revision': `${revision}` },
    },
    spec: {
      replicas: size,
      template: {
        metadata: { labels: { a: 'b', 'pod-template-hash': name } },
        spec: { containers: [{ name: 'c', image }] },
      },
    },
    status: { replicas: size, readyReplicas: available, availableReplicas: available },
  });
  const facts = (own: Deployment, replicaSets: ReplicaSet[], oldPods = 0) => ({
    deployment: own,
    replicaSets,
    oldPods,
    now,
  });
  const scales = (effects: readonly Effect[]): Record<string, number> =>
    Object.fromEntries(
      effects.flatMap((effect) => {
        const spec = effect.act === 'patch' ? (effect.body['spec'] as { replicas?: number }) : undefined;
        return spec?.replicas === undefined || effect.act === 'event'
          ? []
          : [[effect.object.metadata.name ?? '', spec.replicas]];
      }),
    );

  it('makes its first set in full size', () => {
    const [made] = creations(decideDeployment(facts(deployment(), [])).effects);
    const hash = templateHash(template);
    expect(made).toMatchObject({
      object: {
        metadata: { name: `app-${hash}`, annotations: { 'deployment.kubernetes.io/revision': '1' } },
        spec: { replicas: 4, selector: { matchLabels: { a: 'b', 'pod-template-hash': hash } } },
      },
    });
  });

  it('scales the set of its template, however it is labelled', () => {
    expect(
      scales(decideDeployment(facts(deployment({ replicas: 0 }), [set('s1', 'i', 4, 1)])).effects),
    ).toEqual({
      s1: 0,
    });
  });

  it('begins an update with as many new pods as may be too many', () => {
    const old = set('s1', 'old', 4, 1);
    const { effects } = decideDeployment(facts(deployment(), [old]));
    expect(creations(effects)).toMatchObject([
      {
        object: {
          spec: { replicas: 1 },
          metadata: { annotations: { 'deployment.kubernetes.io/revision': '2' } },
        },
      },
    ]);
  });

  it('takes old pods away only as far as enough are available', () => {
    const annotations = { 'deployment.kubernetes.io/revision': '2' };
    const own = { ...deployment(), metadata: { ...metadata, annotations } };
    const waiting = [set('s1', 'old', 4, 1), set('s2', 'i', 1, 2, 0)];
    expect(scales(decideDeployment(facts(own, waiting)).effects)).toEqual({ s1: 3 });
    const moving = [set('s1', 'old', 2, 1), set('s2', 'i', 3, 2)];
    expect(scales(decideDeployment(facts(own, moving)).effects)).toEqual({ s1: 0 });
  });

  it('with strategy Recreate makes nothing new before everything old has gone', () => {
    const own = deployment({ strategy: { type: 'Recreate' } });
    expect(scales(decideDeployment(facts(own, [set('s1', 'old', 4, 1)])).effects)).toEqual({ s1: 0 });
    expect(creations(decideDeployment(facts(own, [set('s1', 'old', 0, 1)], 2)).effects)).toEqual([]);
    expect(creations(decideDeployment(facts(own, [set('s1', 'old', 0, 1)], 0)).effects)).toHaveLength(1);
  });

  it('makes the set that it is rolled back to the newest revision', () => {
    const { effects } = decideDeployment(facts(deployment(), [set('s1', 'i', 0, 1), set('s2', 'new', 4, 2)]));
    expect(effects).toMatchObject([
      {
        object: { metadata: { name: 's1' } },
        body: { metadata: { annotations: { 'deployment.kubernetes.io/revision': '3' } } },
      },
    ]);
  });

  it('only scales while it is paused', () => {
    const own = deployment({ paused: true });
    expect(creations(decideDeployment(facts(own, [set('s1', 'old', 4, 1)])).effects)).toEqual([]);
  });

  it('says that it is complete in the fields that kubectl rollout status reads', () => {
    const { effects } = decideDeployment(facts(deployment(), [set('s1', 'i', 4, 1)]));
    expect(statusOf(effects)).toMatchObject({
      observedGeneration: 3,
      replicas: 4,
      updatedReplicas: 4,
      availableReplicas: 4,
      unavailableReplicas: null,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
      ],
    });
  });

  it('writes nothing once its status says so', () => {
    const first = decideDeployment(facts(deployment(), [set('s1', 'i', 4, 1)]));
    const own = { ...deployment(), status: statusOf(first.effects)! } as Deployment;
    const later = { ...facts(own, [set('s1', 'i', 4, 1)]), now: '2026-01-01T00:05:00Z' };
    expect(decideDeployment(later).effects).toEqual([]);
  });

  it('forgets idle sets beyond its history', () => {
    const own = deployment({ revisionHistoryLimit: 1 });
    const sets = [set('s1', 'x', 0, 1), set('s2', 'y', 0, 2), set('s3', 'i', 4, 3)];
    own.metadata.annotations = { 'deployment.kubernetes.io/revision': '3' };
    expect(deletions(decideDeployment(facts(own, sets)).effects)).toEqual(['s1']);
  });
});

describe('a stateful set', () => {
  const set = (spec: StatefulSet['spec'] = {}): StatefulSet => ({
    metadata: { ...metadata, name: 'db' },
    spec: { replicas: 3, selector, template, serviceName: 'db', ...spec },
  });
  const revision = `db-${templateHash(template)}`;
  const member = (ordinal: number, parts: Parameters<typeof pod>[1] = {}) =>
    pod(`db-${ordinal}`, { ...parts, labels: { 'controller-revision-hash': revision, ...parts?.labels } });
  const decideWith = (own: StatefulSet, pods: Pod[], claims: readonly PersistentVolumeClaim[]) =>
    decideStatefulSet({
      set: own,
      pods,
      claimOf: (name) => claims.find(({ metadata: { name: known } }) => known === name),
    });
  const decide = (own: StatefulSet, pods: Pod[], claims: string[] = []) =>
    decideWith(
      own,
      pods,
      claims.map((name) => ({ metadata: { name } })),
    ).effects;
  const names = (effects: readonly Effect[]) =>
    creations(effects).map((effect) => (effect.act === 'create' ? effect.object.metadata.name : ''));

  it('grows in order, each member after the one before is ready', () => {
    expect(names(decide(set(), []))).toEqual(['db-0']);
    expect(names(decide(set(), [member(0, { ready: false })]))).toEqual([]);
    expect(names(decide(set(), [member(0)]))).toEqual(['db-1']);
  });

  it('makes a claim per template and member, and uses one that is there again', () => {
    const claimTemplate = { metadata: { name: 'data' }, spec: { storageClassName: 'csi-rbd-sc' } };
    const own = set({ volumeClaimTemplates: [claimTemplate] });
    const effects = decide(own, []);
    expect(names(effects)).toEqual(['data-db-0', 'db-0']);
    expect(creations(effects)[1]).toMatchObject({
      object: { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] } },
    });
    expect(names(decide(own, [], ['data-db-0']))).toEqual(['db-0']);
  });

  describe('with a retention policy, as kube-controller-manager 1.36 was seen to keep it', () => {
    const retaining = (whenScaled: string, whenDeleted: string, replicas: number) =>
      set({
        replicas,
        volumeClaimTemplates: [{ metadata: { name: 'data' } }],
        persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted },
      });
    const bySet = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      name: 'db',
      uid: 'uid-app',
      controller: true,
      blockOwnerDeletion: true,
    };
    const byPod = { ...bySet, apiVersion: 'v1', kind: 'Pod', name: 'db-0', uid: 'uid-db-0' };
    const byOther = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u' };
    const data = (...ownerReferences: OwnerReference[]): PersistentVolumeClaim => ({
      metadata: { name: 'data-db-0', ownerReferences },
    });
    const written = (effects: readonly Effect[]) =>
      effects.flatMap((effect) =>
        effect.act === 'patch' && effect.resource.kind === 'PersistentVolumeClaim'
          ? [(effect.body['metadata'] as { ownerReferences: unknown }).ownerReferences]
          : [],
      );

    it.each([
      ['Retain', 'Retain', 1, [], undefined],
      ['Retain', 'Delete', 1, [], [bySet]],
      ['Retain', 'Delete', 1, [bySet], undefined],
      ['Retain', 'Delete', 0, [bySet], undefined],
      ['Delete', 'Retain', 1, [], undefined],
      ['Delete', 'Retain', 0, [], [byPod]],
      ['Delete', 'Retain', 0, [byPod], undefined],
      ['Delete', 'Delete', 1, [], [bySet]],
      ['Delete', 'Delete', 0, [bySet], [byPod]],
      ['Delete', 'Delete', 1, [byPod], [bySet]],
      ['Retain', 'Retain', 1, [bySet], []],
      ['Delete', 'Delete', 1, [byOther], [byOther, bySet]],
    ])('whenScaled %s, whenDeleted %s, %d wanted, owners %j: %j', (scaled, deleted, replicas, now, next) => {
      const { effects } = decideWith(retaining(scaled, deleted, replicas), [member(0)], [data(...now)]);
      expect(written(effects)).toEqual(next === undefined ? [] : [next]);
    });

    it('owns the claims before the pod goes', () => {
      const { effects } = decideWith(retaining('Delete', 'Retain', 0), [member(0)], [data()]);
      expect(effects.map(({ act }) => act).slice(0, 2)).toEqual(['patch', 'delete']);
    });

    it('leaves the claims of a pod alone that is going and is wanted again', () => {
      const going = member(0, { going: true });
      expect(written(decideWith(retaining('Delete', 'Delete', 1), [going], [data(byPod)]).effects)).toEqual(
        [],
      );
    });

    it('makes no pod for a claim that is still owned by the one before, and looks again', () => {
      const waiting = decideWith(retaining('Delete', 'Retain', 1), [], [data(byPod)]);
      expect(names(waiting.effects)).toEqual([]);
      expect(waiting.againAfterMs).toBeGreaterThan(0);
      const free = decideWith(retaining('Delete', 'Retain', 1), [], []);
      expect(names(free.effects)).toEqual(['data-db-0', 'db-0']);
      expect(free.againAfterMs).toBeUndefined();
    });
  });

  it('makes all at once when it is parallel', () => {
    expect(names(decide(set({ podManagementPolicy: 'Parallel' }), []))).toEqual(['db-0', 'db-1', 'db-2']);
  });

  it('shrinks from the top, one after the other', () => {
    const own = set({ replicas: 0 });
    expect(deletions(decide(own, [member(0), member(1)]))).toEqual(['db-1']);
    expect(deletions(decide(own, [member(0), member(1, { going: true })]))).toEqual([]);
  });

  it('renews outdated members from the top while all others are ready', () => {
    const old = { labels: { 'controller-revision-hash': 'db-before' } };
    expect(deletions(decide(set(), [member(0, old), member(1, old), member(2)]))).toEqual(['db-1']);
    expect(deletions(decide(set(), [member(0, old), member(1, old), member(2, { ready: false })]))).toEqual(
      [],
    );
  });

  it('counts its members and names its revisions', () => {
    expect(statusOf(decide(set(), [member(0), member(1), member(2)]))).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      updatedReplicas: 3,
      currentRevision: revision,
      updateRevision: revision,
      observedGeneration: 3,
    });
  });
});

describe('a daemon set', () => {
  const set: DaemonSet = { metadata, spec: { selector, template } };
  const current = { labels: { 'controller-revision-hash': templateHash(template) } };

  it('has one pod on the one node', () => {
    expect(creations(decideDaemonSet(set, [], {}).effects)).toHaveLength(1);
    const { effects } = decideDaemonSet(set, [pod('one', current)], {});
    expect(creations(effects)).toEqual([]);
    expect(statusOf(effects)).toMatchObject({
      desiredNumberScheduled: 1,
      numberReady: 1,
      updatedNumberScheduled: 1,
    });
  });

  it('has none where the node does not fit its selector', () => {
    const elsewhere = { ...template, spec: { ...template.spec, nodeSelector: { disk: 'fast' } } };
    const choosy: DaemonSet = { metadata, spec: { selector, template: elsewhere } };
    const { effects } = decideDaemonSet(choosy, [pod('one', current)], { disk: 'slow' });
    expect(deletions(effects)).toEqual(['one']);
    expect(statusOf(effects)).toMatchObject({ desiredNumberScheduled: 0, numberReady: 0 });
    expect(creations(decideDaemonSet(choosy, [], { disk: 'fast' }).effects)).toHaveLength(1);
  });

  it('renews its pod when the template changed', () => {
    expect(deletions(decideDaemonSet(set, [pod('one')], {}).effects)).toEqual(['one']);
  });
});

describe('a job', () => {
  const job = (spec: Job['spec'] = {}): Job => ({
    metadata,
    spec: { parallelism: 2, completions: 3, template, ...spec },
  });
  const done = (name: string) => pod(name, { phase: 'Succeeded', ready: false });

  it('runs as many pods at a time as it may', () => {
    expect(creations(decideJob(job(), [], now).effects)).toHaveLength(2);
    expect(creations(decideJob(job(), [done('a'), pod('b')], now).effects)).toHaveLength(1);
    expect(creations(decideJob(job(), [done('a'), done('b'), pod('c')], now).effects)).toHaveLength(0);
  });

  it('is complete when enough have succeeded, and does nothing afterwards', () => {
    const { effects } = decideJob(job(), [done('a'), done('b'), done('c')], now);
    const status = statusOf(effects);
    expect(status).toMatchObject({ succeeded: 3, active: null, completionTime: now });
    expect(status?.['conditions']).toMatchObject([
      { type: 'SuccessCriteriaMet' },
      { type: 'Complete', status: 'True' },
    ]);
    const over = { ...job(), status: status! } as Job;
    expect(decideJob(over, [], now).effects).toEqual([]);
  });

  it('gives its pods up while it is suspended', () => {
    const { effects } = decideJob(job({ suspend: true }), [pod('a')], now);
    expect(deletions(effects)).toEqual(['a']);
    expect(statusOf(effects)).toMatchObject({ conditions: [{ type: 'Suspended', status: 'True' }] });
  });
});

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front' };
  it.each([
    ['none at all meets nothing', undefined, false],
    ['an empty one meets everything', {}, true],
    ['equal labels', { matchLabels: { app: 'web' } }, true],
    ['another value', { matchLabels: { app: 'db' } }, false],
    ['In', { matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'web'] }] }, true],
    [
      'NotIn of a missing label',
      { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] },
      true,
    ],
    ['Exists of a missing label', { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, false],
    ['DoesNotExist', { matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, true],
    ['an unknown operator meets nothing', { matchExpressions: [{ key: 'app', operator: 'Near' }] }, false],
  ])('%s', (_, chosen, expected) => {
    expect(selectorMatches(chosen, labels)).toBe(expected);
  });
});
