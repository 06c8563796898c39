import type { PersistentVolume } from '../../../../core/model/persistent-volume.ts';
import { known, unknown } from '../../../../core/model/reading.ts';
import type { VolumeFacts } from '../../../../core/rules/protection-facts.ts';
import { image, pv } from '../../status/objects.ts';
import { replication } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const taking = (
  claim?: string,
  { policy = 'Delete', phase }: { policy?: 'Delete' | 'Retain'; phase?: string } = {},
): PersistentVolume => {
  const volume = pv('pv-copy', image('a'));
  return {
    ...volume,
    spec: {
      ...volume.spec,
      persistentVolumeReclaimPolicy: policy,
      ...(claim === undefined ? {} : { claimRef: { namespace: 'shop', name: claim } }),
    },
    ...(phase === undefined ? {} : { status: { phase } }),
  };
};

const created = (after: PersistentVolume, differs: Partial<VolumeFacts> = {}): VolumeFacts => ({
  subject: 'volume',
  operation: 'CREATE',
  name: 'pv-copy',
  before: undefined,
  after,
  protectedBy: known([]),
  protectedThere: known([]),
  ...differs,
});

const here = { protectedBy: known([replication()]) };
const there = { protectedThere: known([{ ...replication(), site: 'cluster-1' }]) };
const keep = `kubectl patch pv pv-copy -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`;

judgeCases('DR114', [
  { title: 'a PV of a volume that nobody protects', given: created(taking('db')), passes: true },
  {
    title: 'a PV that keeps its volume',
    given: created(taking('db', { policy: 'Retain' }), here),
    passes: true,
  },
  {
    title: 'a second PV of a volume that is protected here',
    given: created(taking('db'), here),
    refused: [
      `PV pv-copy is of volume rbd.csi.ceph.com/${image('a')}, which VolumeReplication shop/other protects`,
      'has reclaim policy Delete: the volume is deleted with claim shop/db',
      'Create it with spec.persistentVolumeReclaimPolicy: Retain',
    ],
  },
  {
    title: 'a PV without a claim: the first that comes takes the volume along',
    given: created(taking(), here),
    refused: ['whichever claim takes it takes the volume along'],
  },
  {
    title: 'a PV of a volume that the other site protects',
    given: created(taking('db'), there),
    refused: ['VolumeReplication shop/other of cluster-1 protects'],
  },
  {
    title: 'a PV that gets a claim by a patch',
    given: created(taking('db'), { ...here, operation: 'UPDATE', before: taking() }),
    refused: ['protects', keep],
  },
  {
    title: 'the policy changes where the other site protects the volume',
    given: created(taking('db'), {
      ...there,
      operation: 'UPDATE',
      before: taking('db', { policy: 'Retain' }),
    }),
    refused: ['of cluster-1 protects'],
  },
  {
    title: 'the policy changes where this site protects it: DR104 says so',
    given: created(taking('db'), {
      ...here,
      operation: 'UPDATE',
      before: taking('db', { policy: 'Retain' }),
    }),
    passes: true,
  },
  {
    title: 'what protects it here cannot be read',
    given: created(taking('db'), { protectedBy: unknown('PVs are not listed yet') }),
    refused: ['cannot tell whether the volume of PV pv-copy is protected', 'PVs are not listed yet'],
  },
  {
    title: 'the other site does not answer',
    given: created(taking('db'), { protectedThere: unknown('connection refused') }),
    refused: ['cannot tell', 'connection refused', 'Create it with'],
  },
]);
