import { describe, expect, it } from 'vitest';
import { bytesOf, quantityOf } from '../../../core/model/quantity.ts';
import {
  attacherFinalizer,
  attachmentName,
  decideAttachment,
} from '../../../sandbox/cluster-controllers/volumes/attachment-decision.ts';
import {
  decideClaimProtection,
  decideVolumeProtection,
} from '../../../sandbox/cluster-controllers/volumes/protection-decision.ts';
import {
  decideReclaim,
  forgetVolume,
  isToProvision,
  orderVolume,
  publishVolume,
} from '../../../sandbox/cluster-controllers/volumes/provision-decision.ts';
import type { VolumeAttachment } from '../../../sandbox/cluster-controllers/volumes/storage-objects.ts';
import { claim, storageClass, volume } from './volume-objects.ts';

const driver = 'rbd.csi.ceph.com';
const deletionTimestamp = '2026-01-01T00:00:00Z';

describe('protection', () => {
  const going = { metadata: { deletionTimestamp } };

  it('holds a claim while a pod with a node mounts it', () => {
    expect(decideClaimProtection(claim('c', going), 1).effects).toEqual([]);
  });

  it('lets a claim go that no pod mounts', () => {
    expect(decideClaimProtection(claim('c', going), 0).effects).toMatchObject([
      { act: 'patch', body: { metadata: { finalizers: [] } } },
    ]);
  });

  it('leaves the finalizers of others on the claim', () => {
    const finalizers = ['kubernetes.io/pvc-protection', 'replication.storage.openshift.io/pvc-protection'];
    const held = claim('c', { metadata: { deletionTimestamp, finalizers } });
    expect(decideClaimProtection(held, 0).effects).toMatchObject([
      { body: { metadata: { finalizers: ['replication.storage.openshift.io/pvc-protection'] } } },
    ]);
  });

  it('is put back on a claim that came without', () => {
    expect(decideClaimProtection(claim('c', { metadata: { finalizers: [] } }), 0).effects).toMatchObject([
      { body: { metadata: { finalizers: ['kubernetes.io/pvc-protection'] } } },
    ]);
  });

  it('holds a volume while it is bound, and no longer', () => {
    expect(decideVolumeProtection(volume('pv', { ...going, status: { phase: 'Bound' } })).effects).toEqual(
      [],
    );
    expect(
      decideVolumeProtection(volume('pv', { ...going, status: { phase: 'Released' } })).effects,
    ).toHaveLength(1);
  });
});

describe('provisioning', () => {
  const asked = { 'volume.kubernetes.io/storage-provisioner': driver };
  const later = storageClass({ volumeBindingMode: 'WaitForFirstConsumer' });
  const selected = { ...asked, 'volume.kubernetes.io/selected-node': 'node' };
  it.each([
    ['a claim that the binder handed over', claim('c', { annotations: asked }), storageClass(), true],
    ['a claim that nobody handed over', claim('c'), storageClass(), false],
    [
      'a claim with a volume',
      claim('c', { annotations: asked, spec: { volumeName: 'pv' } }),
      storageClass(),
      false,
    ],
    [
      'a claim of another driver',
      claim('c', { annotations: asked }),
      storageClass({ provisioner: 'x' }),
      false,
    ],
    [
      'a claim that is going',
      claim('c', { annotations: asked, metadata: { deletionTimestamp } }),
      storageClass(),
      false,
    ],
    ['a claim that waits for its pod', claim('c', { annotations: asked }), later, false],
    ['a claim whose pod has a node', claim('c', { annotations: selected }), later, true],
  ])('decides about %s', (_, waiting, chosen, expected) => {
    expect(isToProvision(waiting, chosen, driver)).toBe(expected);
  });

  const parameters = {
    pool: 'replicapool',
    'csi.storage.k8s.io/fstype': 'xfs',
    'csi.storage.k8s.io/node-stage-secret-name': 'csi-rbd-secret',
    'csi.storage.k8s.io/node-stage-secret-namespace': ['$', '{pvc.namespace}'].join(''),
  };

  it('keeps parameters of the sidecars from the driver', () => {
    const order = orderVolume(claim('c'), storageClass({ parameters }), { userID: 'u' });
    expect(order).toMatchObject({
      name: 'pvc-uid-c',
      capacityBytes: 2 ** 30,
      parameters: { pool: 'replicapool' },
    });
    expect(order.use).toEqual({ accessModes: ['ReadWriteOnce'], isBlock: false, fsType: 'xfs' });
  });

  it('makes a volume that is bound to its claim from birth', () => {
    const made = { volumeHandle: 'h', capacityBytes: 2 ** 30, attributes: { pool: 'replicapool' } };
    const [create] = publishVolume(claim('c'), storageClass({ parameters }), driver, made).effects;
    expect(create).toMatchObject({
      act: 'create',
      object: {
        metadata: { name: 'pvc-uid-c', annotations: { 'pv.kubernetes.io/provisioned-by': driver } },
        spec: {
          capacity: { storage: '1Gi' },
          claimRef: { namespace: 'rec', name: 'c', uid: 'uid-c' },
          csi: {
            driver,
            volumeHandle: 'h',
            fsType: 'xfs',
            volumeAttributes: { pool: 'replicapool' },
            nodeStageSecretRef: { name: 'csi-rbd-secret', namespace: 'rec' },
          },
          persistentVolumeReclaimPolicy: 'Retain',
        },
      },
    });
  });
});

describe('reclaiming', () => {
  const annotations = { 'pv.kubernetes.io/provisioned-by': driver };
  const finalizer = 'external-provisioner.volume.kubernetes.io/finalizer';
  const held = { annotations, metadata: { finalizers: [finalizer] } };
  const onDelete = { persistentVolumeReclaimPolicy: 'Delete' };

  it.each([
    [
      'a released volume with policy Delete goes',
      { ...held, spec: onDelete, status: { phase: 'Released' } },
      'delete-on-storage',
    ],
    ['a bound one stays', { ...held, spec: onDelete, status: { phase: 'Bound' } }, 'write'],
    ['a released one with policy Retain stays', { annotations, status: { phase: 'Released' } }, 'write'],
    ['a volume that somebody else made stays', { spec: onDelete, status: { phase: 'Released' } }, 'write'],
    [
      'a deleted one is kept until it is not bound any more',
      {
        annotations,
        metadata: { finalizers: [finalizer], deletionTimestamp },
        spec: onDelete,
        status: { phase: 'Bound' },
      },
      'write',
    ],
  ])('%s', (_, parts, expected) => {
    expect(decideReclaim(volume('pv', parts), driver).kind).toBe(expected);
  });

  it('takes its finalizer off a volume that is to be retained by now', () => {
    const step = decideReclaim(volume('pv', held), driver);
    expect(step).toMatchObject({ decision: { effects: [{ body: { metadata: { finalizers: [] } } }] } });
  });

  it('deletes the object first and then lets it go', () => {
    expect(forgetVolume(volume('pv', held)).effects[0]?.act).toBe('delete');
    const going = volume('pv', { metadata: { finalizers: [finalizer], deletionTimestamp } });
    expect(forgetVolume(going).effects).toMatchObject([{ body: { metadata: { finalizers: [] } } }]);
  });
});

describe('attachments', () => {
  const site = { nodeName: 'cluster-1-node', driverName: driver };
  const finalizers = [attacherFinalizer(driver)];
  const attachment = (parts: { metadata?: object; status?: object } = {}): VolumeAttachment => ({
    metadata: { name: 'csi-1', uid: 'uid-va', ...parts.metadata },
    spec: { attacher: driver, nodeName: site.nodeName, source: { persistentVolumeName: 'pv' } },
    ...(parts.status && { status: parts.status }),
  });
  const facts = (users: number, own?: VolumeAttachment) => ({
    volume: volume('pv'),
    attachment: own,
    users,
    ...site,
  });

  it('appear with the first pod, under the name that Kubernetes gives them', () => {
    const step = decideAttachment(facts(1));
    const name = attachmentName('h-pv', driver, site.nodeName);
    expect(name).toMatch(/^csi-[0-9a-f]{64}$/);
    expect(step).toMatchObject({
      decision: { effects: [{ act: 'create', object: { metadata: { name } } }] },
    });
  });

  it('are not made for volumes that no pod uses, nor for those of other drivers', () => {
    expect(decideAttachment(facts(0))).toMatchObject({ decision: { effects: [] } });
    const foreign = volume('pv', { spec: { csi: { driver: 'other', volumeHandle: 'x' } } });
    expect(decideAttachment({ ...facts(1), volume: foreign })).toMatchObject({ decision: { effects: [] } });
  });

  it('are held by a finalizer before the driver publishes the volume', () => {
    expect(decideAttachment(facts(1, attachment()))).toMatchObject({
      decision: { effects: [{ body: { metadata: { finalizers } } }] },
    });
    expect(decideAttachment(facts(1, attachment({ metadata: { finalizers } }))).kind).toBe('publish');
  });

  it('rest while pods use the volume', () => {
    const attached = attachment({ metadata: { finalizers }, status: { attached: true } });
    expect(decideAttachment(facts(2, attached))).toMatchObject({ decision: { effects: [] } });
  });

  it('go after the last pod, unpublished first', () => {
    const attached = attachment({ metadata: { finalizers }, status: { attached: true } });
    expect(decideAttachment(facts(0, attached))).toMatchObject({
      decision: { effects: [{ act: 'delete' }] },
    });
    const going = attachment({ metadata: { finalizers, deletionTimestamp }, status: { attached: true } });
    expect(decideAttachment(facts(0, going)).kind).toBe('unpublish');
  });
});

describe('quantities', () => {
  it.each([
    ['1Gi', 2 ** 30],
    ['500M', 5e8],
    ['1e3', 1000],
    ['1.5Ki', 1536],
    ['1000m', 1],
    ['12', 12],
    ['', undefined],
    ['1Zi', undefined],
  ])('%s is %s bytes', (text, bytes) => {
    expect(bytesOf(text)).toBe(bytes);
  });

  it('are written in the largest unit that divides them', () => {
    expect([2 ** 30, 1536, 0, 3 * 2 ** 20].map(quantityOf)).toEqual(['1Gi', '1536', '0', '3Mi']);
  });
});
