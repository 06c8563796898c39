import { binderAnnotations } from '../../rules/repair/binder-annotations.ts';
import { editField, type Fields, withoutAnnotations, withoutFields } from './edit-fields.ts';

/** What a server keeps of a claimRef that was given name and namespace alone (recorded from kube-apiserver 1.36). */
const reservation = ['apiVersion', 'kind', 'namespace', 'name'];

/**
 * A PV stays reserved for the claim of its name, which no other claim can then take, and is kept when that claim goes. The rest of its
 * binding meant one cluster; `provisioned-by` and the annotations that name the secret for deletion are what `restore` rewrites.
 */
export const cleanPersistentVolume = <T extends Fields>(pv: T): T =>
  withoutAnnotations(
    editField(pv, 'spec', (spec) => ({
      ...editField(spec, 'claimRef', (claimRef) =>
        withoutFields(claimRef, (name) => !reservation.includes(name)),
      ),
      persistentVolumeReclaimPolicy: 'Retain',
    })),
    (name) => name === binderAnnotations.boundByController,
  );
