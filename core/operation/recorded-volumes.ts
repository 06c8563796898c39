import type { OperationVolume } from './operation-record.ts';

/**
 * How many bytes the volumes of one record may take. etcd takes 1.5 MiB for an object, and the workloads of the same namespace, of which
 * there may be as many, need the rest.
 */
export const roomForVolumes = 768 * 1024;

const sizeOf = (volumes: readonly OperationVolume[]): number =>
  new TextEncoder().encode(JSON.stringify(volumes)).length;

/**
 * The volumes as they are written down: with driver and handle, unless there are so many that the record would become too large. Then they are
 * told by their claims alone, all of them: a claim of the record's namespace is found again by its name.
 */
export const recordedVolumes = (
  volumes: readonly OperationVolume[],
  room: number = roomForVolumes,
): readonly OperationVolume[] =>
  sizeOf(volumes) <= room ? volumes : volumes.map(({ persistentVolumeClaim }) => ({ persistentVolumeClaim }));
