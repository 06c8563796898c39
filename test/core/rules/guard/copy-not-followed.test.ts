import { expect, it } from 'vitest';
import type { CopyFacts } from '../../../../core/following/copy-facts.ts';
import type { Demotion, FollowedState } from '../../../../core/following/demotion.ts';
import type { Followed } from '../../../../core/following/followed.ts';
import { unknown } from '../../../../core/model/reading.ts';
import { judgeRules } from '../../../../core/rules/guard/judge-guard.ts';
import type { LeftCopy, PeerView } from '../../../../core/rules/peer-view.ts';
import type { ReplicationFacts, Wish } from '../../../../core/rules/replication-facts.ts';
import { change, consented, creation, group, promotion, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const [primary, secondary, resync] = [wish('primary'), wish('secondary'), wish('resync')];

const no: Followed = { state: 'no', since: now - 20_000 };
const untold: Followed = { state: 'unknown', why: 'its last sync lies in the future: clocks differ' };

const withCopy = (facts: ReplicationFacts, copy: Partial<CopyFacts>): ReplicationFacts => ({
  ...facts,
  copy: { ...facts.copy, ...copy },
});

const demotion = (
  copy: Partial<CopyFacts>,
  [before, after]: readonly [Wish, Wish] = [primary, secondary],
  state = 'Primary',
): ReplicationFacts => withCopy(change([before, after], state), copy);

const beside = (by: 'both' | 'status' | 'spec'): ReplicationFacts =>
  withCopy(
    change([primary, secondary], 'Primary', {
      peer: { state: 'primary', site: 'b', replication: 'shop/db', by },
    }),
    { followed: no },
  );

const wait = 'Wait until it has: kubectl -n shop wait vr db --for=condition=Followed --timeout=15m';
const howTo = `kubectl -n shop annotate --overwrite vr db kubectl-dr.dev/consent='{"accepts":["lose-since-promote"],"seen":{`;

judgeCases('DR113', [
  {
    title: 'a primary that the other site has followed',
    given: demotion({ followed: { state: 'yes' } }),
    passes: true,
  },
  {
    title: 'a primary that nobody has followed yet: since when, what is lost, and what to wait for',
    given: demotion({ followed: no }),
    refused: [
      'the other site has not followed VolumeReplication shop/db since it became primary (20s ago)',
      'no call of the driver would fail, and those writes would be lost',
      wait,
      'only if the writes since the promote may be lost',
      'kubectl dr explain DR113',
      howTo,
    ],
  },
  ...(['both', 'status'] as const).map((by) => ({
    title: `a primary that nobody has followed, beside another one by ${by}: nothing is handed over`,
    given: beside(by),
    passes: true as const,
  })),
  {
    title: 'a primary that nobody has followed, beside one that is only asked to be',
    given: beside('spec'),
    refused: ['the other site has not followed VolumeReplication shop/db'],
  },
  {
    title: 'a primary that nobody has followed, since nobody knows when',
    given: demotion({ followed: { state: 'no', since: undefined } }),
    refused: ['has not followed VolumeReplication shop/db since it became primary. The other site'],
  },
  {
    title: 'a promote that lies in the future by this clock is no negative age',
    given: demotion({ followed: { state: 'no', since: now + 3_000 } }),
    refused: ['since it became primary (0s ago)'],
  },
  {
    title: 'it is unknown whether anybody has followed: refused, and why',
    given: demotion({ followed: untold }),
    refused: [
      'cannot tell whether the other site has followed VolumeReplication shop/db since it became primary (its last sync lies in the future: clocks differ)',
      wait,
      howTo,
    ],
  },
  {
    title: 'no condition tells of it: the last sync of both sites is to be looked at',
    given: demotion({ followed: no, isTold: false }),
    refused: ['Wait until a sync is known that is later than its promote: kubectl dr status -n shop db'],
  },
  {
    title: 'a primary that is to be resynced is no less lost',
    given: demotion({ followed: no }, [primary, resync]),
    refused: ['has not followed VolumeReplication shop/db'],
  },
  {
    title: 'one that was asked to step down, and is still primary, is to be resynced',
    given: demotion({ followed: no }, [secondary, resync]),
    refused: ['has not followed VolumeReplication shop/db'],
  },
  {
    title: 'one that asked for primary and is not seen to be it yet: it may be by now',
    given: demotion({ followed: untold }, [primary, secondary], 'Unknown'),
    refused: ['cannot tell whether'],
  },
  {
    title: 'a replica that is to be resynced, whatever its copy tells',
    given: demotion({ followed: no }, [secondary, resync], 'Secondary'),
    passes: true,
  },
  {
    title: 'a primary that stays one',
    given: demotion({ followed: no }, [primary, wish('primary', true)]),
    passes: true,
  },
  {
    title: 'a secondary that is created: nothing was written through it',
    given: creation({}, { after: secondary }),
    passes: true,
  },
  {
    title: 'a deletion is for another rule to judge',
    given: withCopy(
      promotion({}, { operation: 'DELETE', before: primary, after: undefined, state: 'Primary' }),
      {
        followed: no,
      },
    ),
    passes: true,
  },
  {
    title:
      'a group that nobody has followed is looked at as a whole: kubernetes-csi-addons tells no condition of it',
    given: withCopy(group([{}, {}], { before: primary, after: secondary, state: 'Primary' }), {
      followed: no,
    }),
    refused: [
      'has not followed VolumeGroupReplication shop/db since',
      'Wait until a sync is known that is later than its promote: kubectl dr status -n shop',
    ],
  },
  {
    title: 'a group whose claims are not known',
    given: {
      ...withCopy(group([], { before: primary, after: secondary, state: 'Primary' }), { followed: no }),
      members: unknown('the cache is not filled yet'),
    },
    refused: ['kubectl dr status -n shop'],
  },
  {
    title: 'what follows a group is judged with its group',
    given: withCopy(
      promotion({}, { before: primary, after: secondary, state: 'Primary', followsGroup: true }),
      { followed: no },
    ),
    passes: true,
  },
  {
    title: 'somebody accepts the loss',
    given: consented(demotion({ followed: no }), 'lose-since-promote'),
    waived: ['has not followed VolumeReplication shop/db'],
  },
  {
    title: 'somebody accepts another loss',
    given: consented(demotion({ followed: no }), 'demote-in-use'),
    refused: ['the consent of alice accepts demote-in-use, not lose-since-promote', howTo],
  },
]);

const hour = 3_600_000;
const marked = (followed: FollowedState, at = now - hour): Demotion => ({ kind: 'marked', followed, at });
const unmarked = (at: number | undefined = now - hour): Demotion => ({ kind: 'unmarked', at });
const left = (demotionThere: Demotion, differs: Partial<LeftCopy> = {}): PeerView => ({
  state: 'not-primary',
  site: 'cluster-1',
  left: { replication: 'store/db', kind: 'VolumeReplication', demotion: demotionThere, ...differs },
});
const after = (demotionThere: Demotion, own: Demotion = { kind: 'never' }): ReplicationFacts =>
  withCopy(promotion({ peer: left(demotionThere) }), { demotion: own });

const elsewhere: readonly PeerView[] = [
  { state: 'primary', site: 'cluster-1', replication: 'shop/db', by: 'both' },
  { state: 'unknown', site: 'cluster-1', why: 'no answer within 2 s' },
  { state: 'not-asked' },
  { state: 'not-configured' },
];

judgeCases('DR113', [
  {
    title: 'the other site left nothing',
    given: promotion({ peer: { state: 'not-primary', site: 'b' } }),
    passes: true,
  },
  { title: 'the other site was marked as followed', given: after(marked('yes')), passes: true },
  { title: 'the other site was never primary', given: after({ kind: 'never' }), passes: true },
  {
    title: 'the other site was demoted before this one had followed it',
    given: after(marked('no')),
    refused: [
      'cluster-1 was demoted before this site had followed it (VolumeReplication store/db there)',
      'What was written there since it became primary is not here, and is lost once this site is primary',
      'Make it primary there again, and demote it once this site has followed',
      `kubectl --context cluster-1 -n store patch vr db --type=merge -p '{"spec":{"replicationState":"primary"}}'`,
      howTo,
    ],
  },
  ...[marked('unknown'), unmarked(), unmarked(undefined)].map((demotionThere) => ({
    title: `the other site does not tell (${demotionThere.kind}): refused`,
    given: after(demotionThere),
    refused: ['nothing tells whether this site had followed cluster-1 when that was demoted', howTo],
  })),
  {
    title: 'a group of another name over there',
    given: promotion({
      peer: left(marked('no'), { kind: 'VolumeGroupReplication', replication: 'store/all' }),
    }),
    refused: [
      '(VolumeGroupReplication store/all there)',
      'kubectl --context cluster-1 -n store patch vgr all',
    ],
  },
  {
    title: 'this site was primary after the other one: its own copy is the youngest',
    given: after(marked('no'), marked('no', now)),
    passes: true,
  },
  {
    title: 'this site was primary after one that does not tell more than a time',
    given: after(unmarked(), marked('unknown', now)),
    passes: true,
  },
  {
    title: 'this site was primary before the other one',
    given: after(marked('no'), marked('no', now - 2 * hour)),
    refused: ['cluster-1 was demoted before'],
  },
  {
    title: 'both were demoted within what clocks of two sites may differ by',
    given: after(marked('no', now - 4 * 60_000), marked('no', now)),
    refused: ['cluster-1 was demoted before'],
  },
  {
    title: 'nobody knows when this site was demoted',
    given: after(marked('no'), unmarked(now)),
    refused: ['cluster-1 was demoted before'],
  },
  {
    title: 'it is created as primary: it has no copy of its own to be younger',
    given: creation({ peer: left(marked('no')) }),
    refused: ['cluster-1 was demoted before this site had followed it'],
  },
  {
    title: 'a replica that stays one, whatever the other site left',
    given: { ...promotion({ peer: left(marked('no')) }, { before: resync, after: secondary }) },
    passes: true,
  },
  {
    title: 'several claims of a group are told of at once',
    given: group([{ peer: left(marked('no')) }, { peer: left(marked('no')) }]),
    refused: ['cluster-1 was demoted before this site had followed it', 'the same holds for claim shop/db-1'],
  },
  ...elsewhere.map((peer) => ({
    title: `a site that is ${peer.state} is for DR102 to judge`,
    given: promotion({ peer }),
    passes: true as const,
  })),
  {
    title: 'the claims are not known',
    given: { ...promotion(), members: unknown('the cache is not filled yet') },
    refused: ['cannot tell which claims VolumeReplication shop/db takes in', howTo],
  },
  {
    title: 'somebody accepts the loss',
    given: consented(after(marked('no')), 'lose-since-promote'),
    waived: ['cluster-1 was demoted before this site had followed it'],
  },
  {
    title: 'a forced promote is another loss',
    given: consented(after(marked('no')), 'force-promote'),
    refused: ['accepts force-promote, not lose-since-promote'],
  },
]);

it('tells of a group first what was not followed, then what nobody can tell', () => {
  const given = group([{ peer: left(unmarked()) }, { peer: left(marked('no')) }, {}]);
  const { refusals } = judgeRules(given, ['DR113']);
  expect(refusals.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^cluster-1 was demoted before/),
    expect.stringMatching(/^nothing tells whether/),
  ]);
});
