import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import { replicationOfVolume } from '../../../core/status/replication.ts';
import { type Progress, type Role, readRole } from '../../../core/status/role.ts';
import { now, type VrSketch, vr } from './objects.ts';

type Case = { title: string; given: VrSketch; role: Role; progress: Progress };

const secondary = { wants: 'secondary', state: 'Secondary' } as const;

const cases: Case[] = [
  { title: 'a promoted volume is primary', given: {}, role: 'primary', progress: 'settled' },
  {
    title: 'a primary whose replication status is unknown stays primary',
    given: { sets: ['promoted', 'replicationUnknown'] },
    role: 'primary',
    progress: 'settled',
  },
  {
    title: 'a running replica reads Degraded=True and Resyncing=True and is a settled secondary',
    given: { ...secondary, sets: ['resyncing'] },
    role: 'secondary',
    progress: 'settled',
  },
  {
    title: 'a volume that was just demoted is secondary',
    given: { ...secondary, sets: ['demoted'] },
    role: 'secondary',
    progress: 'settled',
  },
  {
    title: 'an object that no controller has touched tells nothing',
    given: { hasStatus: false },
    role: 'unknown',
    progress: 'ignored',
  },
  {
    title: 'a primary that was asked to step down counts as primary until the controller has acted',
    given: { wants: 'secondary', generation: 2, observed: 1 },
    role: 'primary',
    progress: 'ignored',
  },
  {
    title: 'a replica that was asked to become primary may be one by now: unknown',
    given: { wants: 'primary', state: 'Secondary', sets: ['inSync'], generation: 2, observed: 1 },
    role: 'unknown',
    progress: 'ignored',
  },
  {
    title: 'a change of another field leaves a primary primary',
    given: { generation: 3, observed: 2 },
    role: 'primary',
    progress: 'ignored',
  },
  {
    title: 'a status without observedGeneration is taken for an old one',
    given: { wants: 'secondary', state: 'Secondary', sets: ['demoted'], observed: undefined },
    role: 'secondary',
    progress: 'ignored',
  },
  {
    title: 'a promote that failed with Internal may have happened: unknown',
    given: { state: 'Secondary', sets: ['promoteFailed'] },
    role: 'unknown',
    progress: 'failing',
  },
  {
    title: 'a promote that was refused leaves the replica a replica',
    given: { state: 'Secondary', sets: ['promoteRefused'] },
    role: 'secondary',
    progress: 'failing',
  },
  {
    title: 'a promote that a rule refused was never made, so the replica is one',
    given: { state: 'Secondary', sets: ['refusedByRule'] },
    role: 'secondary',
    progress: 'failing',
  },
  {
    title: 'a promote that a rule refused after one of unclear outcome leaves the role unknown',
    given: { state: 'Unknown', sets: ['refusedByRule'] },
    role: 'unknown',
    progress: 'failing',
  },
  {
    title: 'a first promote that fails leaves the role unknown',
    given: { state: 'Unknown', sets: ['promoteFailed'] },
    role: 'unknown',
    progress: 'failing',
  },
  {
    title: 'a first promote of a volume that the driver does not find makes it no side',
    given: { state: 'Unknown', sets: ['volumeNotFound'] },
    role: 'none',
    progress: 'failing',
  },
  {
    title: 'a replica whose volume is not found any more may have been promoted: unknown',
    given: { state: 'Secondary', sets: ['volumeNotFound'] },
    role: 'unknown',
    progress: 'failing',
  },
  {
    title: 'a primary whose volume is not found any more stays primary',
    given: { sets: ['volumeNotFound'] },
    role: 'primary',
    progress: 'failing',
  },
  {
    title: 'a demote that fails leaves the primary primary',
    given: { wants: 'secondary', sets: ['demoteFailed'] },
    role: 'primary',
    progress: 'failing',
  },
  {
    title: 'a forced resync that runs is resyncing',
    given: { ...secondary, autoResync: true, sets: ['resyncing'] },
    role: 'resyncing',
    progress: 'changing',
  },
  {
    title: 'a forced resync on its way through its passing errors is resyncing',
    given: { ...secondary, autoResync: true, sets: ['resyncFailed'] },
    role: 'resyncing',
    progress: 'failing',
  },
  {
    title: 'a resync that runs is no primary, though state still says so',
    given: { wants: 'resync', state: 'Primary', sets: ['resyncing'] },
    role: 'resyncing',
    progress: 'changing',
  },
  {
    title: 'a resync that is refused because the image is primary leaves it primary',
    given: { wants: 'resync', state: 'Primary', sets: ['resyncFailed'] },
    role: 'primary',
    progress: 'failing',
  },
  {
    title: 'a resync that is done is a secondary',
    given: { wants: 'resync', state: 'Secondary', sets: ['inSync'] },
    role: 'secondary',
    progress: 'settled',
  },
  {
    title: 'a state that nobody has heard of is unknown',
    given: { state: 'Sideways', sets: [] },
    role: 'unknown',
    progress: 'changing',
  },
];

describe('the role of one site', () => {
  it.each(cases)('$title', ({ given, role, progress }) => {
    expect(readRole(known(replicationOfVolume(vr(given))))).toMatchObject({ role, progress });
  });

  it('is none where a site was read and nothing replicates the volume there', () => {
    expect(readRole(known(undefined))).toMatchObject({ role: 'none', progress: 'settled' });
  });

  it('is unknown, with the reason, where the site could not be read', () => {
    expect(readRole(unknown('connection refused'))).toMatchObject({
      role: 'unknown',
      why: 'connection refused',
    });
  });

  it('is in sync only when the secondary is no longer degraded', () => {
    const readings = (['resyncing', 'demoted', 'inSync'] as const).map(
      (set) => readRole(known(replicationOfVolume(vr({ ...secondary, sets: [set] })))).inSync,
    );
    expect(readings).toEqual([false, false, true]);
  });

  it.each<[string, VrSketch, number]>([
    ['the moment at which its conditions turned', { asked: 60, changed: 5 }, 5],
    [
      'the moment at which it was asked for, where a promote turned no condition',
      { asked: 2, changed: 600 },
      2,
    ],
  ])('is primary since %s', (_, given, minutes) => {
    expect(readRole(known(replicationOfVolume(vr(given)))).since).toBe(now - minutes * 60_000);
  });

  it('ignores conditions of an older generation that a newer set left behind', () => {
    const object = vr({ wants: 'secondary', state: 'Secondary', sets: ['inSync'], generation: 4 });
    const degraded = object.status?.conditions?.find(({ type }) => type === 'Degraded');
    Object.assign(degraded ?? {}, { observedGeneration: 3 });
    expect(readRole(known(replicationOfVolume(object))).inSync).toBe(false);
  });
});
