import type { PersistentVolume } from '../../../../core/model/persistent-volume.ts';
import { known, unknown } from '../../../../core/model/reading.ts';
import type { VolumeFacts } from '../../../../core/rules/protection-facts.ts';
import { creation, group, promotion, replication, storageClass, volume, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

type Policy = 'Retain' | 'Delete' | 'Recycle' | undefined;
const withPolicy = (policy: Policy, name?: string): PersistentVolume => {
  const { metadata, spec } = volume({}, name);
  const { persistentVolumeReclaimPolicy: _, ...rest } = spec ?? {};
  return {
    metadata,
    spec: policy === undefined ? rest : { ...rest, persistentVolumeReclaimPolicy: policy },
  };
};
const bound = (policy: Policy, name?: string) => ({ volume: known(withPolicy(policy, name)) });
const unbound = (differs: Parameters<typeof storageClass>[0] = {}) => ({
  volume: known(undefined),
  storageClass: known(storageClass(differs)),
});
const { reclaimPolicy: _, ...silentClass } = storageClass();

judgeCases('DR104', [
  { title: 'a PV that is retained', given: creation(bound('Retain')), passes: true },
  {
    title: 'a PV that says nothing is retained, as kube-apiserver has it',
    given: creation(bound(undefined)),
    passes: true,
  },
  {
    title: 'a PV that goes with its claim: its policy is named, with the command that sets Retain',
    given: creation(bound('Delete')),
    refused: [
      'PV pvc-4e8a1c3d of claim shop/db has reclaim policy Delete, not Retain',
      'Whoever deletes the claim deletes the data with it',
      `kubectl patch pv pvc-4e8a1c3d -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
    ],
  },
  { title: 'a PV that is recycled', given: creation(bound('Recycle')), refused: ['reclaim policy Recycle'] },
  {
    title: 'a replica is retained as well',
    given: creation(bound('Delete'), { after: wish('secondary') }),
    refused: ['reclaim policy Delete'],
  },
  { title: 'it is judged again at the promotion', given: promotion(bound('Delete')), refused: ['Delete'] },
  {
    title: 'a demotion is not held up by the policy',
    given: promotion(bound('Delete'), { before: wish('primary'), after: wish('secondary') }),
    passes: true,
  },
  {
    title: 'the PV is unknown: refused',
    given: creation({ volume: unknown('not synced') }),
    refused: ['cannot tell which reclaim policy the PV of claim shop/db has (not synced)'],
  },
  { title: 'a claim that is not bound, of a class that retains', given: creation(unbound()), passes: true },
  {
    title: 'a claim that is not bound, of a class that deletes',
    given: creation(unbound({ reclaimPolicy: 'Delete' })),
    refused: [
      'claim shop/db is not bound yet, and StorageClass rbd makes PVs with reclaim policy Delete',
      'kubectl get storageclass',
      'kubectl -n shop get pvc db',
    ],
  },
  {
    title: 'a class that says nothing deletes, as kube-apiserver has it',
    given: creation({ volume: known(undefined), storageClass: known(silentClass) }),
    refused: ['reclaim policy Delete'],
  },
  {
    title: 'a claim that is not bound and has no class is judged once it is bound',
    given: creation({ volume: known(undefined), storageClass: known(undefined) }),
    passes: true,
  },
  {
    title: 'a class without a provisioner makes no PV: the one that is made by hand has its own policy',
    given: creation(unbound({ provisioner: 'kubernetes.io/no-provisioner', reclaimPolicy: 'Delete' })),
    passes: true,
  },
  {
    title: 'the class of a claim that is not bound is unknown: refused',
    given: creation({ volume: known(undefined), storageClass: unknown('forbidden') }),
    refused: ['cannot tell which reclaim policy the PV of claim shop/db will have (forbidden)'],
  },
  {
    title: 'the class of a bound claim does not matter',
    given: creation({ ...bound('Retain'), storageClass: unknown('forbidden') }),
    passes: true,
  },
  {
    title: 'a claim that does not exist has no policy: DR103 says so',
    given: creation({ claim: known(undefined), volume: known(undefined), storageClass: unknown('no claim') }),
    passes: true,
  },
  {
    title: 'the PVs of a group are set to Retain with one command',
    given: group([bound('Delete', 'pv-a'), bound('Retain', 'pv-b'), bound('Delete', 'pv-c')]),
    refused: [
      'PV pv-a of claim shop/db has reclaim policy Delete, not Retain; the same holds for pv-c.',
      `kubectl patch pv pv-a pv-c -p '{"spec"`,
    ],
  },
  {
    title: 'of a large group the first few are named',
    given: group(Array.from({ length: 60 }, (_, at) => bound('Delete', `pv-${at}`))),
    refused: [
      '; the same holds for pv-1, pv-2, pv-3, pv-4, pv-5 and 54 more.',
      'pv-4 pv-5 -p',
      '(and so for the others)',
    ],
  },
]);

const policyChange = (
  [before, after]: readonly [Policy, Policy],
  differs: Partial<VolumeFacts> = {},
): VolumeFacts => ({
  subject: 'volume',
  operation: 'UPDATE',
  name: 'pvc-4e8a1c3d',
  before: withPolicy(before),
  after: withPolicy(after),
  protectedBy: known([replication({ name: 'db' })]),
  ...differs,
});

judgeCases('DR104', [
  {
    title: 'a protected PV is changed away from Retain',
    given: policyChange(['Retain', 'Delete']),
    refused: [
      'PV pvc-4e8a1c3d is protected by VolumeReplication shop/db, and its reclaim policy would change from Retain to Delete',
      'kubectl -n shop delete vr db',
    ],
  },
  {
    title: 'a PV that says nothing is retained, and changing that is refused',
    given: policyChange([undefined, 'Delete']),
    refused: ['from Retain to Delete'],
  },
  {
    title: 'a protected PV is changed from bad to bad',
    given: policyChange(['Delete', 'Recycle']),
    refused: ['from Delete to Recycle'],
  },
  {
    title: 'whether the PV is protected is unknown: refused',
    given: policyChange(['Retain', 'Delete'], { protectedBy: unknown('not synced') }),
    refused: ['cannot tell whether PV pvc-4e8a1c3d is protected', 'from Retain to Delete', '(not synced)'],
  },
  {
    title: 'a PV that nothing protects',
    given: policyChange(['Retain', 'Delete'], { protectedBy: known([]) }),
    passes: true,
  },
  { title: 'a protected PV is set to Retain', given: policyChange(['Delete', 'Retain']), passes: true },
  {
    title: 'the policy stays, whatever else changes',
    given: policyChange(['Delete', 'Delete'], { protectedBy: unknown('not synced') }),
    passes: true,
  },
]);
