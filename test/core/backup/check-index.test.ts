import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BackupIndex } from '../../../core/backup/backup-index.ts';
import { checkIndex } from '../../../core/backup/check-index.ts';
import { formatStreamHeader, parseStreamHeader } from '../../../core/backup/stream-header.ts';

const index: BackupIndex = {
  apiVersion: 'backup.kubectl-dr.dev/v1alpha1',
  kind: 'Backup',
  createdAt: '2026-11-25T14:53:07Z',
  createdBy: 'kubectl dr 0.1.0',
  source: { site: 'cluster-1', clusterUid: 'u', kubernetesVersion: 'v1.36.0' },
  missing: [{ kind: 'StorageClass', namespace: null, name: 'rbd', why: 'it does not exist' }],
  volumes: [
    {
      namespace: 'shop',
      persistentVolumeClaim: 'db',
      claimUid: 'u1',
      persistentVolume: 'pv-db',
      driver: 'rbd.csi.ceph.com',
      volumeHandle: 'h',
      destinationVolumeHandle: null,
      storageClass: 'rbd',
      replication: { kind: 'VolumeReplication', name: 'db', class: 'fast', state: 'Primary' },
      lastSyncTime: '2026-11-25T14:00:00Z',
    },
  ],
  files: [
    {
      path: '50-persistentvolumeclaims/shop/db.yaml',
      sha256: 'a'.repeat(64),
      bytes: 7,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace: 'shop',
      name: 'db',
    },
  ],
};

const [file] = index.files;
const [volume] = index.volumes;
const broken = (change: object) => {
  const reading = checkIndex({ ...index, ...change });
  return reading.known ? 'it was understood' : reading.why;
};

describe('an index that nobody vouches for', () => {
  test('is understood as it was written, and fields that are not ours are left out', () => {
    expect(checkIndex(structuredClone(index))).toEqual({ known: true, value: index });
    expect(checkIndex({ ...index, later: true })).toEqual({ known: true, value: index });
  });

  test('null stands for what is not there', () => {
    const { replication: _, lastSyncTime: __, destinationVolumeHandle: ___, ...bare } = volume!;
    expect(checkIndex({ ...index, volumes: [bare] })).toMatchObject({
      known: true,
      value: { volumes: [{ replication: null, lastSyncTime: null, destinationVolumeHandle: null }] },
    });
  });

  test.each([
    ['another version', { apiVersion: 'backup.kubectl-dr.dev/v2' }, /^it is no Backup of/],
    ['another kind', { kind: 'Restore' }, /^it is no Backup of/],
    ['no time', { createdAt: 'soon' }, '"createdAt" is no time'],
    ['no source', { source: null }, 'source has no fields'],
    ['no files', { files: {} }, 'it has no list "files"'],
    [
      'a path that leads out',
      { files: [{ ...file, path: '../x' }] },
      /^the path of files\[0\] cannot be followed/,
    ],
    ['an absolute path', { files: [{ ...file, path: '/etc/passwd' }] }, /^the path of files\[0\]/],
    ['a path twice', { files: [file, file] }, '"50-persistentvolumeclaims/shop/db.yaml" is listed twice'],
    [
      'a short digest',
      { files: [{ ...file, sha256: 'aa' }] },
      'files[0] has no SHA-256 of 64 lower-case digits',
    ],
    ['a size that is no number', { files: [{ ...file, bytes: -1 }] }, 'files[0] has no number "bytes"'],
    [
      'a volume without a handle',
      { volumes: [{ ...volume, volumeHandle: 7 }] },
      'volumes[0] has no text "volumeHandle"',
    ],
    [
      'a replication of no known kind',
      { volumes: [{ ...volume, replication: { kind: 'Pod', name: 'x', state: '' } }] },
      'volumes[0].replication is of kind "Pod", which replicates nothing',
    ],
  ])('is refused with %s', (_, change, why) => {
    expect(broken(change)).toMatch(why);
  });

  test('whatever one of its fields is, it is understood or refused', () => {
    const fields = fc.constantFrom(...Object.keys(index));
    fc.assert(
      fc.property(fields, fc.anything(), (field, value) => {
        expect(checkIndex({ ...index, [field]: value })).toHaveProperty('known');
        expect(checkIndex(value)).toHaveProperty('known');
      }),
    );
  });
});

describe('the first line of a stream', () => {
  test('tells what the index would, on one line, whatever the names hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (site) => {
        const {
          files: _,
          apiVersion: __,
          kind: ___,
          ...head
        } = { ...index, source: { ...index.source, site } };
        const line = formatStreamHeader(head);
        expect(line).toMatch(/^# kubectl-dr\.dev\/backup: \{[^\n\r\u0085\u2028\u2029]*\}$/);
        expect(parseStreamHeader(`${line}\n---\napiVersion: v1\n`)).toMatchObject(head);
      }),
    );
  });

  test.each([
    '',
    'apiVersion: v1',
    '# kubectl-dr.dev/backup: {',
    '# kubectl-dr.dev/backup: {"source":{}}',
    'x\n# kubectl-dr.dev/backup: {}',
  ])('is none of ours: %j', (text) => {
    expect(parseStreamHeader(text)).toBeUndefined();
  });
});
