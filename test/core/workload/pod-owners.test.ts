import { describe, expect, test } from 'vitest';
import type { KubernetesObject, OwnerReference } from '../../../core/model/kubernetes-object.ts';
import type { Pod } from '../../../core/model/pod.ts';
import { known, type Reading, unknown } from '../../../core/model/reading.ts';
import type { Resource } from '../../../core/model/resource.ts';
import { ownersOfPods, ownersToRead } from '../../../core/workload/pod-owners.ts';
import { inShop, mounting, ownedBy, rollouts } from './objects.ts';

const pod = (name: string, owner: object = {}, claim = 'db', more: object = {}) =>
  ({ ...inShop(name, mounting(claim).spec, { metadata: owner }), ...more }) as Pod;

const object = (name: string, owner: object = {}) => inShop(name, {}, { metadata: owner });

const inReplicaSet = ownedBy('apps/v1', 'ReplicaSet', 'web-5f');
const inDeployment = ownedBy('apps/v1', 'Deployment', 'web');
const inRollout = ownedBy('argoproj.io/v1alpha1', 'Rollout', 'web');
const inDatabase = ownedBy('db.example.com/v1', 'Database', 'main');
const inSet = ownedBy('apps/v1', 'StatefulSet', 'db');

const use = (pods: Pod[]) => ({
  pods,
  claimNames: (namespace: string) => new Set(namespace === 'shop' ? ['db', 'files'] : []),
});

type Owners = Record<string, KubernetesObject | Reading<KubernetesObject>>;
const lookup =
  (owners: Owners) =>
  ({ name }: OwnerReference): Reading<KubernetesObject> | undefined => {
    const found = owners[name];
    return found === undefined || 'known' in found ? (found as undefined) : known(found);
  };

const scales = ({ kind }: OwnerReference): Reading<Resource | undefined> =>
  known(kind === 'Rollout' ? rollouts : undefined);

const shown = (pods: Pod[], owners: Owners, scaleOf: typeof scales = scales) =>
  ownersOfPods(use(pods), lookup(owners), scaleOf).map((owner) => {
    switch (owner.is) {
      case 'no owner':
        return owner.is;
      case 'unknown owner':
        return `${owner.is} ${owner.owner.kind} ${owner.owner.name}: ${owner.why}`;
      default:
        return `${owner.is} ${owner.resource.kind} ${owner.object.metadata.name}`;
    }
  });

describe('who runs a pod', () => {
  test.each([
    { title: 'nobody', owner: {}, owners: {}, is: 'no owner' },
    {
      title: 'a Deployment, by its ReplicaSet',
      owner: inReplicaSet,
      owners: { 'web-5f': object('web-5f', inDeployment), web: object('web') },
      is: 'workload Deployment web',
    },
    {
      title: 'a Rollout, by its ReplicaSet',
      owner: inReplicaSet,
      owners: { 'web-5f': object('web-5f', inRollout), web: object('web') },
      is: 'scalable Rollout web',
    },
    {
      title: 'a kind without replicas',
      owner: inDatabase,
      owners: { main: object('main') },
      is: 'unknown owner Database main: kind Database has no replica count',
    },
    {
      title: 'a StatefulSet of an operator',
      owner: inSet,
      owners: { db: object('db', inDatabase), main: object('main') },
      is: 'workload StatefulSet db',
    },
    {
      title: 'a StatefulSet of an operator whose object cannot be read',
      owner: inSet,
      owners: { db: object('db', inDatabase), main: unknown('forbidden') },
      is: 'workload StatefulSet db',
    },
    {
      title: 'a Deployment that cannot be read',
      owner: inReplicaSet,
      owners: { 'web-5f': object('web-5f', inDeployment), web: unknown('forbidden') },
      is: 'unknown owner Deployment web: forbidden',
    },
    {
      title: 'one that nobody read',
      owner: inDatabase,
      owners: {},
      is: 'unknown owner Database main: it was not read',
    },
    {
      title: 'one that is gone, and whose name another has',
      owner: inDatabase,
      owners: { main: { metadata: { name: 'main', uid: 'another' } } },
      is: 'unknown owner Database main: it does not exist any more',
    },
    {
      title: 'the node that it is a mirror of',
      owner: ownedBy('v1', 'Node', 'worker'),
      owners: { worker: object('worker') },
      is: 'unknown owner Node worker: kind Node has no replica count',
    },
    {
      title: 'owners in a circle',
      owner: inDatabase,
      owners: { main: object('main', inDatabase) },
      is: 'unknown owner Database main: kind Database has no replica count',
    },
  ])('$title', ({ owner, owners, is }) => {
    expect(shown([pod('one', owner)], owners as Owners)).toEqual([is]);
  });

  test('is unknown where nobody knows whether it has replicas', () => {
    const owners = { main: object('main') };
    expect(shown([pod('one', inDatabase)], owners, () => unknown('discovery failed'))).toEqual([
      'unknown owner Database main: discovery failed',
    ]);
  });

  test('is told once for all of its pods, and each bare pod by itself', () => {
    const owners = { db: object('db') };
    const pods = [
      pod('db-0', inSet),
      pod('db-1', inSet, 'files'),
      pod('db-2', inSet, 'elsewhere'),
      pod('bare'),
      pod('alone'),
      pod('ended', {}, 'db', { status: { phase: 'Succeeded' } }),
      pod('other', { namespace: 'other' }),
    ];
    expect(ownersOfPods(use(pods), lookup(owners), scales)).toMatchObject([
      { is: 'workload', namespace: 'shop', pods: ['db-0', 'db-1'], claims: ['db', 'files'] },
      { is: 'no owner', pods: ['bare'], claims: ['db'] },
      { is: 'no owner', pods: ['alone'], claims: ['db'] },
    ]);
  });
});

describe('what is to be read next', () => {
  const pods = [
    pod('one', inReplicaSet),
    pod('two', inReplicaSet),
    pod('bare'),
    pod('x', inSet, 'elsewhere'),
  ];
  const names = (owners: Owners) =>
    ownersToRead(use(pods), lookup(owners)).map(({ owner, namespace }) => `${namespace}/${owner.name}`);
  test('is each step of the chain, once', () => {
    expect(names({})).toEqual(['shop/web-5f']);
    expect(names({ 'web-5f': object('web-5f', inRollout) })).toEqual(['shop/web']);
  });
  test('is nothing once all are read, or could not be', () => {
    expect(names({ 'web-5f': object('web-5f', inRollout), web: object('web') })).toEqual([]);
    expect(names({ 'web-5f': unknown('forbidden') })).toEqual([]);
  });
});
