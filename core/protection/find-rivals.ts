import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  volumeIdentityOf,
} from '../model/persistent-volume.ts';
import { knownValue } from '../model/reading-of.ts';
import type { ReplicationHere } from '../rules/replication-facts.ts';
import { type ClaimKey, claimKeyText, claimsOfVolume } from './claims-of-volume.ts';
import { type Protector, protectorsOf, replicationHereOf } from './protectors.ts';
import { groupOf, type ReplicationSubject } from './replication-subject.ts';
import type { SiteView } from './site-view.ts';

/** One whose name is still to be generated is none of those that have one. */
const hasSameName = ({ operation, name }: ReplicationSubject, other: string | undefined): boolean =>
  other === name && !(operation === 'CREATE' && name.endsWith('*'));

/** The subject itself, its group, or the VolumeReplication that carries the subject's state. */
const belongsTo = (subject: ReplicationSubject, { kind, object }: Protector): boolean => {
  if ((object.metadata.namespace ?? '') !== subject.namespace) return false;
  if (kind === subject.shown.kind) return hasSameName(subject, object.metadata.name);
  if (kind === 'VolumeGroupReplication') return object.metadata.name === groupOf(subject);
  return hasSameName(subject, groupOf({ shown: { kind, object } }));
};

/** Other replications of this very claim. Within `readingOf`. */
export const findRivals = (
  view: SiteView,
  subject: ReplicationSubject,
  { key, claim }: { key: ClaimKey; claim: PersistentVolumeClaim | undefined },
): readonly ReplicationHere[] =>
  knownValue(protectorsOf(view, key, claim))
    .filter((protector) => !belongsTo(subject, protector))
    .map((protector) => replicationHereOf(protector, key.name));

/**
 * Other replications here whose volume has the identity of this one, through whatever claim; while there is no volume, those of the
 * claim itself: they will have the same. Within `readingOf`.
 */
export const findSameVolume = (
  view: SiteView,
  subject: ReplicationSubject,
  member: { key: ClaimKey; claim: PersistentVolumeClaim | undefined; volume: PersistentVolume | undefined },
): readonly ReplicationHere[] => {
  const own = claimKeyText(member.key);
  const identity = member.volume && volumeIdentityOf(member.volume);
  const others = (identity === undefined ? [] : claimsOfVolume(view, identity)).filter(
    (key) => claimKeyText(key) !== own,
  );
  const found = [
    ...findRivals(view, subject, member),
    ...others.flatMap((key) => findRivals(view, subject, { key, claim: view.claim(key) })),
  ];
  // A group may take in several claims of one volume.
  return [...new Map(found.map((it) => [`${it.kind} ${it.namespace}/${it.name}`, it])).values()];
};
