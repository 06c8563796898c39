import { describe, expect, test } from 'vitest';
import { selectVolumes, type WantedClaims } from '../../../core/backup/select-volumes.ts';
import { claim, group, replication, site, volume } from './site-objects.ts';

const objects = site({
  claims: [
    claim('db'),
    claim('web'),
    claim('free'),
    claim('pending', { phase: 'Pending', spec: { volumeName: '' } }),
    claim('lost', { phase: 'Lost' }),
    claim('gone'),
    claim('disk'),
    claim('member'),
  ],
  volumes: [
    volume('db'),
    volume('web'),
    volume('free'),
    volume('member'),
    volume('disk', { csi: undefined, hostPath: { path: '/disk' } }),
  ],
  replications: [replication('vr-db', { claimName: 'db' }), replication('web'), replication('orphan')],
  groups: [group('all', ['member'])],
});

const everything: WantedClaims = { namespace: 'shop', claims: [], replications: [], labelled: undefined };

const select = (wanted: Partial<WantedClaims>) => {
  const { volumes, missing } = selectVolumes(objects, { ...everything, ...wanted });
  return {
    volumes: volumes.map((chosen) => chosen.claim.metadata.name),
    missing: missing.map(({ kind, name, why }) => `${kind} ${name}: ${why}`),
  };
};

describe('which volumes a backup holds', () => {
  test.each([
    {
      what: 'without names, all that something protects',
      wanted: {},
      volumes: ['db', 'member', 'web'],
      missing: ['PersistentVolumeClaim orphan: it does not exist'],
    },
    {
      what: 'a name, protected or not',
      wanted: { claims: ['free', 'db'] },
      volumes: ['db', 'free'],
      missing: [],
    },
    { what: 'a name, given twice', wanted: { claims: ['db', 'db'] }, volumes: ['db'], missing: [] },
    { what: 'the claim of a replication', wanted: { replications: ['vr-db'] }, volumes: ['db'], missing: [] },
    { what: 'the claims of a group', wanted: { replications: ['all'] }, volumes: ['member'], missing: [] },
    {
      what: 'claims with the labels, protected or not',
      wanted: { labelled: new Set(['shop/free', 'shop/web']) },
      volumes: ['free', 'web'],
      missing: [],
    },
    { what: 'no claim with the labels', wanted: { labelled: new Set<string>() }, volumes: [], missing: [] },
    {
      what: 'names of nothing',
      wanted: { claims: ['nope'], replications: ['nope'] },
      volumes: [],
      missing: [
        'VolumeReplication nope: it does not exist, or replicates no claim',
        'PersistentVolumeClaim nope: it does not exist',
      ],
    },
    {
      what: 'claims that have no volume to be backed up',
      wanted: { claims: ['pending', 'lost', 'gone', 'disk'] },
      volumes: [],
      missing: [
        'PersistentVolumeClaim disk: its persistent volume pv-disk has no CSI source',
        'PersistentVolumeClaim gone: its persistent volume pv-gone does not exist',
        'PersistentVolumeClaim lost: it is not bound to a volume: its phase is Lost',
        'PersistentVolumeClaim pending: it is not bound to a volume: its phase is Pending',
      ],
    },
  ])('$what', ({ wanted, volumes, missing }) => {
    expect(select(wanted)).toEqual({ volumes, missing });
  });
});
