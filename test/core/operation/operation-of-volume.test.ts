import { describe, expect, it } from 'vitest';
import { findOperations, type VolumeNames } from '../../../core/operation/operation-of-volume.ts';
import { mergeRecords } from '../../../core/operation/read-record.ts';
import { on, record } from './records.ts';

const identity = (volumeHandle: string) => ({ driver: 'rbd.csi.ceph.com', volumeHandle });
const volume = (name: string, handle?: string) => ({
  persistentVolumeClaim: name,
  ...(handle !== undefined && identity(handle)),
});
const asked = (claim: string, handle?: string, namespace = 'shop'): VolumeNames => ({
  identity: handle === undefined ? undefined : identity(handle),
  claims: [{ namespace, claimName: claim }],
});

const find = findOperations(
  mergeRecords([
    on(
      'east',
      record({
        name: 'old',
        createdAt: '2026-11-19T00:00:00Z',
        spec: { volumes: [volume('db', 'h1'), volume('web')] },
      }),
      record({ name: 'new', createdAt: '2026-11-20T00:00:00Z', spec: { volumes: [volume('db', 'h1')] } }),
      record({ name: 'other', createdAt: '2026-11-21T00:00:00Z', spec: { volumes: [volume('db', 'h2')] } }),
    ),
  ]),
);

describe('the last operation on a volume', () => {
  it.each([
    { title: 'is the newest that has its identity', asked: asked('db', 'h1'), found: 'new' },
    {
      title: 'is found by identity whatever the claim is called',
      asked: asked('db-2', 'h1', 'x'),
      found: 'new',
    },
    {
      title: 'is found by name where the volume does not tell its identity',
      asked: asked('db'),
      found: 'other',
    },
    { title: 'is found by name where the record does not tell one', asked: asked('web', 'h9'), found: 'old' },
    { title: 'is none where another volume had the name', asked: asked('db', 'h9'), found: undefined },
    { title: 'is none in another namespace', asked: asked('web', undefined, 'x'), found: undefined },
  ])('$title', ({ asked: volumeNames, found }) => {
    expect(find(volumeNames)[0]?.operation.name).toBe(found);
  });

  it('comes with the namespace of its record', () => {
    expect(find(asked('db-2', 'h1', 'x'))[0]?.namespace).toBe('shop');
  });

  it('comes before the earlier ones, each once', () => {
    const both = { ...asked('db', 'h1'), claims: [...asked('db').claims, ...asked('db').claims] };
    expect(find(both).map(({ operation }) => operation.name)).toEqual(['new', 'old']);
    expect(find(asked('db')).map(({ operation }) => operation.name)).toEqual(['other', 'new', 'old']);
  });
});
