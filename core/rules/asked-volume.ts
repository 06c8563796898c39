import type { PersistentVolume, VolumeIdentity } from '../model/persistent-volume.ts';
import { volumeIdentityText } from '../model/persistent-volume.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import { newReplication } from '../step/new-replication.ts';

/**
 * On a VolumeReplication that is only asked about (dry run): the volume that its claim is going to have once it is restored, as
 * `driver/handle`. DR103 refuses every such request, so that nothing is ever stored by it.
 */
export const askedVolumeAnnotation = 'kubectl-dr.dev/asked-volume';

/** What the claim and the VolumeReplication of a question are called: no claim of a person has that name. */
export const askedName = 'kubectl-dr-asks-guard';

/** The question whether the guard would let a volume become primary in a namespace, before there is a claim for it. */
export const questionOfPromote = (namespace: string, identity: VolumeIdentity): VolumeReplication => {
  const question = newReplication({ namespace, name: askedName }, { name: askedName, className: askedName });
  return {
    ...question,
    metadata: {
      ...question.metadata,
      annotations: { [askedVolumeAnnotation]: volumeIdentityText(identity) },
    },
  };
};

/** The PV that a question stands for; undefined where none is asked about. Driver names hold no slash. */
export const volumeAskedAbout = (
  annotations: Readonly<Record<string, string>> | undefined,
): PersistentVolume | undefined => {
  const text = annotations?.[askedVolumeAnnotation] ?? '';
  const at = text.indexOf('/');
  if (at < 1 || at === text.length - 1) return undefined;
  return { metadata: {}, spec: { csi: { driver: text.slice(0, at), volumeHandle: text.slice(at + 1) } } };
};
