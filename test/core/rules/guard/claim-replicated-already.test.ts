import { known, unknown } from '../../../../core/model/reading.ts';
import { creation, group, promotion, replication, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const rival = { rivals: known([replication({ name: 'first', wants: 'secondary', state: 'Secondary' })]) };

const copy = replication({ namespace: 'test', name: 'copy', claimName: 'db-copy' });
const through = { sameVolume: known([copy]) };

judgeCases('DR105', [
  { title: 'a claim that nothing replicates', given: creation(), passes: true },
  {
    title: 'a claim that has its VolumeReplication already',
    given: creation(rival),
    refused: [
      'claim shop/db is replicated already, by VolumeReplication shop/first',
      'deleting either can end the mirroring for both',
      'kubectl -n shop get vr first -o yaml',
    ],
  },
  {
    title: 'a claim that a group takes in',
    given: creation({ rivals: known([replication({ kind: 'VolumeGroupReplication', name: 'all' })]) }),
    refused: ['by VolumeGroupReplication shop/all', 'kubectl -n shop get vgr all'],
  },
  {
    title: 'all of several are named',
    given: creation({ rivals: known([replication({ name: 'first' }), replication({ name: 'second' })]) }),
    refused: ['by VolumeReplication shop/first, VolumeReplication shop/second'],
  },
  { title: 'the second does not become primary either', given: promotion(rival), refused: ['shop/first'] },
  {
    title: 'the second can be demoted',
    given: promotion(rival, { before: wish('primary'), after: wish('secondary') }),
    passes: true,
  },
  {
    title: 'a new replica of a volume that is replicated through another claim',
    given: creation(through, { after: wish('secondary') }),
    refused: [
      'the volume of claim shop/db is replicated already, by VolumeReplication test/copy through claim test/db-copy',
      'deleting either can end the mirroring for both',
      'kubectl -n test get vr copy -o yaml',
    ],
  },
  {
    title: 'a new primary of a volume whose other replication is a replica',
    given: creation({ sameVolume: known([{ ...copy, wants: 'secondary', state: 'Secondary' }]) }),
    refused: ['VolumeReplication test/copy'],
  },
  {
    title: 'one that is there becomes primary: that is judged by DR101',
    given: promotion(through),
    passes: true,
  },
  {
    title: 'what else replicates the volume is unknown: refused',
    given: creation({ sameVolume: unknown('not synced') }),
    refused: ['cannot tell whether the volume of claim shop/db is replicated already (not synced)'],
  },
  {
    title: 'what else replicates the claim is unknown: refused',
    given: creation({ rivals: unknown('not synced') }),
    refused: ['cannot tell whether claim shop/db is replicated already (not synced)'],
  },
  {
    title: 'a group that would take in a claim which has its own VolumeReplication',
    given: group([{}, rival]),
    refused: ['claim shop/db-1 is replicated already'],
  },
]);
