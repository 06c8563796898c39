import { expect, it } from 'vitest';
import { known, unknown } from '../../../../core/model/reading.ts';
import { judgeRules } from '../../../../core/rules/guard/judge-guard.ts';
import type { ClassHere, ReplicationFacts } from '../../../../core/rules/replication-facts.ts';
import { creation, group, promotion, storageClass, volume, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const rbd = 'rook-ceph.rbd.csi.ceph.com';
const foreign = 'other.example.com';
const vrc = (provisioner: string | undefined): ClassHere => ({
  kind: 'VolumeReplicationClass',
  name: 'fast',
  provisioner,
});
const vgrc = (provisioner: string | undefined): ClassHere => ({
  kind: 'VolumeGroupReplicationClass',
  name: 'fast-group',
  provisioner,
});
const withClasses = (facts: ReplicationFacts, ...classes: ClassHere[]): ReplicationFacts => ({
  ...facts,
  classes: known(classes),
});
const unbound = (provisioner: string) => ({
  volume: known(undefined),
  storageClass: known(storageClass({ provisioner })),
});
const { csi: _, ...withoutCsi } = volume().spec ?? {};
const nfs = { volume: known({ metadata: { name: 'nfs-1' }, spec: withoutCsi }) };

judgeCases('DR106', [
  { title: "the class is of the PV's driver", given: creation(), passes: true },
  {
    title: 'the class is missing',
    given: withClasses(creation(), vrc(undefined)),
    refused: ['VolumeReplicationClass fast does not exist', 'kubectl get vrc'],
  },
  {
    title: 'the class is of another driver: both are named',
    given: withClasses(creation(), vrc(foreign)),
    refused: [
      `VolumeReplicationClass fast is for driver ${foreign}`,
      `PV pvc-4e8a1c3d of claim shop/db is of ${rbd}`,
      'kubectl get vrc',
    ],
  },
  {
    title: 'a PV without a CSI source',
    given: creation(nfs),
    refused: ['PV nfs-1 of claim shop/db has no CSI source', 'kubectl get storageclass'],
  },
  {
    title: 'the class is unknown: refused',
    given: { ...creation(), classes: unknown('not synced') },
    refused: ['cannot tell whether the class of VolumeReplication shop/db exists (not synced)'],
  },
  {
    title: 'the PV is unknown: refused',
    given: creation({ volume: unknown('not synced') }),
    refused: ['cannot tell which driver claim shop/db has (not synced)'],
  },
  { title: 'a claim that is not bound, of the same driver', given: creation(unbound(rbd)), passes: true },
  {
    title: 'a claim that is not bound, of another driver',
    given: creation(unbound(foreign)),
    refused: [`StorageClass rbd of claim shop/db, which is not bound yet, is for ${foreign}`],
  },
  {
    title: 'a claim that is not bound and waits for a PV made by hand',
    given: creation(unbound('kubernetes.io/no-provisioner')),
    passes: true,
  },
  {
    title: 'a claim that is not bound and has no class',
    given: creation({ volume: known(undefined), storageClass: known(undefined) }),
    passes: true,
  },
  {
    title: 'the class of a claim that is not bound is unknown: refused',
    given: creation({ volume: known(undefined), storageClass: unknown('forbidden') }),
    refused: ['cannot tell which driver the PV of claim shop/db will have (forbidden)'],
  },
  {
    title: 'it is judged again at the promotion',
    given: withClasses(promotion(), vrc(undefined)),
    refused: ['does not exist'],
  },
  {
    title: 'a demotion is not held up by the class',
    given: withClasses(
      promotion({}, { before: wish('primary'), after: wish('secondary') }),
      vrc(undefined),
      vgrc(foreign),
    ),
    passes: true,
  },
  {
    title: "a group's two classes of the same driver",
    given: withClasses(group([{}, {}]), vgrc(rbd), vrc(rbd)),
    passes: true,
  },
  {
    title: "a group's own class is of another driver, for all its claims",
    given: withClasses(group([{}, {}]), vgrc(foreign), vrc(rbd)),
    refused: [
      'VolumeGroupReplicationClass fast-group is for',
      '; the same holds for claim shop/db-1.',
      'kubectl get vgrc',
    ],
  },
]);

it('names each missing class of a group', () => {
  const { refusals } = judgeRules(withClasses(group([{}]), vgrc(undefined), vrc(undefined)), ['DR106']);
  expect(refusals.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^VolumeGroupReplicationClass fast-group does not exist.*kubectl get vgrc$/),
    expect.stringMatching(/^VolumeReplicationClass fast does not exist.*kubectl get vrc$/),
  ]);
});
