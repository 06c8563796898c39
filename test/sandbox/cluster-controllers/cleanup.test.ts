import { describe, expect, it } from 'vitest';
import type { KubernetesObject, OwnerReference } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import {
  decideGarbage,
  type GarbageFacts,
  type OwnerState,
} from '../../../sandbox/cluster-controllers/cleanup/garbage-decision.ts';
import {
  decideNamespace,
  finalizedNamespace,
  type Namespace,
} from '../../../sandbox/cluster-controllers/cleanup/namespace-decision.ts';
import { createOwnerGraph, ownedObjectOf } from '../../../sandbox/cluster-controllers/cleanup/owner-graph.ts';

const now = '2026-01-01T00:00:00Z';

describe('a namespace that is being deleted', () => {
  const namespace: Namespace = {
    metadata: { name: 'rec', uid: 'uid-rec', deletionTimestamp: now },
    spec: { finalizers: ['kubernetes'] },
  };
  const object = (name: string, metadata: object = {}): KubernetesObject => ({
    metadata: { name, namespace: 'rec', uid: `uid-${name}`, ...metadata },
  });
  const pods = { resource: resources.pods, objects: [object('app-1')] };
  const claims = { resource: resources.persistentVolumeClaims, objects: [object('c')] };
  const decide = (contents: (typeof pods)[], unknown: string[] = [], own = namespace) =>
    decideNamespace({ namespace: own, contents: contents as never, unknown, now });
  const deleted = (step: ReturnType<typeof decideNamespace>) =>
    step.kind === 'clear'
      ? step.effects.flatMap((one) => (one.act === 'delete' ? [one.object.metadata.name] : []))
      : [];

  it('loses its pods first and the rest after them', () => {
    expect(deleted(decide([claims as never, pods]))).toEqual(['app-1']);
    expect(deleted(decide([claims as never, { ...pods, objects: [] }]))).toEqual(['c']);
  });

  it('says what holds it up in its conditions', () => {
    const finalizers = ['replication.storage.openshift.io/pvc-protection'];
    const stuck = { ...claims, objects: [object('c', { finalizers, deletionTimestamp: now })] };
    const step = decide([stuck as never]);
    expect(step).toMatchObject({
      effects: [
        {
          body: {
            status: {
              conditions: expect.arrayContaining([
                expect.objectContaining({
                  type: 'NamespaceContentRemaining',
                  status: 'True',
                  message: 'Some resources are remaining: persistentvolumeclaims. has 1 resource instances',
                }),
                expect.objectContaining({
                  type: 'NamespaceFinalizersRemaining',
                  message:
                    'Some content in the namespace has finalizers remaining: replication.storage.openshift.io/pvc-protection in 1 resource instances',
                }),
              ]),
            },
          },
        },
      ],
    });
  });

  it('goes once nothing is left', () => {
    expect(decide([{ ...pods, objects: [] }])).toEqual({ kind: 'finalize' });
    expect(finalizedNamespace(namespace).spec).toEqual({ finalizers: [] });
  });

  it('stays while a group does not tell what it holds', () => {
    expect(decide([], ['/apis/x/v1']).kind).toBe('clear');
  });

  it("is nobody's business before it is deleted", () => {
    const own = { ...namespace, metadata: { name: 'rec' } };
    expect(decide([pods], [], own)).toEqual({ kind: 'settled' });
  });
});

describe('garbage', () => {
  const reference = (name: string, block = true): OwnerReference => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name,
    uid: `uid-${name}`,
    blockOwnerDeletion: block,
  });
  const make = (name: string, metadata: object = {}) => {
    const object: KubernetesObject = {
      metadata: { name, namespace: 'rec', uid: `uid-${name}`, ...metadata },
    };
    return { object, item: ownedObjectOf(resources.pods, object) };
  };
  const facts = (
    own: ReturnType<typeof make>,
    states: OwnerState[] = [],
    dependents: GarbageFacts['dependents'] = [],
  ): GarbageFacts => ({
    ...own,
    owners: states.map((state, index) => ({ reference: own.item.owners[index]!, state })),
    dependents,
  });
  const owned = make('pod', { ownerReferences: [reference('one'), reference('two')] });

  it('is an object whose last owner is gone', () => {
    expect(decideGarbage(facts(owned, ['absent', 'absent'])).effects).toMatchObject([
      { act: 'delete', propagation: 'Background' },
    ]);
  });

  it('is not an object that another owner still has; it loses the reference to the one that is gone', () => {
    expect(decideGarbage(facts(owned, ['absent', 'present'])).effects).toMatchObject([
      { body: { metadata: { ownerReferences: [{ name: 'two' }] } } },
    ]);
  });

  it('is nothing whose owners are there', () => {
    expect(decideGarbage(facts(owned, ['present', 'present'])).effects).toEqual([]);
  });

  const going = (finalizer: string) => make('owner', { deletionTimestamp: now, finalizers: [finalizer] });
  const dependent = (block: boolean) =>
    make('pod', { ownerReferences: [{ ...reference('x', block), uid: 'uid-owner' }] });

  it('keeps an owner in foreground deletion until the dependents that block it are gone', () => {
    const owner = going('foregroundDeletion');
    expect(decideGarbage(facts(owner, [], [dependent(true)])).effects).toEqual([]);
    expect(decideGarbage(facts(owner, [], [dependent(false)])).effects).toMatchObject([
      { body: { metadata: { finalizers: [] } } },
    ]);
  });

  it('goes in the foreground, too, where it has dependents of its own', () => {
    const middle = make('set', { ownerReferences: [reference('one')] });
    const decision = decideGarbage(facts(middle, ['waiting-for-dependents'], [dependent(true)]));
    expect(decision.effects).toMatchObject([{ act: 'delete', propagation: 'Foreground' }]);
  });

  it('orphans dependents before their owner goes', () => {
    expect(decideGarbage(facts(going('orphan'), [], [dependent(true)])).effects).toMatchObject([
      { object: { metadata: { name: 'pod' } }, body: { metadata: { ownerReferences: [] } } },
      { object: { metadata: { name: 'owner' } }, body: { metadata: { finalizers: [] } } },
    ]);
  });
});

describe('the owner graph', () => {
  const item = (name: string, owners: string[]) =>
    ownedObjectOf(resources.pods, {
      metadata: {
        name,
        uid: name,
        ownerReferences: owners.map((uid) => ({ apiVersion: 'v1', kind: 'Pod', name: uid, uid })),
      },
    });

  it('finds dependents by the uid of their owner, also after owners changed or went', () => {
    const graph = createOwnerGraph();
    graph.put(item('a', ['x']));
    graph.put(item('b', ['x', 'y']));
    const names = (uid: string) => graph.dependentsOf(uid).map(({ name }) => name);
    expect(names('x')).toEqual(['a', 'b']);
    graph.put(item('b', ['y']));
    expect([names('x'), names('y')]).toEqual([['a'], ['b']]);
    graph.remove('a');
    expect(names('x')).toEqual([]);
  });
});
