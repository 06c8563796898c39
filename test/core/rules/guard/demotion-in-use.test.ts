import { known, unknown } from '../../../../core/model/reading.ts';
import { change, consented, creation, group, promotion, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const inUse = { pods: known(['db-0']) };
const attached = { attachedTo: known(['node-1']) };
const demotion = (member = {}) => change([wish('primary'), wish('secondary')], 'Primary', member);
const howTo = `kubectl -n shop annotate --overwrite vr db kubectl-dr.dev/consent='{"accepts":["demote-in-use"],"seen":{`;

judgeCases('DR109', [
  { title: 'a primary that nothing uses', given: demotion(), passes: true },
  {
    title: 'a primary that a pod uses: it is named, with the command that waits for its end',
    given: demotion(inUse),
    refused: [
      'claim shop/db is used by pod db-0',
      'A demoted volume takes no writes',
      'kubectl -n shop wait --for=delete pod/db-0 --timeout=5m',
      'only if those writes may be lost',
      howTo,
    ],
  },
  {
    title: 'a primary that many pods use',
    given: demotion({ pods: known(['db-0', 'db-1', 'db-2', 'db-3', 'db-4']) }),
    refused: [
      'used by pods db-0, db-1, db-2 and 2 more',
      'wait --for=delete pod/db-0 pod/db-1 pod/db-2 --timeout',
    ],
  },
  {
    title: 'a primary that is attached to a node, with no pod left',
    given: demotion(attached),
    refused: [
      'claim shop/db has its PV pvc-4e8a1c3d attached to node node-1',
      'kubectl get volumeattachments',
      howTo,
    ],
  },
  {
    title: 'pods and nodes are both named',
    given: demotion({ ...inUse, attachedTo: known(['node-1', 'node-2']) }),
    refused: ['is used by pod db-0 and has its PV pvc-4e8a1c3d attached to nodes node-1, node-2'],
  },
  {
    title: 'a pod is seen although attachments are unknown',
    given: demotion({ ...inUse, attachedTo: unknown('forbidden') }),
    refused: ['used by pod db-0'],
  },
  {
    title: 'an attachment is seen although the PV is unknown',
    given: demotion({ ...attached, volume: unknown('not synced') }),
    refused: ['claim shop/db has its PV attached to node node-1'],
  },
  {
    title: 'pods are unknown: refused',
    given: demotion({ pods: unknown('not synced') }),
    refused: ['cannot tell whether pods use claim shop/db (not synced)', howTo],
  },
  {
    title: 'attachments are unknown: refused',
    given: demotion({ attachedTo: unknown('forbidden') }),
    refused: [
      'cannot tell whether claim shop/db has its PV pvc-4e8a1c3d attached to a node (forbidden)',
      howTo,
    ],
  },
  {
    title: 'which claims it takes in is unknown: refused',
    given: { ...demotion(), members: unknown('not synced') },
    refused: ['cannot tell which claims', howTo],
  },
  {
    title: 'a primary that is to be resynced while in use',
    given: change([wish('primary'), wish('resync')], 'Primary', inUse),
    refused: ['used by pod db-0'],
  },
  {
    title: 'asked for primary and not seen as one yet: it may be one by now',
    given: change([wish('primary'), wish('secondary')], 'Secondary', inUse),
    refused: ['used by pod db-0'],
  },
  {
    title: 'asked to step down and still primary, and now to be resynced',
    given: change([wish('secondary'), wish('resync')], 'Primary', inUse),
    refused: ['used by pod db-0'],
  },
  {
    title: 'a state that nobody knows may be primary',
    given: change([wish('secondary'), wish('resync')], 'Unknown', inUse),
    refused: ['used by pod db-0'],
  },
  {
    title: 'a replica that is to be resynced was no primary',
    given: change([wish('secondary'), wish('resync')], 'Secondary', inUse),
    passes: true,
  },
  {
    title: 'a demotion that was asked for already goes on',
    given: change([wish('secondary'), wish('secondary', true)], 'Primary', inUse),
    passes: true,
  },
  {
    title: 'a replication that begins as replica while a pod uses the claim',
    given: creation(inUse, { after: wish('secondary') }),
    refused: ['used by pod db-0', 'annotate it with'],
  },
  { title: 'a replication that begins as primary', given: creation(inUse), passes: true },
  { title: 'a promotion while a pod waits for the volume', given: promotion(inUse), passes: true },
  {
    title: 'a deletion is for DR110',
    given: promotion(inUse, { operation: 'DELETE', before: wish('primary'), after: undefined }),
    passes: true,
  },
  {
    title: 'consent lets it pass',
    given: consented(demotion(inUse), 'demote-in-use'),
    waived: ['claim shop/db is used by pod db-0'],
  },
  {
    title: 'consent lets it pass where nobody knows',
    given: consented(demotion({ pods: unknown('not synced') }), 'demote-in-use'),
    waived: ['cannot tell whether pods use claim shop/db'],
  },
  {
    title: 'consent that has expired does not',
    given: consented(demotion(inUse), 'demote-in-use', { now: Date.parse('2026-03-01T13:00:00Z') }),
    refused: ['expired', howTo],
  },
  {
    title: 'two of three claims of a group are in use',
    given: group([{}, inUse, { pods: known(['web-0']) }], {
      before: wish('primary'),
      after: wish('secondary'),
    }),
    refused: [
      'claim shop/db-1 is used by pod db-0; the same holds for claim shop/db-2.',
      '(and so for each)',
    ],
  },
  {
    title: 'a VolumeReplication that follows its group was judged with it',
    given: promotion(inUse, { before: wish('primary'), after: wish('secondary'), followsGroup: true }),
    passes: true,
  },
]);
