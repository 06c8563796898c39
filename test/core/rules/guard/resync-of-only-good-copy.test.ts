import { known, unknown } from '../../../../core/model/reading.ts';
import type { PeerView } from '../../../../core/rules/peer-view.ts';
import type { ReplicationFacts } from '../../../../core/rules/replication-facts.ts';
import { change, consented, creation, group, promotion, wish } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const primary: PeerView = { state: 'primary', site: 'cluster-1', replication: 'shop/db', by: 'both' };
const replica: PeerView = { state: 'not-primary', site: 'cluster-1' };
const silent: PeerView = { state: 'unknown', site: 'cluster-1', why: 'no answer within 2 s' };

const resync = (peer: PeerView) => change([wish('secondary'), wish('resync')], 'Secondary', { peer });
const howTo = `kubectl -n shop annotate --overwrite vr db kubectl-dr.dev/consent='{"accepts":["resync"],"seen":{`;

const steppedDown = Date.parse('2026-03-01T11:00:00Z');

/** A copy that may hold what no other has. */
const owning = (why: string, given: ReplicationFacts, followsSince?: number): ReplicationFacts => ({
  ...given,
  ownWrites: { state: 'possible', why, followsSince },
});

const consentSeeing = (peer: string): string =>
  JSON.stringify({
    accepts: ['resync'],
    seen: { peer },
    maxLoss: 'unknown',
    by: 'alice',
    expires: '2026-03-01T12:10:00Z',
  });

judgeCases('DR108', [
  { title: 'a resync from a site that is known to be primary', given: resync(primary), passes: true },
  {
    title: 'a resync while the other site is not primary: this may be the only good copy',
    given: resync(replica),
    refused: [
      'cluster-1 is not primary for the volume of claim shop/db',
      "A resync throws this site's copy away",
      'kubectl dr status -n shop db',
      'only if this copy is not needed any more',
      howTo,
    ],
  },
  {
    title: 'a resync while the other site is only asked to become primary: its driver may still refuse',
    given: resync({ ...primary, by: 'spec' }),
    refused: [
      'cluster-1 is to become primary for the volume of claim shop/db, and is not yet (VolumeReplication shop/db there)',
      `kubectl --context cluster-1 -n shop wait vr db --for=jsonpath='{.status.state}'=Primary --timeout=5m`,
      howTo,
    ],
  },
  {
    title: 'a resync while the other site steps down',
    given: resync({ ...primary, by: 'status' }),
    refused: [
      'cluster-1 is primary for the volume of claim shop/db, but is to step down',
      'kubectl dr status -n shop db',
      howTo,
    ],
  },
  {
    title: 'a resync while the other site does not answer',
    given: resync(silent),
    refused: [
      'cannot tell whether cluster-1 is primary for the volume of claim shop/db (no answer within 2 s)',
      howTo,
    ],
  },
  {
    title: 'a resync while nobody asked the other site',
    given: resync({ state: 'not-asked' }),
    refused: ['nobody asked it'],
  },
  {
    title: 'a resync where no peer is configured, and that is accepted',
    given: resync({ state: 'not-configured' }),
    passes: true,
  },
  {
    title: 'a resync where no peer is configured, and that is not accepted',
    given: { ...resync({ state: 'not-configured' }), withoutPeer: 'refuse' },
    refused: ['no peer is configured', howTo],
  },
  {
    title: 'which claims it takes in is unknown: refused',
    given: { ...resync(primary), members: unknown('not synced') },
    refused: ['cannot tell which claims'],
  },
  {
    title: 'a primary that is to be resynced',
    given: change([wish('primary'), wish('resync')], 'Primary', { peer: silent }),
    refused: ['cannot tell whether cluster-1'],
  },
  {
    title: 'a replication that begins with a resync',
    given: creation({ peer: replica }, { after: wish('resync') }),
    refused: [`annotate it with kubectl-dr.dev/consent='{"accepts":["resync"],"seen":{`],
  },
  {
    title: 'autoResync is switched on for a replica',
    given: change([wish('secondary'), wish('secondary', true)], 'Secondary', { peer: replica }),
    refused: [
      "With autoResync this site's copy can be thrown away",
      `kubectl -n shop patch vr db --type=merge -p '{"spec":{"replicationState":"secondary","autoResync":false}}'`,
    ],
  },
  {
    title: 'a demotion with autoResync before the other site is primary',
    given: change([wish('primary', true), wish('secondary', true)], 'Primary', { peer: replica }),
    refused: ['Leave autoResync off until the other site is primary'],
  },
  {
    title: 'a replica that is created with autoResync',
    given: creation({ peer: silent }, { after: wish('secondary', true) }),
    refused: ['Create it with autoResync: false'],
  },
  {
    title: 'autoResync while the other site is primary',
    given: change([wish('secondary'), wish('secondary', true)], 'Secondary', { peer: primary }),
    passes: true,
  },
  {
    title: 'autoResync on a primary does nothing until it is demoted, and is judged then',
    given: change([wish('primary'), wish('primary', true)], 'Primary', { peer: replica }),
    passes: true,
  },
  {
    title: 'a resync that was asked for already is not asked for again',
    given: change([wish('resync'), wish('resync', true)], 'Unknown', { peer: silent }),
    passes: true,
  },
  {
    title: 'from resync to a replica that may resync by itself: for another time, so judged anew',
    given: change([wish('resync'), wish('secondary', true)], 'Secondary', { peer: silent }),
    refused: ['cannot tell whether cluster-1'],
  },
  {
    title: 'a replica without autoResync keeps its copy',
    given: change([wish('primary'), wish('secondary')], 'Primary', { peer: silent }),
    passes: true,
  },
  {
    title: 'consent lets a resync pass, and the waiver says what it may cost',
    given: consented(resync(replica), 'resync'),
    waived: ['cluster-1 is not primary', 'it may be the only good one'],
  },
  {
    title: 'consent to a forced promote is none to a resync',
    given: consented(resync(replica), 'force-promote'),
    refused: ['accepts force-promote, not resync', howTo],
  },
  {
    title: 'consent that was used lets no second resync pass',
    given: consented(resync(silent), 'resync', { isUsed: true }),
    refused: ['was used'],
  },
  {
    title: 'consent of a user who may not consent',
    given: consented(resync(silent), 'resync', { mayConsent: known(false) }),
    refused: ['may not consent'],
  },
  {
    title: 'one claim of a group has no primary to resync from',
    given: group([{ peer: primary }, { peer: replica }], { after: wish('resync') }),
    refused: ['cluster-1 is not primary for the volume of claim shop/db-1', 'annotate --overwrite vgr db'],
  },
  {
    title: 'this site is primary itself: what only it holds would go with its copy',
    given: owning('is primary', resync(primary)),
    refused: [
      'VolumeReplication shop/db is primary: its copy of the volume of claim shop/db may hold writes that cluster-1 never got',
      'A resync throws them away',
      'kubectl dr status -n shop db',
      howTo,
    ],
  },
  {
    title: 'this site was primary, and autoResync is switched on with its demotion',
    given: owning(
      'is primary',
      change([wish('primary'), wish('secondary', true)], 'Primary', { peer: primary }),
    ),
    refused: [
      'With autoResync they can be thrown away',
      `kubectl -n shop patch vr db --type=merge -p '{"spec":{"replicationState":"secondary","autoResync":false}}'`,
    ],
  },
  {
    title: 'this site was primary, and a sync of the other one has arrived since for sure',
    given: owning('was primary', resync({ ...primary, lastSync: steppedDown + 301_000 }), steppedDown),
    passes: true,
  },
  {
    title: 'a sync that two clocks cannot tell from one of before',
    given: owning('was primary', resync({ ...primary, lastSync: steppedDown + 299_000 }), steppedDown),
    refused: ['may hold writes'],
  },
  {
    title: 'this site was primary, and does not show that it follows, whatever the other one tells',
    given: owning('was primary', resync({ ...primary, lastSync: steppedDown + 3_600_000 })),
    refused: ['may hold writes'],
  },
  {
    title: 'what only this site holds is given up with consent',
    given: consented(owning('is primary', resync(primary)), 'resync'),
    waived: ['may hold writes that cluster-1 never got'],
  },
  {
    title: 'a consent that was given while the other site was primary covers none that is not',
    given: consented(resync(replica), 'resync', { text: consentSeeing('primary') }),
    refused: ['was given while the other site said that it is primary, and it says now that it is not'],
  },
  {
    title: 'a consent of who could not tell whether there is a good copy covers none that is not there',
    given: consented(resync(replica), 'resync', { text: consentSeeing('unknown') }),
    refused: ['it says now that it is not'],
  },
  { title: 'a promotion is no resync', given: promotion({ peer: silent }), passes: true },
]);
