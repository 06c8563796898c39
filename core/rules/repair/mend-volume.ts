import type {
  ClaimReference,
  PersistentVolume,
  PersistentVolumeClaim,
} from '../../model/persistent-volume.ts';
import type { Reading } from '../../model/reading.ts';
import { kubectl, shellWord } from '../guard/commands.ts';
import { oneLine } from '../one-line.ts';
import type { PatchOperation, Repair, RepairFacts } from '../repair-facts.ts';
import { binderAnnotations, claimRefAnnotation } from './binder-annotations.ts';
import { removeAnnotations, removeMember } from './remove-member.ts';
import { shownName } from './shown-name.ts';

type VolumeRepairFacts = Extract<RepairFacts, { subject: 'volume' }>;

const nothing: Repair = { patch: [], done: [] };

/** The members of a claimRef that name a claim on whatever cluster. */
const reservation = ['namespace', 'name'];

/**
 * A claimRef whose uid is the uid of no claim here came from another cluster: its volume ends `Released` and binds to
 * nothing (recorded from kube-apiserver 1.36). Without a uid it is a reservation, which the binder completes itself,
 * whatever resourceVersion it carries. Where the claim is unknown, the volume may be bound: it counts as not foreign.
 */
const foreignClaimRef = (
  claimRef: ClaimReference | undefined,
  claim: Reading<PersistentVolumeClaim | undefined>,
): ClaimReference | undefined => {
  if (!claimRef?.uid || !claim.known) return undefined;
  return claim.value?.metadata.uid === claimRef.uid ? undefined : claimRef;
};

const getVolume = (name: string): string => `kubectl get pv ${shellWord(name)}`;

type Mended = { readonly patch: readonly PatchOperation[]; readonly message: string };

/** DR201: removed whole, or, where the annotation asks for it, all but the name and namespace of the claim. */
const mendClaimRef = ({ metadata }: PersistentVolume, claimRef: ClaimReference): Mended => {
  const namespace = oneLine(claimRef.namespace ?? '');
  const name = oneLine(claimRef.name ?? '');
  const pv = shownName(metadata);
  if (namespace === '' || name === '') {
    return {
      patch: [removeMember('spec', 'claimRef')],
      message: `PV ${pv} arrived with the claimRef of another cluster; it was removed. See it: ${getVolume(pv)}`,
    };
  }
  const fact = `PV ${pv} arrived bound to claim ${namespace}/${name} of another cluster`;
  if (metadata.annotations?.[claimRefAnnotation] === 'reserve') {
    const foreign = Object.keys(claimRef).filter((member) => !reservation.includes(member));
    return {
      patch: foreign.map((member) => removeMember('spec', 'claimRef', member)),
      message: `${fact}; it is now reserved for the claim of that name here: ${kubectl({ namespace }, `get pvc ${shellWord(name)}`)}`,
    };
  }
  const reserved = JSON.stringify({ spec: { claimRef: { namespace, name } } });
  return {
    patch: [removeMember('spec', 'claimRef')],
    message: `${fact}; its claimRef was removed, and any claim that fits can take it. Reserve it: kubectl patch pv ${shellWord(pv)} --type=merge -p ${shellWord(reserved)}`,
  };
};

const setRetain = (policy: string | undefined): PatchOperation => ({
  op: policy === undefined ? 'add' : 'replace',
  path: '/spec/persistentVolumeReclaimPolicy',
  value: 'Retain',
});

/** DR202: what would let the binder, or the end of its claim, take the volume away. */
const mendKeeping = ({ metadata, spec }: PersistentVolume): Mended | undefined => {
  const annotation = removeAnnotations(metadata.annotations, [binderAnnotations.boundByController]);
  const policy = spec?.persistentVolumeReclaimPolicy;
  const isKept = policy === 'Retain';
  if (annotation.length === 0 && isKept) return undefined;
  const changes = [
    ...(annotation.length === 0 ? [] : [`the annotation ${binderAnnotations.boundByController} was removed`]),
    ...(isKept ? [] : [`the reclaim policy was changed from ${policy ?? 'none'} to Retain`]),
  ];
  return {
    patch: isKept ? annotation : [...annotation, setRetain(policy)],
    message:
      `PV ${shownName(metadata)} was restored and may be the last copy: ${changes.join(' and ')}. ` +
      `See it: ${getVolume(shownName(metadata))}`,
  };
};

/** DR202 of one more PV of a protected volume, with a claimRef of here: where its claim has another PV it is released at once, and acted on. */
const keepProtected = (volume: PersistentVolume, isProtected: VolumeRepairFacts['isProtected']): Repair => {
  const policy = volume.spec?.persistentVolumeReclaimPolicy;
  const isKept = policy === undefined || policy === 'Retain';
  if (isKept || !isProtected?.known || !isProtected.value) return nothing;
  const name = shownName(volume.metadata);
  return {
    patch: [setRetain(policy)],
    done: [
      {
        code: 'DR202',
        message: `PV ${name} is of a volume that is protected: its reclaim policy was changed from ${policy} to Retain. See it: ${getVolume(name)}`,
      },
    ],
  };
};

/** DR201 and DR202, for a volume that is being created. A reservation, and a volume whose claim is here, stay as they are. */
export const mendVolume = ({ volume, claim, isProtected }: VolumeRepairFacts): Repair => {
  const claimRef = foreignClaimRef(volume.spec?.claimRef, claim);
  if (claimRef === undefined) return keepProtected(volume, isProtected);
  const reference = mendClaimRef(volume, claimRef);
  const keeping = mendKeeping(volume);
  return {
    patch: [...reference.patch, ...(keeping?.patch ?? [])],
    done: [
      { code: 'DR201', message: reference.message },
      ...(keeping === undefined ? [] : [{ code: 'DR202' as const, message: keeping.message }]),
    ],
  };
};
