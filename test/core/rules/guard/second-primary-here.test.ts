import { known, unknown } from '../../../../core/model/reading.ts';
import { consented, creation, group, promotion, replication, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const other = { namespace: 'test', name: 'copy', claimName: 'db-copy' };
const here = (differs = {}) => ({ sameVolume: known([replication({ ...other, ...differs })]) });

judgeCases('DR101', [
  { title: 'a volume that nothing else here replicates becomes primary', given: promotion(), passes: true },
  {
    title: 'another claim of the same volume is primary: two writers',
    given: promotion(here()),
    refused: [
      'VolumeReplication test/copy is primary for the volume of claim shop/db, through claim test/db-copy',
      'rook-ceph.rbd.csi.ceph.com/0001-0009-rook-ceph-0000000000000002-4e8a1c3d',
      'Two writers on one volume corrupt it',
      `kubectl -n test patch vr copy --type=merge -p '{"spec":{"replicationState":"secondary"}}'`,
    ],
  },
  {
    title: 'another one asks for primary and has not got it yet',
    given: creation(here({ state: 'Secondary' })),
    refused: ['VolumeReplication test/copy is to become primary'],
  },
  {
    title: 'another one is to step down and has not yet: wait for it',
    given: promotion(here({ wants: 'secondary' })),
    refused: [
      'VolumeReplication test/copy is still primary',
      `kubectl -n test wait vr copy --for=jsonpath='{.status.state}'=Secondary --timeout=5m`,
    ],
  },
  {
    title: 'another one of the very same claim is the one to use',
    given: creation({ sameVolume: known([replication({ name: 'first' })]) }),
    refused: ['undo what the other did', 'Use the one that is there: kubectl -n shop get vr first'],
  },
  {
    title: 'a claim of the same name in another namespace is another claim',
    given: creation({ sameVolume: known([replication({ ...other, claimName: 'db' })]) }),
    refused: ['through claim test/db (', 'Two writers on one volume corrupt it'],
  },
  {
    title: 'another claim of the same namespace is another claim',
    given: creation({ sameVolume: known([replication({ ...other, namespace: 'shop' })]) }),
    refused: ['through claim shop/db-copy (', 'Two writers on one volume corrupt it'],
  },
  {
    title: 'a group that is primary is named as a group',
    given: promotion(here({ kind: 'VolumeGroupReplication' })),
    refused: ['VolumeGroupReplication test/copy', 'kubectl -n test patch vgr copy'],
  },
  {
    title: 'another one that is a replica, and wants to be, is in nobody’s way',
    given: promotion(here({ wants: 'secondary', state: 'Secondary' })),
    passes: true,
  },
  {
    title: 'the first of several that is primary is named',
    given: promotion({
      sameVolume: known([
        replication({ name: 'replica', wants: 'secondary', state: 'Secondary' }),
        replication(other),
      ]),
    }),
    refused: ['VolumeReplication test/copy'],
  },
  {
    title: 'what else replicates the volume is unknown: refused',
    given: promotion({ sameVolume: unknown('the cache of volumereplications is not filled yet') }),
    refused: [
      'cannot tell whether another replication here is primary for the volume of claim shop/db',
      'the cache of volumereplications is not filled yet',
      'kubectl -n kubectl-dr logs deployment/dr-webhook',
    ],
  },
  {
    title: 'which claims it takes in is unknown: refused',
    given: { ...promotion(), members: unknown('no answer') },
    refused: ['cannot tell which claims VolumeReplication shop/db takes in (no answer)'],
  },
  {
    title: 'no consent helps: it is about this cluster, where everything can be seen',
    given: consented(promotion(here()), 'force-promote'),
    refused: ['test/copy'],
  },
  {
    title: 'one of three claims of a group is primary elsewhere',
    given: group([{}, here(), {}]),
    refused: ['the volume of claim shop/db-1, through claim test/db-copy'],
  },
  {
    title: 'all claims of a group are primary elsewhere: said once, with their names',
    given: group([here(), here(), here()]),
    refused: [
      'claim shop/db,',
      '; the same holds for claim shop/db-1, claim shop/db-2.',
      '(and so for each)',
    ],
  },
  { title: 'a group without claims has nothing to make primary', given: group([]), passes: true },
  {
    title: 'a demotion is not stopped by another primary',
    given: promotion(here(), { before: wish('primary'), after: wish('secondary'), state: 'Primary' }),
    passes: true,
  },
  {
    title: 'what is asked to be primary already does not become it',
    given: promotion(here(), { before: wish('primary'), after: wish('primary', true) }),
    passes: true,
  },
  {
    title: 'a new replica is in nobody’s way',
    given: creation(here(), { after: wish('secondary') }),
    passes: true,
  },
  {
    title: 'a VolumeReplication that follows its group was judged with it',
    given: promotion(here(), { followsGroup: true }),
    passes: true,
  },
]);
