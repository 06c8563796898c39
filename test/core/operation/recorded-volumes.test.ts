import { describe, expect, it } from 'vitest';
import { recordedVolumes, roomForVolumes } from '../../../core/operation/recorded-volumes.ts';

const volumes = (count: number, name = 'data') =>
  Array.from({ length: count }, (_, index) => ({
    persistentVolumeClaim: `${name}-${index}`,
    driver: 'rook-ceph.rbd.csi.ceph.com',
    volumeHandle: `0001-0009-rook-ceph-0000000000000002-${String(index).padStart(36, '0')}`,
  }));
const bytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
const etcdLimit = 1.5 * 1024 * 1024;

describe('the volumes of a record', () => {
  it.each([
    { count: 1, withIdentity: true },
    { count: 4_000, withIdentity: true },
    { count: 8_000, withIdentity: false },
    { count: 10_000, withIdentity: false },
  ])('$count, with their identities: $withIdentity', ({ count, withIdentity }) => {
    const asked = volumes(count);
    const told = recordedVolumes(asked);
    expect(told.map((it) => it.persistentVolumeClaim)).toEqual(asked.map((it) => it.persistentVolumeClaim));
    expect(told.every((it) => it.volumeHandle !== undefined && it.driver !== undefined)).toBe(withIdentity);
    expect(told.some((it) => it.volumeHandle !== undefined || it.driver !== undefined)).toBe(withIdentity);
    expect(bytes(told)).toBeLessThanOrEqual(roomForVolumes);
  });

  it('10,000 leave room for as many workloads', () => {
    const workloads = volumes(10_000).map((_, index) => ({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      name: `data-${index}`,
      site: 'cluster-1',
      replicas: 1,
    }));
    expect(bytes(recordedVolumes(volumes(10_000))) + bytes(workloads)).toBeLessThan(etcdLimit);
  });

  it('10,000 with names of 63 letters fit as well', () => {
    expect(bytes(recordedVolumes(volumes(10_000, 'd'.repeat(58))))).toBeLessThan(etcdLimit);
  });

  it('count as bytes, not as letters', () => {
    const [volume] = volumes(1);
    const foreign = { persistentVolumeClaim: 'data', driver: 'd', volumeHandle: 'ü'.repeat(30) };
    expect(recordedVolumes([volume!], bytes([volume]))).toEqual([volume]);
    expect(recordedVolumes([foreign], JSON.stringify([foreign]).length)).toEqual([
      { persistentVolumeClaim: 'data' },
    ]);
  });
});
