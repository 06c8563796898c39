import { describe, expect, it } from 'vitest';
import type { KubernetesObject, ManagedFieldsEntry } from '../../../../core/model/kubernetes-object.ts';
import { trackUpdate } from '../../../../sandbox/api-server/apply/managed-fields.ts';
import { managerOfUserAgent } from '../../../../sandbox/api-server/apply/managers.ts';
import { crdSchema } from '../schema/crd.ts';

const apiVersion = 'replication.storage.openshift.io/v1alpha1';
const schema = crdSchema('volumereplications');
const first = '2026-01-01T00:00:00Z';
const later = '2026-01-01T00:01:00Z';

const object = (rest: object, metadata: object = {}): KubernetesObject => ({
  apiVersion,
  kind: 'VolumeReplication',
  metadata: { name: 'v', uid: 'u', ...metadata },
  ...rest,
});

type Change = {
  before?: KubernetesObject;
  after: KubernetesObject;
  manager: string;
  subresource?: string;
  time?: string;
};

const track = ({ before, after, manager, subresource = '', time = first }: Change) =>
  trackUpdate({ before, after, manager, apiVersion, schema, time, subresource, hasStatus: true });

const brief = (tracked: KubernetesObject) =>
  (tracked.metadata.managedFields ?? []).map(({ manager, operation, subresource, fieldsV1, time }) => ({
    who: [manager, operation, subresource].filter(Boolean).join(' '),
    fieldsV1,
    time,
  }));

describe('managed fields of changes that are no apply', () => {
  const created = track({
    after: object({ spec: { replicationState: 'primary' } }),
    manager: 'kubectl-create',
  });

  it('gives a creator everything it set, with the objects that hold it', () => {
    expect(brief(created)).toEqual([
      {
        who: 'kubectl-create Update',
        fieldsV1: { 'f:spec': { '.': {}, 'f:replicationState': {} } },
        time: first,
      },
    ]);
  });

  it('leaves status out where it has a path of its own', () => {
    const both = track({ after: object({ spec: {}, status: { state: 'x' } }), manager: 'a' });
    expect(brief(both)).toEqual([{ who: 'a Update', fieldsV1: { 'f:spec': {} }, time: first }]);
  });

  it('moves a field to whoever changes it', () => {
    const after = { ...created, spec: { replicationState: 'secondary' } };
    expect(brief(track({ before: created, after, manager: 'kubectl-edit', time: later }))).toEqual([
      { who: 'kubectl-create Update', fieldsV1: { 'f:spec': {} }, time: first },
      { who: 'kubectl-edit Update', fieldsV1: { 'f:spec': { 'f:replicationState': {} } }, time: later },
    ]);
  });

  it('puts changes of one manager together and takes the later time', () => {
    const after = { ...created, spec: { replicationState: 'secondary' } };
    expect(brief(track({ before: created, after, manager: 'kubectl-create', time: later }))).toEqual([
      {
        who: 'kubectl-create Update',
        fieldsV1: { 'f:spec': { '.': {}, 'f:replicationState': {} } },
        time: later,
      },
    ]);
  });

  it('changes nothing, not even a time, where nothing changed', () => {
    expect(track({ before: created, after: created, manager: 'other', time: later })).toEqual(created);
  });

  it('tracks labels, annotations and finalizers one by one', () => {
    const after = object(
      { spec: { replicationState: 'primary' } },
      { managedFields: created.metadata.managedFields, labels: { a: 'b' }, finalizers: ['x'] },
    );
    expect(brief(track({ before: created, after, manager: 'm', time: later }))[1]).toEqual({
      who: 'm Update',
      fieldsV1: {
        'f:metadata': { 'f:finalizers': { '.': {}, 'v:"x"': {} }, 'f:labels': { '.': {}, 'f:a': {} } },
      },
      time: later,
    });
  });

  it('keeps changes through the status path apart, and only status', () => {
    const after = { ...created, spec: { replicationState: 'resync' }, status: { state: 'Primary' } };
    expect(
      brief(track({ before: created, after, manager: 'c', subresource: 'status', time: later }))[1],
    ).toEqual({
      who: 'c Update status',
      fieldsV1: { 'f:status': { '.': {}, 'f:state': {} } },
      time: later,
    });
  });

  it('forgets managers when an empty list is sent, and does not track what was stored without', () => {
    const reset = object({ spec: { replicationState: 'primary' } }, { managedFields: [] });
    const forgotten = track({ before: created, after: reset, manager: 'x', time: later });
    expect(forgotten.metadata.managedFields).toBeUndefined();
    const changed = object({ spec: { replicationState: 'secondary' } });
    expect(track({ before: forgotten, after: changed, manager: 'x' }).metadata.managedFields).toBeUndefined();
  });

  it('takes managed fields that a client rewrote', () => {
    const entries: ManagedFieldsEntry[] = [
      { manager: 'z', operation: 'Apply', apiVersion, fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } },
    ];
    const after = { ...created, metadata: { ...created.metadata, managedFields: entries } };
    expect(track({ before: created, after, manager: 'z' }).metadata.managedFields).toEqual(entries);
  });

  it('puts the oldest of more than ten managers together', () => {
    let live = created;
    for (let index = 0; index < 12; index++) {
      const labels = { ...live.metadata.labels, [`l${index}`]: 'x' };
      const after = { ...live, metadata: { ...live.metadata, labels } };
      const time = `2026-01-01T01:00:${String(index).padStart(2, '0')}Z`;
      live = track({ before: live, after, manager: `m${index}`, time });
    }
    const managers = (live.metadata.managedFields ?? []).map(({ manager }) => manager);
    expect(managers).toHaveLength(10);
    expect(managers[0]).toBe('ancient-changes');
    expect(managers.at(-1)).toBe('m11');
  });
});

describe('the manager of a request that names none', () => {
  it.each([
    ['kubectl/v1.32.0 (linux/amd64) kubernetes/abc', 'kubectl'],
    ['dr-controller', 'dr-controller'],
    ['', ''],
    [undefined, ''],
  ])('%j is %j', (userAgent, manager) => {
    expect(managerOfUserAgent(userAgent)).toBe(manager);
  });
});
