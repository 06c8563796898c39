import type { PersistentVolume } from '../model/persistent-volume.ts';
import type { ClaimKey } from '../protection/claims-of-volume.ts';
import { binderAnnotations } from '../rules/repair/binder-annotations.ts';

/**
 * How a PV waits for its claim. `reserve`: for the claim of that name alone. `remove`: for whoever comes first; a stranger's claim of
 * the same class took such a PV (recorded from kube-apiserver 1.36).
 */
export type ClaimRefMode = 'reserve' | 'remove';

const without = (annotations: Readonly<Record<string, string>> | undefined, name: string) =>
  annotations && Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== name));

/** The PV as it waits on the target: open or reserved, and kept whatever happens to its claim. */
export const offerVolume = (
  { spec, metadata, ...volume }: PersistentVolume,
  { namespace, name }: ClaimKey,
  mode: ClaimRefMode,
): PersistentVolume => {
  const { claimRef: _, ...rest } = spec ?? {};
  const annotations = without(metadata.annotations, binderAnnotations.boundByController);
  return {
    ...volume,
    metadata: { ...metadata, ...(annotations && { annotations }) },
    spec: {
      ...rest,
      ...(mode === 'reserve' && {
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name },
      }),
      persistentVolumeReclaimPolicy: 'Retain',
    },
  };
};
