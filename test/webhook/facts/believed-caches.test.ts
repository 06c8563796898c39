import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import { ApiError } from '../../../kube/api-error.ts';
import type { CacheHealth } from '../../../kube/unreadable-cache.ts';
import {
  createSite,
  creating,
  deleting,
  now,
  pv,
  pvc,
  type SiteOptions,
  vr,
  withBoundClaim,
} from './site.ts';

type Health = NonNullable<SiteOptions['health']>;

const unsynced: CacheHealth = { hasSynced: () => false };
const silentFor = (ms: number): CacheHealth => ({ hasSynced: () => true, lastContact: () => now - ms });
const notServed: CacheHealth = {
  hasSynced: () => false,
  failure: () =>
    new ApiError({ httpStatus: 404, reason: 'ResourceNotServed', message: 'the server could not find it' }),
};

const withHealth = (health: Health) => withBoundClaim(createSite({ health }));

describe('a cache that cannot be believed makes unknown what is read from it', () => {
  const cases: [keyof Health, string[]][] = [
    ['claims', ['claim', 'elsewhere', 'volume', 'storageClass', 'rivals', 'sameVolume', 'attachedTo']],
    ['volumes', ['volume', 'sameVolume', 'attachedTo']],
    ['replications', ['rivals', 'sameVolume']],
    ['groups', ['rivals', 'sameVolume']],
    ['storageClasses', ['storageClass']],
    ['pods', ['pods']],
    ['attachments', ['attachedTo']],
    ['namespaces', []],
  ];
  test.each(cases)('%s', async (kind, expected) => {
    const member = await withHealth({ [kind]: unsynced }).member(creating(vr()));
    const unknowns = Object.entries(member).flatMap(([field, reading]) =>
      typeof reading === 'object' && 'known' in reading && !reading.known ? [field] : [],
    );
    expect(unknowns).toEqual(expected);
  });

  test('classes and namespaces', async () => {
    const health = { replicationClasses: unsynced, namespaces: unsynced };
    const facts = await withHealth(health).judged(creating(vr()));
    const passing = (why: string) => ({ ...unknown(why), isPassing: true });
    expect(facts.classes).toEqual(passing('the VolumeReplicationClasses are not listed yet'));
    expect(facts.namespaceTerminating).toEqual(passing('the namespaces are not listed yet'));
  });

  test('whether something is protected, before it is deleted', async () => {
    const facts = await withHealth({ replications: unsynced }).guard(deleting(pvc({ volume: 'pv-db' })));
    const why = unknown('the VolumeReplications are not listed yet');
    expect(facts).toMatchObject({ subject: 'claim', protectedBy: why });
    const site = withHealth({ replications: unsynced });
    expect(await site.guard(deleting(pv({ claim: 'shop/db' })))).toMatchObject({ protectedBy: why });
  });
});

describe('the reason is told', () => {
  const cases: [string, CacheHealth, string | undefined][] = [
    ['heard of a moment ago', silentFor(1_000), undefined],
    ['heard of three minutes ago', silentFor(180_000), undefined],
    ['not heard of for longer', silentFor(181_000), 'nothing was heard of the pods for 3m'],
    [
      'not heard of, and why',
      { ...silentFor(3_600_000), failure: () => new Error('connection refused') },
      'nothing was heard of the pods for 60m: connection refused',
    ],
    [
      'never listed, and why',
      { ...unsynced, failure: () => new Error('pods is forbidden') },
      'the pods are not listed yet: pods is forbidden',
    ],
    [
      'not served',
      notServed,
      'the pods are not listed yet: the API server does not know pods, is the CRD missing?',
    ],
  ];
  test.each(cases)('%s', async (_, health, why) => {
    const site = withHealth({ pods: health });
    expect((await site.member(creating(vr()))).pods).toEqual(why === undefined ? known([]) : unknown(why));
    expect(site.facts.notReady()).toEqual(why === undefined ? [] : [why]);
  });
});

test('where the API server does not know groups there are none', async () => {
  const site = withHealth({ groups: notServed, groupClasses: notServed });
  expect((await site.member(creating(vr()))).rivals).toEqual(known([]));
  expect(site.facts.notReady()).toEqual([]);
});

test('where it does not know VolumeReplications nobody can tell what is protected', async () => {
  const site = withHealth({ replications: notServed });
  expect((await site.member(creating(vr()))).rivals.known).toBe(false);
  expect(site.facts.notReady()).toHaveLength(1);
});
