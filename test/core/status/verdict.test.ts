import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import { assess } from '../../../core/status/assess.ts';
import type { SiteSnapshot } from '../../../core/status/snapshot.ts';
import type { VerdictLevel, VerdictName } from '../../../core/status/verdict.ts';
import { darkSite, forbidden, image, now, pv, pvc, site, uuid, type VrSketch, vgr, vr } from './objects.ts';

const east = (sketch?: VrSketch): SiteSnapshot => site('east', sketch && { replications: [vr(sketch)] });
/** The site of a primary whose volume is called so. */
const eastOf = (handle: string): SiteSnapshot =>
  site('east', { replications: [vr(primary)], volumes: known([pv('pv-db', handle)]) });
const west = (sketch?: VrSketch): SiteSnapshot => site('west', sketch && { replications: [vr(sketch)] });

const primary: VrSketch = { synced: 3 };
const replica: VrSketch = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] };
const demoted: VrSketch = { wants: 'secondary', state: 'Secondary', sets: ['demoted'], changed: 1 };
const inSync: VrSketch = { wants: 'secondary', state: 'Secondary', sets: ['inSync'], changed: 1 };

/** Its look at the other copy fails, in these words of its driver. */
const failingReplica = (message: string, changed = 60): VrSketch => ({
  ...replica,
  sets: ['resyncFailed'],
  message,
  changed,
});
const noSnapshot = 'failed to get last sync info: no snapshot details: last sync time not found';
const fresh = (minutes: number, more: VrSketch = {}): VrSketch => ({
  asked: minutes,
  changed: minutes,
  ...more,
});

type Case = {
  title: string;
  here: SiteSnapshot;
  there: SiteSnapshot | undefined;
  verdict: VerdictName;
  reason: string;
  level?: VerdictLevel;
  next?: RegExp;
  message?: RegExp;
};

const healthy: Case[] = [
  {
    title: 'a primary that synced 3 of 5 minutes ago, with a running replica that reads Degraded',
    here: east(primary),
    there: west(replica),
    verdict: 'Protected',
    reason: 'Replicating',
    level: 'ok',
  },
  {
    title: 'a primary whose peer has no object for the volume: the storage mirrors all the same',
    here: east(primary),
    there: site('west', { claims: known([]), volumes: known([]) }),
    verdict: 'Protected',
    reason: 'ReplicatingNoBackup',
    level: 'warning',
    message: /^east is primary and replicating; west has no claim for it, and no backup is on record/,
    next: /^kubectl dr backup db -n shop --context east$/,
  },
  {
    title: 'the same after a backup',
    here: east({ ...primary, backedUp: 180 }),
    there: site('west', { claims: known([]), volumes: known([]) }),
    verdict: 'Protected',
    reason: 'ReplicatingNoClaim',
    level: 'ok',
    message: /west has no claim for it: a failover takes it from a backup, the last on record is 3h old$/,
  },
  {
    title: 'a claim that waits on the other site, which nothing replicates there',
    here: east(primary),
    there: site('west', {}),
    verdict: 'Protected',
    reason: 'Replicating',
    level: 'ok',
  },
  {
    title: 'the claim waits there under another name',
    here: east(primary),
    there: site('west', {
      claims: known([]),
      volumes: known([
        { ...pv('pv-db'), spec: { ...pv('pv-db').spec, claimRef: { namespace: 'other', name: 'db-copy' } } },
      ]),
    }),
    verdict: 'Protected',
    reason: 'Replicating',
  },
  {
    title: 'claims of the other site that nobody may read',
    here: east(primary),
    there: site('west', { claims: unknown('forbidden') }),
    verdict: 'Protected',
    reason: 'Replicating',
  },
  {
    title: 'the same seen from the other site',
    here: west(replica),
    there: east(primary),
    verdict: 'Protected',
    reason: 'Replicating',
  },
  {
    title: 'no peer configured: what this site knows',
    here: east(primary),
    there: undefined,
    verdict: 'Protected',
    reason: 'ReplicatingNoPeer',
  },
  {
    title: 'a Validated=False that an earlier failure left behind means nothing after a success',
    here: site('east', {
      replications: [
        {
          ...vr(primary),
          status: {
            ...vr(primary).status,
            conditions: [
              ...(vr(primary).status?.conditions ?? []),
              {
                type: 'Validated',
                status: 'False',
                reason: 'PrerequisiteNotMet',
                message: 'failed to meet prerequisite',
                lastTransitionTime: '2026-11-20T10:00:00Z',
                observedGeneration: 1,
              },
            ],
          },
        },
      ],
    }),
    there: west(replica),
    verdict: 'Protected',
    reason: 'Replicating',
  },
  {
    title: 'a resync whose primary reports syncs again is a running replica',
    here: east(primary),
    there: west({ ...replica, autoResync: true }),
    verdict: 'Protected',
    reason: 'Replicating',
  },
  {
    title: 'a journal has no interval to be late for',
    here: east({ className: 'journal' }),
    there: west(replica),
    verdict: 'Protected',
    reason: 'Replicating',
  },
];

const imageNotFound: Case[] = [
  {
    title: 'a driver that does not find the image, at once and whatever was synced',
    here: east({ ...primary, sets: ['promoted', 'imageGone'] }),
    there: west(replica),
    verdict: 'Degraded',
    reason: 'ImageNotFound',
    level: 'error',
    message:
      /^the driver of east does not find the image of the volume, so that nothing is mirrored: .*image not found/,
  },
  {
    title: 'the same of a volume that was never synced',
    here: east({ sets: ['promoted', 'imageGone'], changed: 1, asked: 1 }),
    there: west(replica),
    verdict: 'Degraded',
    reason: 'ImageNotFound',
  },
  {
    title: 'NotFound of the last sync is no NotFound of the image',
    here: east({ ...primary, sets: ['promoted', 'noSyncTime'] }),
    there: west(replica),
    verdict: 'Protected',
    reason: 'Replicating',
  },
];

const moving: Case[] = [
  {
    title: 'a fresh primary that has not synced yet',
    here: east({ changed: 2, asked: 2 }),
    there: west(replica),
    verdict: 'Moving',
    reason: 'FirstSyncPending',
    level: 'info',
  },
  {
    title: 'a new object that no controller has seen yet',
    here: east({ hasStatus: false, asked: 1 }),
    there: west(),
    verdict: 'Moving',
    reason: 'WaitingForController',
  },
  {
    title: 'a planned move: the primary was asked to step down a moment ago',
    here: east({ ...primary, wants: 'secondary', generation: 2, observed: 1, asked: 0.1 }),
    there: west(replica),
    verdict: 'Moving',
    reason: 'WaitingForController',
  },
  {
    title: 'a planned move: both demoted, the last snapshot is on its way',
    here: east(demoted),
    there: west({ ...replica, changed: 1 }),
    verdict: 'Moving',
    reason: 'Demoted',
  },
  {
    title: 'a planned move: the other side was asked to become primary',
    here: east(inSync),
    there: west({ ...inSync, wants: 'primary', generation: 2, observed: 1, asked: 0.1 }),
    verdict: 'Moving',
    reason: 'WaitingForController',
  },
  {
    title: 'a planned move: the first promote fails while the demotion travels',
    here: east(inSync),
    there: west({ state: 'Secondary', sets: ['promoteRefused'], changed: 0.5 }),
    verdict: 'Moving',
    reason: 'Retrying',
  },
  {
    title: 'both sides fail: what passes by itself on one does not hide a primary that cannot be demoted',
    here: east({ wants: 'secondary', state: 'Secondary', sets: ['resyncFailed'], changed: 3 }),
    there: west({ wants: 'secondary', sets: ['demoteFailed'], changed: 3 }),
    verdict: 'Degraded',
    reason: 'AttemptFailing',
  },
  {
    title: 'the return: the old side discards its copy, and the primary has no sync to tell of yet',
    here: east({ ...replica, autoResync: true }),
    there: west({ changed: 2, asked: 2 }),
    verdict: 'Moving',
    reason: 'Resyncing',
  },
  {
    title:
      'a promote half a minute ago that nobody has followed yet: what is written now is on one site alone',
    here: east(fresh(0.5)),
    there: west(replica),
    verdict: 'Moving',
    reason: 'FirstSyncPending',
    message: /^not followed yet: 30s since east became primary, and what is written now is on it alone$/,
  },
  {
    title: 'the same where the last sync that is told of is one of before the promote',
    here: east(fresh(2, { synced: 3 })),
    there: west(replica),
    verdict: 'Moving',
    reason: 'FirstSyncPending',
    message: /^not followed yet: 2m since /,
  },
  {
    title: 'the same where dr-controller says so, whatever times tell',
    here: east(fresh(2, { synced: 1, sets: ['promoted', 'replicating', 'notFollowed'] })),
    there: west(replica),
    verdict: 'Moving',
    reason: 'FirstSyncPending',
  },
  {
    title: 'a promote that turned no condition: its age is that of the wish, not of an earlier one',
    here: east({ asked: 1, changed: 600 }),
    there: west(replica),
    verdict: 'Moving',
    reason: 'FirstSyncPending',
    message: /^not followed yet: 60s since /,
  },
  {
    title: 'a promote that was through long after it was asked for: its age is that of the conditions',
    here: east({ asked: 600, changed: 1 }),
    there: west(replica),
    verdict: 'Moving',
    reason: 'FirstSyncPending',
    message: /^not followed yet: 60s since /,
  },
  {
    title:
      'a replica without a snapshot a minute after the promote: a driver takes that long to show the first one',
    here: east(fresh(1)),
    there: west(failingReplica(noSnapshot, 1)),
    verdict: 'Moving',
    reason: 'Retrying',
  },
  {
    title: 'a replica without a snapshot for a moment, of a primary that was followed',
    here: east({ ...primary, sets: ['promoted', 'followed'] }),
    there: west(failingReplica(noSnapshot, 1)),
    verdict: 'Moving',
    reason: 'Retrying',
  },
  {
    title: 'the return: the passing errors of a forced resync',
    here: east({ ...replica, autoResync: true, sets: ['resyncFailed'], changed: 1 }),
    there: west(primary),
    verdict: 'Moving',
    reason: 'Retrying',
  },
];

const wrong: Case[] = [
  {
    title: 'a last sync of 11 minutes at an interval of 5',
    here: east({ synced: 11 }),
    there: west(replica),
    verdict: 'Lagging',
    reason: 'SyncLate',
    level: 'warning',
    next: /^kubectl --context east -n shop describe vr db-vr$/,
  },
  {
    title: 'a last sync of 15 minutes, three intervals, is an error',
    here: east({ synced: 15 }),
    there: west(replica),
    verdict: 'Lagging',
    reason: 'SyncLate',
    level: 'error',
  },
  {
    title: 'exactly two intervals are not late',
    here: east({ synced: 10 }),
    there: west(replica),
    verdict: 'Protected',
    reason: 'Replicating',
  },
  {
    title: 'a primary for an hour and never a sync',
    here: east({}),
    there: west(replica),
    verdict: 'Lagging',
    reason: 'NeverSynced',
    level: 'error',
  },
  {
    title: 'a primary for a quarter of an hour that no sync has followed since, though one of before is told',
    here: east(fresh(15, { synced: 16 })),
    there: west(replica),
    verdict: 'Lagging',
    reason: 'NeverSynced',
    level: 'error',
    message:
      /^east has been primary for 15m, and no sync since then is complete: the other site does not follow it$/,
  },
  ...['split-brain detected', 'image is in split brain', 'SplitBrain'].map(
    (words): Case => ({
      title: `a replica whose driver says "${words}": wrong at once, whatever the primary tells`,
      here: east(primary),
      there: west(failingReplica(words, 0.5)),
      verdict: 'SplitBrain',
      reason: 'DriverSplitBrain',
      level: 'error',
      next: /^kubectl dr resync db -n shop --context west$/,
      message:
        /^west does not follow east: .*; what was written on west alone is lost when its copy is made anew$/,
    }),
  ),
  {
    title:
      'a replica that was demoted with writes of its own: both hold what the other lacks, however well the primary looks',
    here: east({ asked: 60, synced: 20 }),
    there: west({ ...replica, left: ['no', 10] }),
    verdict: 'SplitBrain',
    reason: 'CopyApart',
    level: 'error',
    next: /^kubectl dr resync db -n shop --context west$/,
    message:
      /^west was demoted before east had followed it, and no sync has arrived there since: what was written on west alone is lost when its copy is resynced$/,
  },
  {
    title: 'a replica that was demoted with writes of its own, and follows again',
    here: east({ asked: 60, synced: 3 }),
    there: west({ ...replica, left: ['no', 10] }),
    verdict: 'Protected',
    reason: 'Replicating',
  },
  {
    title: 'a replica that was demoted after it had been followed',
    here: east({ asked: 60, synced: 3 }),
    there: west({ ...replica, left: ['yes', 10] }),
    verdict: 'Protected',
    reason: 'Replicating',
  },
  {
    title: 'a primary that was followed, and of which the driver tells no sync any more',
    here: east({ ...primary, lost: 1 }),
    there: west(replica),
    verdict: 'Moving',
    reason: 'NoLongerFollowed',
    next: /^kubectl --context west -n shop describe vr db-vr$/,
    message: /^not followed any more for 60s: what is written on east now is on it alone$/,
  },
  {
    title: 'a primary that has not been followed any more for longer than any daemon takes',
    here: east({ ...primary, lost: 6 }),
    there: west(replica),
    verdict: 'Degraded',
    reason: 'NoLongerFollowed',
  },
  {
    title: 'a replica without a snapshot three minutes after a promote that nobody has followed',
    here: east(fresh(3)),
    there: west(failingReplica(noSnapshot, 3)),
    verdict: 'SplitBrain',
    reason: 'NotFollowing',
    level: 'error',
    next: /^kubectl dr resync db -n shop --context west$/,
    message: /^west does not follow east, as after a split brain: /,
  },
  {
    title: 'the same seen from the replica',
    here: west(failingReplica(noSnapshot, 3)),
    there: east(fresh(3)),
    verdict: 'SplitBrain',
    reason: 'NotFollowing',
  },
  {
    title: 'the same where nobody can tell whether it was followed',
    here: east(fresh(3, { synced: 1, sets: ['promoted', 'followedUnknown'] })),
    there: west(failingReplica(noSnapshot, 3)),
    verdict: 'SplitBrain',
    reason: 'NotFollowing',
  },
  {
    title: 'a replica without a snapshot for an hour, of a primary that was followed once',
    here: east(primary),
    there: west(failingReplica(noSnapshot)),
    verdict: 'Degraded',
    reason: 'AttemptFailing',
  },
  {
    title: 'a replica that fails in other words after a promote that nobody has followed',
    here: east(fresh(7)),
    there: west(failingReplica('rbd-mirror is not running', 7)),
    verdict: 'Degraded',
    reason: 'AttemptFailing',
  },
  {
    title: 'words of a split brain without a primary are no split brain: nothing was written since',
    here: east(failingReplica('split-brain detected')),
    there: west(replica),
    verdict: 'Degraded',
    reason: 'AttemptFailing',
  },
  {
    title: 'a class without an interval never sends anything',
    here: east({ className: 'no-schedule' }),
    there: west(replica),
    verdict: 'Lagging',
    reason: 'NoSchedule',
    level: 'error',
    next: /^kubectl --context east get vrc no-schedule -o yaml$/,
  },
  {
    title: 'two primaries',
    here: east(primary),
    there: west({ changed: 5, asked: 5 }),
    verdict: 'SplitBrain',
    reason: 'TwoPrimaries',
    level: 'error',
    next: /describe pvc db$/,
  },
  {
    title: 'two primaries, one of which was asked to step down and has not',
    here: east({ ...primary, wants: 'secondary', generation: 2, observed: 1, asked: 0.1 }),
    there: west({ changed: 5 }),
    verdict: 'SplitBrain',
    reason: 'TwoPrimaries',
  },
  {
    title: 'a second site that is asked to become primary while the first is',
    here: east(primary),
    there: west({ state: 'Secondary', sets: ['promoteRefused'], changed: 1 }),
    verdict: 'Degraded',
    reason: 'TwoWantPrimary',
    next: /^kubectl dr demote db -n shop --context west$/,
  },
  {
    title: 'both demoted and in sync: nobody is primary',
    here: east(inSync),
    there: west(inSync),
    verdict: 'NoPrimary',
    reason: 'InSync',
    level: 'error',
    next: /^kubectl dr promote db -n shop --context east$/,
  },
  {
    title: 'both demoted, the last one before the other site had followed it',
    here: east({ ...inSync, left: ['yes', 20] }),
    there: west({ ...inSync, left: ['no', 10] }),
    verdict: 'NoPrimary',
    reason: 'LeftUnfollowed',
    next: /^kubectl dr promote db -n shop --context west$/,
  },
  {
    title:
      'both demoted, the first one with writes of its own: the copies differ, however equal the driver calls them',
    here: east({ ...inSync, left: ['yes', 10] }),
    there: west({ ...inSync, left: ['no', 20] }),
    verdict: 'NoPrimary',
    reason: 'LeftUnfollowed',
    next: /^kubectl dr promote db -n shop --context east$/,
    message:
      /^no site is primary: west was demoted before east had followed it, and east was primary after that: the copies differ: promote east again$/,
  },
  {
    title: 'both demoted, the last one without a note',
    here: east({ ...inSync, left: ['yes', 20] }),
    there: west({ ...inSync, left: ['unknown', 10] }),
    verdict: 'NoPrimary',
    reason: 'InSync',
    next: /^kubectl dr promote db -n shop --context west$/,
    message: /^no site is primary, and west has everything that was written: promote it$/,
  },
  {
    title: 'both demoted, and neither tells whether it had been followed',
    here: east({ ...inSync, left: ['unknown', 12] }),
    there: west({ ...inSync, left: ['unknown', 10] }),
    verdict: 'NoPrimary',
    reason: 'NotTold',
    next: /^kubectl dr promote db -n shop --context west$/,
  },
  {
    title: 'both demoted for an hour and not in sync',
    here: east({ ...demoted, changed: 60 }),
    there: west(replica),
    verdict: 'NoPrimary',
    reason: 'NotInSync',
  },
  {
    title: 'a demoted volume without an object on the other site: one side alone does not tell of two copies',
    here: east(inSync),
    there: west(),
    verdict: 'NoPrimary',
    reason: 'OneSided',
    message: /promote db -n shop --context east\. .*unprotect db -n shop --context east$/,
    next: /^kubectl --context east -n shop describe vr db-vr$/,
  },
  {
    title: 'a controller that has not acted for an hour',
    here: east({ ...primary, wants: 'secondary', generation: 2, observed: 1, asked: 60 }),
    there: west(replica),
    verdict: 'Degraded',
    reason: 'ControllerNotActing',
  },
  {
    title: 'a promote that has failed for an hour',
    here: east(inSync),
    there: west({ state: 'Secondary', sets: ['promoteFailed'], changed: 60 }),
    verdict: 'Degraded',
    reason: 'AttemptFailing',
  },
  {
    title: 'a primary that fails is wrong at once',
    here: east({ ...primary, sets: ['promoteFailed'], changed: 1 }),
    there: west(replica),
    verdict: 'Degraded',
    reason: 'AttemptFailing',
  },
  {
    title: 'a replica in split brain since the forced promote: its resync has failed for an hour',
    here: east({ ...replica, sets: ['resyncFailed'], changed: 60 }),
    there: west(primary),
    verdict: 'Degraded',
    reason: 'AttemptFailing',
  },
  {
    title: 'a primary whose driver says that it does not replicate',
    here: east({ ...primary, sets: ['promoted', 'notReplicating'] }),
    there: west(replica),
    verdict: 'Degraded',
    reason: 'NotReplicating',
  },
  {
    title: 'a state of Unknown that lasts',
    here: east({ state: 'Unknown', sets: [], asked: 60 }),
    there: west(replica),
    verdict: 'Degraded',
    reason: 'ChangeStuck',
  },
  {
    title: 'the object of the primary is being deleted: mirroring ends',
    here: east({ ...primary, deleting: 1 }),
    there: west(replica),
    verdict: 'Unprotected',
    reason: 'Deleting',
  },
  {
    title: 'the object of the replica is being deleted: the copy stays',
    here: east(primary),
    there: west({ ...replica, deleting: 1 }),
    verdict: 'Protected',
    reason: 'Replicating',
  },
  {
    title: 'the object of the replica hangs in deletion',
    here: east(primary),
    there: west({ ...replica, deleting: 60 }),
    verdict: 'Degraded',
    reason: 'DeletionStuck',
  },
  {
    title: 'two objects name one claim',
    here: site('east', { replications: [vr(primary), vr({ ...primary, name: 'second' })] }),
    there: west(replica),
    verdict: 'Degraded',
    reason: 'SeveralReplications',
  },
];

const sameClaim = { ...pvc('db'), metadata: { ...pvc('db').metadata, uid: 'uid-db' } };
const unknownCases: Case[] = [
  {
    title: 'one cluster under two addresses, which would look like two primaries',
    here: site('east', { replications: [vr(primary)], claims: known([sameClaim]) }),
    there: site('west', { replications: [vr(primary)], claims: known([sameClaim]) }),
    verdict: 'Unknown',
    reason: 'SameCluster',
    message: /^east and west are one cluster: claim shop\/db has the same uid on both/,
  },
  {
    title: 'the peer does not answer: it may be primary too',
    here: east(primary),
    there: darkSite('west'),
    verdict: 'Unknown',
    reason: 'SiteUnreadable',
    level: 'error',
    next: /^kubectl --context west get --raw=\/readyz$/,
  },
  {
    title: 'the peer does not let us in: that is no sign that it is lost',
    here: east(replica),
    there: {
      ...darkSite('west'),
      objects: { known: false, why: 'it answers: Unauthorized', isRefusal: true },
    },
    verdict: 'Unknown',
    reason: 'SiteRefuses',
    next: /^kubectl --context west auth whoami$/,
  },
  {
    title: 'the primary does not answer',
    here: darkSite('east'),
    there: west(replica),
    verdict: 'Unknown',
    reason: 'SiteUnreadable',
    next: /--context east/,
  },
  {
    title: 'a volume that may not be read: the sites share a row by name only',
    here: site('east', { replications: [vr(primary)], volumes: forbidden }),
    there: west(replica),
    verdict: 'Unknown',
    reason: 'IdentityUnknown',
  },
  {
    title: 'two primaries by name only may be two volumes',
    here: site('east', { replications: [vr(primary)], volumes: forbidden }),
    there: west(primary),
    verdict: 'Unknown',
    reason: 'IdentityUnknown',
  },
  {
    title: 'a replica, and no peer configured',
    here: west(replica),
    there: undefined,
    verdict: 'Unknown',
    reason: 'NoPeer',
  },
  {
    title: 'a class that may not be read: the interval is unknown',
    here: site('east', { replications: [vr(primary)], classes: unknown('forbidden') }),
    there: west(replica),
    verdict: 'Unknown',
    reason: 'ScheduleUnknown',
  },
  {
    title: 'a class without an interval: a sync there was cannot be judged',
    here: east({ ...primary, className: 'no-schedule' }),
    there: west(replica),
    verdict: 'Unknown',
    reason: 'ScheduleUnknown',
  },
];

describe.each([
  ['healthy', healthy],
  ['an image that is gone', imageNotFound],
  ['on its way', moving],
  ['wrong', wrong],
  ['unknown', unknownCases],
] as const)('the verdict of what is %s', (_, cases) => {
  it.each(cases)('$title: $verdict ($reason)', ({ here, there, verdict, reason, level, next, message }) => {
    const volumes = assess({ here, there, now });
    expect(volumes.map((volume) => volume.verdict)).toEqual([
      expect.objectContaining({
        name: verdict,
        reason,
        ...(level && { level }),
        ...(next && { next: expect.stringMatching(next) }),
        ...(message && { message: expect.stringMatching(message) }),
      }),
    ]);
  });
});

describe('the rows of two sites', () => {
  it('pairs by volume identity, whatever the claims are called', () => {
    const there = site('west', {
      replications: [vr({ ...replica, claim: 'db-restored' })],
      claims: known([pvc('db-restored', 'pv-1')]),
      volumes: known([pv('pv-1', 'handle-pv-db')]),
    });
    const [row, ...more] = assess({ here: east(primary), there, now });
    expect(more).toEqual([]);
    expect(row).toMatchObject({ claimName: 'db', matched: true, verdict: { name: 'Protected' } });
  });

  it('keeps two volumes apart whose claims have the same name', () => {
    const there = site('west', {
      replications: [vr(primary)],
      volumes: known([pv('pv-db', image('b'))]),
    });
    const rows = assess({ here: eastOf(image('a')), there, now });
    expect(rows.map(({ sides }) => sides.map(({ role }) => role.role))).toEqual([
      ['primary', 'none'],
      ['none', 'primary'],
    ]);
    expect(rows.map(({ verdict }) => [verdict.name, verdict.reason])).toEqual([
      ['Degraded', 'AnotherVolume'],
      ['Degraded', 'AnotherVolume'],
    ]);
    expect(rows[0]?.verdict.message).toContain('claim shop/db of west has another volume');
    expect(rows[1]?.verdict.message).toContain('claim shop/db of east has another volume');
  });

  it('tells of another volume under the name though nothing protects that one', () => {
    const there = site('west', { volumes: known([pv('pv-db', image('b'))]) });
    const rows = assess({ here: eastOf(image('a')), there, now });
    expect(rows.map(({ verdict }) => verdict.reason)).toEqual(['AnotherVolume']);
  });

  it('says nothing of a claim there that has the same volume and is not protected yet', () => {
    const there = site('west', { volumes: known([pv('pv-db', image('a'))]) });
    const rows = assess({ here: eastOf(image('a')), there, now });
    expect(rows.map(({ verdict }) => verdict.name)).toEqual(['Protected']);
  });

  it.each([
    ['under another pool id', image('a', '0000000000000003')],
    ['under another cluster id', `0001-0006-east-2-0000000000000002-${uuid('a')}`],
  ])('knows one image of ceph %s', (_, handle) => {
    const there = site('west', { replications: [vr(replica)], volumes: known([pv('pv-db', handle)]) });
    const rows = assess({ here: eastOf(image('a')), there, now });
    expect(rows.map(({ matched, verdict }) => [matched, verdict.name])).toEqual([[true, 'Protected']]);
  });

  it('shows two primaries of one image, whatever its handles', () => {
    const there = site('west', {
      replications: [vr(primary)],
      volumes: known([pv('pv-db', image('a', '0000000000000003'))]),
    });
    const rows = assess({ here: eastOf(image('a')), there, now });
    expect(rows.map(({ verdict }) => verdict.name)).toEqual(['SplitBrain']);
  });

  it('pairs by what the driver calls the copy on the other site', () => {
    const told = vr(primary);
    const here = site('east', {
      replications: [{ ...told, status: { ...told.status, destinationVolumeID: 'array-2/lun-7' } }],
      volumes: known([pv('pv-db', 'array-1/lun-3')]),
    });
    const there = site('west', {
      replications: [vr(replica)],
      volumes: known([pv('pv-db', 'array-2/lun-7')]),
    });
    const rows = assess({ here, there, now });
    expect(rows.map(({ matched, sides }) => [matched, sides.map(({ role }) => role.role)])).toEqual([
      [true, ['primary', 'secondary']],
    ]);
  });

  it('does not take handles for equal, nor for different, that nobody can compare', () => {
    const there = site('west', { replications: [vr(replica)], volumes: known([pv('pv-db', 'lun-7')]) });
    const rows = assess({ here: eastOf('lun-3'), there, now });
    expect(rows.map(({ matched, verdict }) => [matched, verdict.reason])).toEqual([
      [false, 'IdentityUnknown'],
    ]);
  });

  it('shows a claim that was asked for by name though nothing protects it', () => {
    const rows = assess({
      here: east(primary),
      there: west(replica),
      named: { namespace: 'shop', names: ['web'] },
      now,
    });
    expect(rows.map(({ claimName, verdict }) => [claimName, verdict.name])).toEqual([
      ['db', 'Protected'],
      ['web', 'Unprotected'],
    ]);
  });

  it('knows the lag from the primary alone', () => {
    const [row] = assess({ here: east(primary), there: west({ ...replica, synced: 300 }), now });
    expect(row?.lag).toMatchObject({ milliseconds: 180_000, intervals: 0.6 });
  });
});

describe('a group on which nobody has acted yet', () => {
  const labelled = (name: string, app: string) => ({
    ...pvc(name),
    metadata: { namespace: 'shop', name, labels: { app } },
  });
  const idle = { ...vgr([], { hasStatus: false, asked: 1 }) };
  const fresh = { metadata: idle.metadata, spec: idle.spec };

  it('shows the claims that its selector finds, and no others', () => {
    const here = site('east', {
      groups: [fresh],
      claims: known([labelled('db', 'db'), labelled('web', 'web')]),
    });
    const rows = assess({ here, there: west(), now });
    expect(rows.map(({ claimName, verdict }) => [claimName, verdict.name, verdict.reason])).toEqual([
      ['db', 'Moving', 'WaitingForController'],
    ]);
    expect(rows[0]?.sides[0]?.volume?.replication).toMatchObject({
      kind: 'VolumeGroupReplication',
      name: 'all',
    });
  });
});
