import { describe, expect, test } from 'vitest';
import { claimsLeftTo } from '../../../core/backup/claims-left-to.ts';

type Index = Parameters<typeof claimsLeftTo>[0];

const volume = (name: string, isProtected = true): Index['volumes'][number] => ({
  namespace: 'shop',
  persistentVolumeClaim: name,
  claimUid: null,
  persistentVolume: `pv-${name}`,
  driver: 'rbd.csi.ceph.com',
  volumeHandle: name,
  storageClass: null,
  replication: isProtected ? { kind: 'VolumeReplication', name, class: 'every-5m', state: 'Primary' } : null,
  lastSyncTime: null,
});

const backup = (names: readonly string[], more: Partial<Index> = {}): Index => ({
  source: { site: 'east', clusterUid: 'u', kubernetesVersion: null },
  volumes: names.map((name) => volume(name)),
  ...more,
});

describe('of an older backup', () => {
  test.each<[string, Index, readonly Index[], readonly string[]]>([
    ['everything counts where there is no newer one', backup(['a']), [], ['a']],
    ['what a newer one has does not count', backup(['a', 'b']), [backup(['a'])], ['b']],
    ['what any newer one has does not count', backup(['a', 'b']), [backup(['a']), backup(['b'])], []],
    ['what one of everything does not have is gone', backup(['a']), [backup([], { everythingOf: '*' })], []],
    [
      'what one of its namespace does not have is gone',
      backup(['a']),
      [backup([], { everythingOf: 'shop' })],
      [],
    ],
    [
      'what one of another namespace does not have counts',
      backup(['a']),
      [backup([], { everythingOf: 'hr' })],
      ['a'],
    ],
    [
      'what nothing protected was never part of everything',
      backup([], { volumes: [volume('a', false)] }),
      [backup([], { everythingOf: '*' })],
      ['a'],
    ],
  ])('%s', (_, older, newer, expected) => {
    expect(claimsLeftTo(older, newer).map(({ name }) => name)).toEqual(expected);
  });
});
