import { image } from '../../status/objects.ts';
import { change, consented, creation, promotion, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const another = {
  claim: 'shop/db',
  identity: { driver: 'rbd.csi.ceph.com', volumeHandle: image('e') },
  replication: 'shop/db-vr',
  kind: 'VolumeReplication',
} as const;
const namesake = { peer: { state: 'not-primary', site: 'cluster-1', another } } as const;

judgeCases('DR115', [
  { title: 'a copy becomes primary', given: promotion(), passes: true },
  {
    title: 'the name is that of another volume on the other site',
    given: promotion(namesake),
    refused: [
      `claim shop/db of cluster-1 has another volume (rbd.csi.ceph.com/${image('e')})`,
      'VolumeReplication shop/db-vr',
      'was never a copy of it',
      'kubectl dr status -n shop db',
    ],
  },
  { title: 'it is protected anew under that name', given: creation(namesake), refused: ['never a copy'] },
  {
    title: 'the other one is not primary for certain, which changes nothing',
    given: promotion({ peer: { state: 'unknown', site: 'cluster-1', why: 'being promoted', another } }),
    refused: ['never a copy'],
  },
  {
    title: 'nobody can consent to a volume that is not meant',
    given: consented(promotion(namesake), 'force-promote'),
    refused: ['never a copy'],
  },
  {
    title: 'a demotion promotes nothing',
    given: change([wish('primary'), wish('secondary')], 'Primary', namesake),
    passes: true,
  },
]);
