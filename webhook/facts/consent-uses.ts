import { consentAnnotation } from '../../core/consent.ts';
import { type ConsentUse, noteConsent } from '../../core/consent-use.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { Change } from '../../kube/object-cache.ts';

/** What this process saw of the consents on all replications. */
export type ConsentUses = {
  /** `isFirstList`: the object was there before this process looked. */
  note(change: Change<KubernetesObject>, isFirstList: boolean): void;
  /** By the uid of the replication; undefined for one that was not seen yet. */
  of(uid: string): ConsentUse | undefined;
};

/** Remembers consents as informers show them. */
export const createConsentUses = (): ConsentUses => {
  const uses = new Map<string, ConsentUse>();
  return {
    note: (change, isFirstList) => {
      const { metadata } = change.object;
      const { uid = '', generation = 0, annotations } = metadata;
      if (change.type === 'updated' && change.before.metadata.uid !== uid) {
        uses.delete(change.before.metadata.uid ?? '');
      }
      if (change.type === 'deleted') {
        uses.delete(uid);
        return;
      }
      const sighting = { text: annotations?.[consentAnnotation], generation, isFirstList };
      uses.set(uid, noteConsent(uses.get(uid), sighting));
    },
    of: (uid) => uses.get(uid),
  };
};
