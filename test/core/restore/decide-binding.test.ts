import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { decideBinding } from '../../../core/restore/decide-binding.ts';
import { boundPv, boundPvc, pv, pvc, wantedVolume } from './objects.ts';

const available = { ...pv(), status: { phase: 'Available' } };
const pending = { ...pvc('db', {}, { uid: 'uid-db' }), status: { phase: 'Pending' } };

test.each<[string, PersistentVolume | undefined, PersistentVolumeClaim | undefined, string, RegExp]>([
  ['claim and PV name each other', boundPv(), boundPvc(), 'bound', /^$/],
  ['the PV is only reserved yet', available, pending, 'waiting', /it is Pending, and PV pv-db is Available/],
  ['the claim says Bound before the PV does', available, boundPvc(), 'waiting', /it is Bound/],
  ['the PV says Bound before the claim does', boundPv(), pending, 'waiting', /PV pv-db is Bound/],
  [
    'a stranger has the PV',
    boundPv('db', { claimRef: { namespace: 'x', name: 'thief', uid: 'u' } }),
    pending,
    'failed',
    /PV pv-db was taken by claim x\/thief/,
  ],
  [
    'an older claim of that name has the PV',
    boundPv('db', { claimRef: { namespace: 'shop', name: 'db', uid: 'old' } }),
    pending,
    'failed',
    /a claim shop\/db that is gone/,
  ],
  [
    'the claim went elsewhere',
    available,
    boundPvc('db', { volumeName: 'pv-new' }),
    'failed',
    /it went to PV pv-new/,
  ],
  [
    'the PV is another volume now',
    boundPv('db', { csi: { driver: 'd', volumeHandle: 'h' } }),
    boundPvc(),
    'failed',
    /is now d\/h, which is another volume/,
  ],
  ['the claim is lost', available, { ...pvc(), status: { phase: 'Lost' } }, 'failed', /it ended Lost/],
  [
    'the PV was released',
    { ...pv(), status: { phase: 'Released' } },
    pending,
    'failed',
    /PV pv-db is Released/,
  ],
  [
    'the claim is being deleted',
    available,
    pvc('db', {}, { deletionTimestamp: 'now' }),
    'failed',
    /it is being deleted/,
  ],
  ['the claim is gone', available, undefined, 'failed', /it is gone/],
  ['the PV is gone', undefined, pending, 'failed', /PV pv-db is gone/],
])('%s', (_, volume, claim, state, why) => {
  const binding = decideBinding({ wanted: wantedVolume(), volume, claim });
  expect(binding.state).toBe(state);
  expect('why' in binding ? binding.why : '').toMatch(why);
});
