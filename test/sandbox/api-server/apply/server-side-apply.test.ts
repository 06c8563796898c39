import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../core/model/kubernetes-object.ts';
import { trackUpdate } from '../../../../sandbox/api-server/apply/managed-fields.ts';
import { type ApplyOutcome, applyPatch } from '../../../../sandbox/api-server/apply/server-side-apply.ts';
import type { Schema } from '../../../../sandbox/api-server/schema/schema.ts';
import { crdSchema } from '../schema/crd.ts';

const apiVersion = 'replication.storage.openshift.io/v1alpha1';
const vrSchema = crdSchema('volumereplications');
const dataSource = { apiGroup: '', kind: 'PersistentVolumeClaim', name: 'c' };
const time = '2026-01-01T00:00:00Z';

const vr = (spec: object, metadata: object = {}): KubernetesObject => ({
  apiVersion,
  kind: 'VolumeReplication',
  metadata: { name: 'ssa', ...metadata },
  spec,
});

const primary = vr({ volumeReplicationClass: 'class', replicationState: 'primary', dataSource });
const secondary = vr({ volumeReplicationClass: 'class', replicationState: 'secondary', dataSource });

type Options = { force?: boolean; schema?: Schema; at?: string };

const apply = (
  live: KubernetesObject | undefined,
  applied: KubernetesObject,
  manager: string,
  { force = false, schema = vrSchema, at = time }: Options = {},
): ApplyOutcome =>
  applyPatch({
    live,
    applied,
    manager,
    force,
    schema,
    apiVersion: applied.apiVersion ?? '',
    time: at,
    hasStatus: true,
  });

const stored = (outcome: ApplyOutcome): KubernetesObject => {
  if (!('object' in outcome)) throw new Error(JSON.stringify(outcome));
  return { ...outcome.object, metadata: { ...outcome.object.metadata, uid: 'u' } };
};

const owners = (object: KubernetesObject) =>
  Object.fromEntries(
    (object.metadata.managedFields ?? []).map((entry) => [
      `${entry.manager} ${entry.operation}`,
      entry.fieldsV1,
    ]),
  );

// Ownership and texts recorded from kube-apiserver 1.36.
describe('server-side apply', () => {
  const created = stored(apply(undefined, primary, 'one'));

  it('creates an object that its applier owns, an atomic struct as one field', () => {
    expect(created.metadata.managedFields).toEqual([
      {
        apiVersion,
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:spec': { 'f:dataSource': {}, 'f:replicationState': {}, 'f:volumeReplicationClass': {} },
        },
        manager: 'one',
        operation: 'Apply',
        time,
      },
    ]);
  });

  it('refuses a second manager who wants another value', () => {
    expect(apply(created, secondary, 'two')).toEqual({
      message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicationState',
      conflicts: [{ manager: 'conflict with "one"', field: '.spec.replicationState' }],
    });
  });

  it('lets two managers share what they agree on, and force take the rest', () => {
    const forced = stored(apply(created, secondary, 'two', { force: true }));
    expect(forced['spec']).toMatchObject({ replicationState: 'secondary' });
    expect(owners(forced)).toEqual({
      'one Apply': { 'f:spec': { 'f:dataSource': {}, 'f:volumeReplicationClass': {} } },
      'two Apply': {
        'f:spec': { 'f:dataSource': {}, 'f:replicationState': {}, 'f:volumeReplicationClass': {} },
      },
    });
  });

  it('removes a field that its only owner leaves out', () => {
    const withResync = stored(apply(created, vr({ autoResync: true }), 'two'));
    const without = stored(apply(withResync, vr({}), 'two'));
    expect(without['spec']).toEqual(primary['spec']);
    expect(owners(without)).toMatchObject({ 'two Apply': { 'f:spec': {} } });
  });

  it('keeps a field that another manager still owns', () => {
    const both = stored(apply(created, primary, 'two'));
    const left = stored(apply(both, vr({}), 'two'));
    expect(left['spec']).toEqual(primary['spec']);
  });

  it('keeps the time of an apply that changes nothing', () => {
    const again = stored(apply(created, primary, 'one', { at: '2026-02-02T00:00:00Z' }));
    expect(again).toEqual(created);
  });

  it('names an Update manager with the version it used', () => {
    const after = vr({ volumeReplicationClass: 'class', replicationState: 'primary', dataSource });
    const live = trackUpdate({
      before: undefined,
      after: { ...after, metadata: { ...after.metadata, uid: 'u' } },
      manager: 'kubectl-edit',
      apiVersion,
      schema: vrSchema,
      time,
    });
    expect(apply(live, secondary, 'two')).toMatchObject({
      message: `Apply failed with 1 conflict: conflict with "kubectl-edit" using ${apiVersion}: .spec.replicationState`,
    });
  });

  it('lists several conflicts by manager', () => {
    const other = vr({ volumeReplicationClass: 'x', replicationState: 'resync', dataSource });
    expect(apply(created, other, 'two')).toMatchObject({
      message:
        'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.replicationState\n- .spec.volumeReplicationClass',
    });
  });

  it('refuses fields that the schema does not have', () => {
    expect(apply(created, vr({ foo: 1 }, { namespace: 'rec' }), 'one')).toEqual({
      problem: `failed to create typed patch object (rec/ssa; ${apiVersion}, Kind=VolumeReplication): .spec.foo: field not declared in schema`,
    });
  });

  it('refuses values of the wrong type, all at once', () => {
    const wrong = vr({ autoResync: 1, dataSource: [], replicationHandle: 'x' });
    expect(apply(created, wrong, 'one')).toEqual({
      problem: [
        `failed to create typed patch object (/ssa; ${apiVersion}, Kind=VolumeReplication): errors:`,
        '  .spec.autoResync: expected boolean, got &{1}',
        '  .spec.dataSource: expected map, got &{[]}',
      ].join('\n'),
    });
  });

  it('gives all that was there before managed fields to before-first-apply', () => {
    const untracked = vr(
      { volumeReplicationClass: 'class', replicationState: 'primary', dataSource },
      { uid: 'u' },
    );
    const result = apply(untracked, secondary, 'one');
    expect(result).toMatchObject({
      message: `Apply failed with 1 conflict: conflict with "before-first-apply" using ${apiVersion}: .spec.replicationState`,
    });
  });
});

describe('kubectl apply --server-side after kubectl apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const clientApplied = (state: string) => {
    const object = vr({ ...(primary['spec'] as object), replicationState: state });
    const annotations = { [annotation]: JSON.stringify(primary) };
    return trackUpdate({
      before: undefined,
      after: { ...object, metadata: { name: 'ssa', uid: 'u', annotations } },
      manager: 'kubectl-client-side-apply',
      apiVersion,
      schema: vrSchema,
      time,
    });
  };

  it('takes over what kubectl itself applied last', () => {
    const outcome = apply(clientApplied('primary'), secondary, 'kubectl');
    const object = stored(outcome);
    expect(object['spec']).toMatchObject({ replicationState: 'secondary' });
    expect(JSON.parse(object.metadata.annotations?.[annotation] ?? '')).toEqual(secondary);
  });

  it('conflicts where the field was changed since', () => {
    expect(apply(clientApplied('resync'), secondary, 'kubectl')).toMatchObject({
      message: `Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using ${apiVersion}: .spec.replicationState`,
    });
  });
});

describe('server-side apply of lists', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          containers: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
            items: { type: 'object', properties: { name: { type: 'string' }, image: { type: 'string' } } },
          },
          modes: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
          command: { type: 'array', items: { type: 'string' } },
        },
      },
    },
  };
  const pod = (spec: object): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec,
  });
  const one = stored(
    apply(
      undefined,
      pod({ containers: [{ name: 'a', image: '1' }], modes: ['x'], command: ['run'] }),
      'one',
      { schema },
    ),
  );

  it('owns items by key and by value, and atomic lists whole', () => {
    expect(owners(one)).toEqual({
      'one Apply': {
        'f:spec': {
          'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {}, 'f:name': {} } },
          'f:modes': { 'v:"x"': {} },
          'f:command': {},
        },
      },
    });
  });

  it('merges items of two managers', () => {
    const two = stored(
      apply(one, pod({ containers: [{ name: 'b', image: '2' }], modes: ['y'] }), 'two', { schema }),
    );
    expect(two['spec']).toEqual({
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '2' },
      ],
      modes: ['x', 'y'],
      command: ['run'],
    });
    const gone = stored(apply(two, pod({ modes: ['y'] }), 'two', { schema }));
    expect(gone['spec']).toMatchObject({ containers: [{ name: 'a', image: '1' }], modes: ['x', 'y'] });
  });

  it('names a conflict inside an item by its key', () => {
    expect(apply(one, pod({ containers: [{ name: 'a', image: '2' }] }), 'two', { schema })).toMatchObject({
      conflicts: [{ field: '.spec.containers[name="a"].image' }],
    });
  });
});
