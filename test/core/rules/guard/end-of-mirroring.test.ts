import { known, unknown } from '../../../../core/model/reading.ts';
import type { ReplicationChange } from '../../../../core/rules/replication-facts.ts';
import { consented, group, promotion, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const deleted = { operation: 'DELETE', before: wish('primary'), after: undefined } as const;
const deletion = (differs: Partial<ReplicationChange> = {}) =>
  promotion({}, { ...deleted, state: 'Primary', ...differs });
const howTo = `kubectl -n shop annotate --overwrite vr db kubectl-dr.dev/consent='{"accepts":["unprotect"],"seen":{`;

judgeCases('DR110', [
  {
    title: 'a primary that protects: the other copy goes with it',
    given: deletion(),
    refused: [
      'VolumeReplication shop/db still protects claim shop/db',
      "Deleting it ends the mirroring, and as it is primary, removes the other site's copy",
      'kubectl dr status -n shop db',
      'only if protection shall end',
      howTo,
    ],
  },
  {
    title: 'a primary that the other site has not followed: what it alone has is said',
    given: {
      ...deletion(),
      copy: { followed: { state: 'no', since: undefined }, isTold: true, demotion: { kind: 'never' } },
    },
    refused: ['what was written since it became primary is here alone, as the other site has not followed'],
  },
  {
    title: 'a replica that protects',
    given: deletion({ state: 'Secondary' }),
    refused: ['Deleting it ends the mirroring. Keep it'],
  },
  {
    title: 'one that was primary before is not called a replica',
    given: {
      ...deletion({ state: 'Secondary' }),
      copy: { followed: { state: 'yes' }, isTold: false, demotion: { kind: 'unmarked', at: undefined } },
    },
    refused: ['it was demoted, and unless the other site is primary, its copy may be the only whole one'],
  },
  {
    title: 'a state that nobody knows may be primary',
    given: deletion({ state: 'Unknown' }),
    refused: ["and if it is primary, removes the other site's copy"],
  },
  { title: 'one that no driver mirrored for yet', given: deletion({ isProtecting: false }), passes: true },
  { title: 'one that was deleted before goes on', given: deletion({ isTerminating: true }), passes: true },
  {
    title: 'one in a namespace that is being deleted goes with it',
    given: { ...deletion(), namespaceTerminating: known(true) },
    passes: true,
  },
  {
    title: 'whether the namespace is being deleted is unknown: refused',
    given: { ...deletion(), namespaceTerminating: unknown('not synced') },
    refused: ['whether its namespace is being deleted is unknown: not synced', howTo],
  },
  {
    title: 'its claims are unknown: refused all the same, without their names',
    given: { ...deletion(), members: unknown('not synced') },
    refused: ['VolumeReplication shop/db still protects. Deleting', 'kubectl dr status -n shop -'],
  },
  {
    title: 'consent lets it pass',
    given: consented(deletion(), 'unprotect'),
    waived: ['VolumeReplication shop/db still protects claim shop/db'],
  },
  {
    title: 'consent to something else does not',
    given: consented(deletion(), 'demote-in-use'),
    refused: ['accepts demote-in-use, not unprotect', howTo],
  },
  {
    title: 'consent that was used does not',
    given: consented(deletion(), 'unprotect', { isUsed: true }),
    refused: ['was used'],
  },
  {
    title: 'a group with several claims',
    given: group([{}, {}], { ...deleted, state: 'Primary' }),
    refused: [
      'VolumeGroupReplication shop/db still protects claims shop/db, shop/db-1',
      'kubectl dr status -n shop -',
      'annotate --overwrite vgr db',
    ],
  },
  {
    title: 'a group whose selector finds nothing any more may still be mirrored',
    given: group([], { ...deleted, state: 'Primary' }),
    refused: ['VolumeGroupReplication shop/db still protects.'],
  },
  {
    title: 'a VolumeReplication that goes with its group was judged with it',
    given: deletion({ followsGroup: true }),
    passes: true,
  },
  { title: 'a change is no deletion', given: promotion(), passes: true },
]);
