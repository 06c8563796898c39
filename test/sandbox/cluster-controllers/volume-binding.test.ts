import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import type { Effect } from '../../../sandbox/cluster-controllers/runtime/decision.ts';
import { decideClaim } from '../../../sandbox/cluster-controllers/volumes/claim-decision.ts';
import type { StorageClass } from '../../../sandbox/cluster-controllers/volumes/storage-objects.ts';
import { decideVolume } from '../../../sandbox/cluster-controllers/volumes/volume-decision.ts';
import { claim, claimRef, storageClass, volume } from './volume-objects.ts';

type World = { claims: PersistentVolumeClaim[]; volumes: PersistentVolume[]; storageClass?: StorageClass };

/** RFC 7386: what the server does with the patches that the decisions ask for. */
const merge = (target: unknown, patch: unknown): unknown => {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...(target as Record<string, unknown>) };
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else merged[field] = merge(merged[field], value);
  }
  return merged;
};

/** Lets the binder look at everything again and again until nothing changes, as the watch would. */
const settle = (world: World): { events: string[] } => {
  const events: string[] = [];
  const apply = (list: KubernetesObject[], index: number, effects: readonly Effect[]): boolean => {
    let changed = false;
    for (const effect of effects) {
      if (effect.act === 'event') events.push(`${effect.reason}: ${effect.message}`);
      if (effect.act !== 'patch') continue;
      const all = [world.claims, world.volumes] as KubernetesObject[][];
      for (const one of all) {
        const at = one.findIndex(({ metadata }) => metadata.uid === effect.object.metadata.uid);
        if (at >= 0) one[at] = merge(one[at], effect.body) as KubernetesObject;
      }
      changed = true;
    }
    return changed && list.length > index;
  };
  for (let round = 0; round < 20; round += 1) {
    let changed = false;
    for (let index = 0; index < world.claims.length; index += 1) {
      const own = world.claims[index]!;
      const { effects } = decideClaim({
        claim: own,
        named: world.volumes.find(({ metadata }) => metadata.name === own.spec?.volumeName),
        candidates: world.volumes,
        storageClass: world.storageClass,
        defaultClass: undefined,
      });
      changed = apply(world.claims, index, effects) || changed;
    }
    for (let index = 0; index < world.volumes.length; index += 1) {
      const own = world.volumes[index]!;
      const named = world.claims.find(({ metadata }) => metadata.name === own.spec?.claimRef?.name);
      const { effects } = decideVolume({ volume: own, claim: named, now: '2026-01-01T00:00:00Z' });
      changed = apply(world.volumes, index, effects) || changed;
    }
    if (!changed) return { events };
  }
  throw new Error('the binder does not come to rest');
};

const bindAnnotations = {
  'pv.kubernetes.io/bind-completed': 'yes',
  'pv.kubernetes.io/bound-by-controller': 'yes',
};

describe('where claims and volumes end, as recorded from kube-apiserver 1.36 with its controllers', () => {
  it('releases a volume with the claimRef of another cluster and leaves its claim Pending', () => {
    const annotations = { 'pv.kubernetes.io/bound-by-controller': 'yes' };
    const world: World = {
      volumes: [
        volume('pv-stale', { annotations, spec: { claimRef: claimRef('c-stale', 'uid-elsewhere') } }),
      ],
      claims: [claim('c-stale', { spec: { volumeName: 'pv-stale' } })],
    };
    const { events } = settle(world);
    expect(world.volumes[0]?.status?.phase).toBe('Released');
    expect(world.volumes[0]?.spec?.claimRef?.uid).toBe('uid-elsewhere');
    expect(world.volumes[0]?.metadata.annotations).toEqual(annotations);
    expect(world.claims[0]?.status).toEqual({ phase: 'Pending' });
    expect(events).toContain('FailedBinding: volume "pv-stale" already bound to a different claim.');
  });

  it('keeps a volume that is reserved by name and namespace Available until its claim exists', () => {
    const world: World = {
      volumes: [volume('pv-res', { spec: { claimRef: claimRef('c-res') } })],
      claims: [],
    };
    settle(world);
    expect(world.volumes[0]?.status?.phase).toBe('Available');
    expect(world.volumes[0]?.spec?.claimRef?.uid).toBeUndefined();
  });

  it.each([
    ['without a look at its size where the claim names it', 'pv-res', 'Bound'],
    ['never where the claim leaves the choice to the binder', undefined, 'Pending'],
  ])('binds a reserved volume that is too small %s', (_, volumeName, phase) => {
    const world: World = {
      volumes: [volume('pv-res', { spec: { claimRef: claimRef('c-res') } })],
      claims: [
        claim('c-res', {
          spec: { ...(volumeName && { volumeName }), resources: { requests: { storage: '2Gi' } } },
        }),
      ],
    };
    settle(world);
    expect(world.claims[0]).toMatchObject({
      status: phase === 'Bound' ? { phase, capacity: { storage: '1Gi' } } : { phase },
      spec: { resources: { requests: { storage: '2Gi' } } },
    });
  });

  it('does not give a reserved volume to a stranger of the same class', () => {
    const world: World = {
      volumes: [volume('pv-res', { spec: { claimRef: claimRef('c-res') } })],
      claims: [claim('c-stranger')],
    };
    settle(world);
    expect(world.claims[0]?.status?.phase).toBe('Pending');
  });

  it('binds a reserved volume to its claim without calling that the work of the binder', () => {
    const world: World = {
      volumes: [volume('pv-res', { spec: { claimRef: claimRef('c-res') } })],
      claims: [claim('c-stranger'), claim('c-res', { spec: { volumeName: 'pv-res' } })],
    };
    settle(world);
    const [stranger, reserved] = world.claims;
    expect(stranger?.status?.phase).toBe('Pending');
    expect(reserved?.status).toEqual({
      phase: 'Bound',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
    });
    expect(reserved?.metadata.annotations).toEqual({ 'pv.kubernetes.io/bind-completed': 'yes' });
    expect(world.volumes[0]?.status?.phase).toBe('Bound');
    expect(world.volumes[0]?.spec?.claimRef).toEqual({
      ...claimRef('c-res', 'uid-c-res'),
      resourceVersion: '7',
    });
    expect(world.volumes[0]?.metadata.annotations ?? {}).toEqual({});
  });

  it('gives an open volume to whichever claim of its class waits', () => {
    const world: World = { volumes: [volume('pv-open')], claims: [claim('c-stranger')] };
    settle(world);
    expect(world.volumes[0]?.spec?.claimRef?.name).toBe('c-stranger');
    expect(world.volumes[0]?.metadata.annotations).toEqual({ 'pv.kubernetes.io/bound-by-controller': 'yes' });
    expect(world.claims[0]?.spec?.volumeName).toBe('pv-open');
    expect(world.claims[0]?.status?.phase).toBe('Bound');
    expect(world.claims[0]?.metadata.annotations).toEqual(bindAnnotations);
  });

  it('loses a claim that was restored with bind-completed beside a reserved volume', () => {
    const world: World = {
      volumes: [volume('pv-bc', { spec: { claimRef: claimRef('c-bc') } })],
      claims: [claim('c-bc', { annotations: bindAnnotations, spec: { volumeName: 'pv-bc' } })],
    };
    const { events } = settle(world);
    expect(world.claims[0]?.status).toEqual({ phase: 'Lost' });
    expect(world.volumes[0]?.status?.phase).toBe('Available');
    expect(events.filter((event) => event.startsWith('ClaimMisbound'))).toHaveLength(1);
  });

  it('loses a claim with bind-completed whose volume is not there, and does not find it again later', () => {
    const world: World = {
      volumes: [],
      claims: [claim('c-lost', { annotations: bindAnnotations, spec: { volumeName: 'pv-lost' } })],
    };
    settle(world);
    expect(world.claims[0]?.status?.phase).toBe('Lost');
    world.volumes.push(volume('pv-lost', { spec: { claimRef: claimRef('c-lost') } }));
    settle(world);
    expect(world.claims[0]?.status?.phase).toBe('Lost');
  });

  it('binds a claim that came before the volume it names', () => {
    const world: World = { volumes: [], claims: [claim('c-first', { spec: { volumeName: 'pv-first' } })] };
    settle(world);
    expect(world.claims[0]?.status?.phase).toBe('Pending');
    world.volumes.push(volume('pv-first', { status: { phase: 'Pending' } }));
    settle(world);
    expect(world.claims[0]?.status?.phase).toBe('Bound');
    expect(world.claims[0]?.metadata.annotations).toEqual({ 'pv.kubernetes.io/bind-completed': 'yes' });
    expect(world.volumes[0]?.metadata.annotations).toEqual({ 'pv.kubernetes.io/bound-by-controller': 'yes' });
  });

  it('releases the volume of a claim that is gone', () => {
    const world: World = {
      volumes: [volume('pv', { spec: { claimRef: claimRef('c', 'uid-c') }, status: { phase: 'Bound' } })],
      claims: [],
    };
    settle(world);
    expect(world.volumes[0]?.status).toEqual({
      phase: 'Released',
      lastPhaseTransitionTime: '2026-01-01T00:00:00Z',
    });
  });
});

describe('which open volume a claim gets', () => {
  const sized = (name: string, storage: string, spec = {}) =>
    volume(name, { spec: { capacity: { storage }, ...spec } });
  const cases: [string, PersistentVolume[], PersistentVolumeClaim, string | undefined][] = [
    [
      'the smallest that fits',
      [sized('big', '5Gi'), sized('fit', '2Gi'), sized('small', '512Mi')],
      claim('c'),
      'fit',
    ],
    ['none that is too small', [sized('small', '1023Mi')], claim('c'), undefined],
    ['none of another class', [sized('other', '1Gi', { storageClassName: 'other' })], claim('c'), undefined],
    [
      'none with a lesser access mode',
      [sized('rox', '1Gi', { accessModes: ['ReadOnlyMany'] })],
      claim('c'),
      undefined,
    ],
    ['none of another volume mode', [sized('raw', '1Gi', { volumeMode: 'Block' })], claim('c'), undefined],
    [
      'one that its selector meets',
      [sized('plain', '1Gi'), volume('tagged', { metadata: { labels: { tier: 'gold' } } })],
      claim('c', { spec: { selector: { matchLabels: { tier: 'gold' } } } }),
      'tagged',
    ],
    [
      'none that is being deleted',
      [volume('going', { metadata: { deletionTimestamp: 'now' } })],
      claim('c'),
      undefined,
    ],
    [
      'none that another claim had',
      [volume('used', { spec: { claimRef: claimRef('c', 'uid-of-before') } })],
      claim('c'),
      undefined,
    ],
    [
      'the one reserved for it, although a smaller one is open',
      [sized('open', '1Gi'), sized('mine', '9Gi', { claimRef: claimRef('c') })],
      claim('c'),
      'mine',
    ],
    [
      'one with just its access modes before one with more',
      [sized('many', '1Gi', { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] }), sized('one', '3Gi')],
      claim('c'),
      'one',
    ],
  ];
  it.each(cases)('is %s', (_, volumes, waiting, expected) => {
    const world: World = { volumes: [...volumes], claims: [waiting] };
    settle(world);
    expect(world.claims[0]?.spec?.volumeName).toBe(expected);
  });

  it('is none when the volume it names does not fit, and an Event says why', () => {
    const world: World = {
      volumes: [sized('pv', '512Mi')],
      claims: [claim('c', { spec: { volumeName: 'pv' } })],
    };
    const { events } = settle(world);
    expect(events[0]).toBe('VolumeMismatch: Cannot bind to requested volume "pv": requested PV is too small');
    expect(world.volumes[0]?.spec?.claimRef).toBeUndefined();
  });

  it('is left to the scheduler while the class waits for a consumer, unless one is reserved', () => {
    const waiting = storageClass({ volumeBindingMode: 'WaitForFirstConsumer' });
    const open: World = { volumes: [volume('open')], claims: [claim('c')], storageClass: waiting };
    expect(settle(open).events[0]).toBe(
      'WaitForFirstConsumer: waiting for first consumer to be created before binding',
    );
    expect(open.claims[0]?.spec?.volumeName).toBeUndefined();
    const reserved: World = {
      volumes: [volume('mine', { spec: { claimRef: claimRef('c') } })],
      claims: [claim('c')],
      storageClass: waiting,
    };
    settle(reserved);
    expect(reserved.claims[0]?.status?.phase).toBe('Bound');
  });
});

describe('a claim that no volume fits', () => {
  it('is handed to the provisioner of its class', () => {
    const world: World = { volumes: [], claims: [claim('c')], storageClass: storageClass() };
    settle(world);
    expect(world.claims[0]?.metadata.annotations).toEqual({
      'volume.kubernetes.io/storage-provisioner': 'rbd.csi.ceph.com',
      'volume.beta.kubernetes.io/storage-provisioner': 'rbd.csi.ceph.com',
    });
  });

  it('is told that its class does not exist', () => {
    const world: World = { volumes: [], claims: [claim('c')] };
    expect(settle(world).events[0]).toBe(
      'ProvisioningFailed: storageclass.storage.k8s.io "csi-rbd-sc" not found',
    );
  });

  it('takes the default class when it names none', () => {
    const waiting = claim('c', { spec: { storageClassName: undefined } });
    const { effects } = decideClaim({
      claim: waiting,
      named: undefined,
      candidates: [],
      storageClass: undefined,
      defaultClass: storageClass(),
    });
    expect(effects).toMatchObject([{ act: 'patch', body: { spec: { storageClassName: 'csi-rbd-sc' } } }]);
  });

  it('is left alone once it is being deleted', () => {
    const going = claim('c', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
    const facts = { claim: going, named: undefined, candidates: [volume('pv')], defaultClass: undefined };
    expect(decideClaim({ ...facts, storageClass: storageClass() }).effects).toEqual([]);
  });
});

describe('a volume whose claim went to another one', () => {
  const elsewhere = claim('c', { spec: { volumeName: 'other' }, status: { phase: 'Bound' } });
  const now = '2026-01-01T00:00:00Z';

  it('is open again where the binder had taken it', () => {
    const annotations = { 'pv.kubernetes.io/bound-by-controller': 'yes' };
    const own = volume('pv', { annotations, spec: { claimRef: claimRef('c', 'uid-c') } });
    expect(decideVolume({ volume: own, claim: elsewhere, now }).effects).toMatchObject([
      { body: { spec: { claimRef: null } } },
    ]);
  });

  it('stays reserved where a person had reserved it', () => {
    const own = volume('pv', { spec: { claimRef: claimRef('c', 'uid-c') } });
    expect(decideVolume({ volume: own, claim: elsewhere, now }).effects).toMatchObject([
      { body: { spec: { claimRef: { uid: null, resourceVersion: null } } } },
    ]);
  });

  it('is released where it was made for the claim and may be deleted', () => {
    const annotations = { 'pv.kubernetes.io/provisioned-by': 'rbd.csi.ceph.com' };
    const spec = { claimRef: claimRef('c', 'uid-c'), persistentVolumeReclaimPolicy: 'Delete' };
    const own = volume('pv', { annotations, spec, status: { phase: 'Bound' } });
    expect(decideVolume({ volume: own, claim: elsewhere, now }).effects).toMatchObject([
      { body: { status: { phase: 'Released' } }, subresource: 'status' },
    ]);
  });
});
