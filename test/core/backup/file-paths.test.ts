import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backupName } from '../../../core/backup/backup-name.ts';
import { filePaths, inFolderOrder } from '../../../core/backup/file-paths.ts';
import { pathFault } from '../../../core/backup/path-fault.ts';

const object = (kind: string, name: string, namespace?: string) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});

describe('where an object goes', () => {
  test.each([
    ['Namespace', undefined, '10-namespaces/x.yaml'],
    ['StorageClass', undefined, '20-storageclasses/x.yaml'],
    ['VolumeReplicationClass', undefined, '30-volumereplicationclasses/x.yaml'],
    ['PersistentVolume', undefined, '40-persistentvolumes/x.yaml'],
    ['PersistentVolumeClaim', 'shop', '50-persistentvolumeclaims/shop/x.yaml'],
    ['Secret', 'shop', '60-secrets/shop/x.yaml'],
    ['StatefulSet', 'shop', '80-workloads/shop/statefulset.x.yaml'],
    ['VolumeReplication', 'shop', '70-volumereplications/shop/x.yaml'],
  ])('%s', (kind, namespace, path) => {
    expect(filePaths([object(kind, 'x', namespace)])).toEqual([path]);
  });

  test('objects are in the order in which kubectl walks their files', () => {
    const kinds = [
      'VolumeReplication',
      'Deployment',
      'PersistentVolumeClaim',
      'Namespace',
      'PersistentVolume',
    ];
    const sorted = inFolderOrder(kinds.map((kind) => object(kind, 'x')));
    const paths = filePaths(sorted);
    expect(paths).toEqual(paths.toSorted());
    expect(sorted.map(({ kind }) => kind)).toEqual([
      'Namespace',
      'PersistentVolume',
      'PersistentVolumeClaim',
      'VolumeReplication',
      'Deployment',
    ]);
  });

  test('whatever objects are called, each has a path of its own that leads nowhere else', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom(
        '..',
        '.',
        '',
        '/',
        '../../etc/passwd',
        '.hidden',
        'A',
        'a',
        'a\0b',
        '\\',
        'con',
        '\ud800',
      ),
    );
    const objects = fc.array(
      fc.tuple(fc.constantFrom('Namespace', 'PersistentVolumeClaim', 'Strange/Kind'), names, names),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(objects, (all) => {
        const paths = filePaths(all.map(([kind, name, namespace]) => object(kind, name, namespace)));
        expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
        for (const path of paths) {
          expect(pathFault(path)).toBeUndefined();
          expect(path.split('/').every((segment) => segment.length <= 255)).toBe(true);
        }
      }),
    );
  });
});

describe('what a backup is called', () => {
  const time = Date.UTC(2026, 10, 25, 14, 53, 7);

  test.each([
    ['cluster-1', 1, '20261125T145307Z-cluster-1'],
    ['cluster-1', 3, '20261125T145307Z-cluster-1-3'],
    ['admin@https://a.example.com:6443', 1, '20261125T145307Z-admin%40https%3A%2F%2Fa.example.com%3A6443'],
    ['..', 1, '20261125T145307Z-%2E.'],
  ])('of site %s, attempt %i', (site, attempt, name) => {
    expect(backupName(time, site, attempt)).toBe(name);
  });
});

describe('a path of an index', () => {
  test.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a//b',
    'a/',
    './a',
    '.hidden/x',
    'a\\b',
    'a\0b',
    'a\nb',
  ])('cannot be %j', (path) => {
    expect(pathFault(path)).toBeTypeOf('string');
  });

  test.each(['originals.jsonl', '10-namespaces/shop.yaml', 'a/b/%2E./c'])('can be %j', (path) => {
    expect(pathFault(path)).toBeUndefined();
  });
});
