import { handleThere } from '../model/handle-there.ts';
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  volumeIdentityKey,
  volumeIdentityOf,
} from '../model/persistent-volume.ts';
import { known, type Reading } from '../model/reading.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import type { Member } from '../rules/replication-facts.ts';
import type { ClaimKey } from './claims-of-volume.ts';
import { findRivals, findSameVolume } from './find-rivals.ts';
import { findVolume } from './find-volume.ts';
import type { PeerQuestion } from './peer-question.ts';
import type { ReplicationSubject } from './replication-subject.ts';
import type { SiteView } from './site-view.ts';

/** A claim that a replication takes in, as far as the cluster here tells: the other site is asked about it afterwards. */
export type LocalMember = Omit<Member, 'peer'> & {
  /** The handle of its copy on the other site, where something tells that it is another one. */
  readonly destination?: string | undefined;
};

/** Of a group no driver tells it claim by claim. */
const destinationOf = (
  { shown, before }: ReplicationSubject,
  volume: Reading<PersistentVolume | undefined>,
): string | undefined => {
  const replication =
    shown.kind === 'VolumeReplication' ? (before as VolumeReplication | undefined) : undefined;
  return handleThere(volume.known ? volume.value : undefined, replication);
};

/** Everything that is known here about one claim of a replication. */
export const describeMember = (
  view: SiteView,
  subject: ReplicationSubject,
  { key, claim }: { key: ClaimKey; claim: Reading<PersistentVolumeClaim | undefined> },
): LocalMember => {
  const volume = readingOf(() => findVolume(view, key, knownValue(claim)));
  const destination = destinationOf(subject, volume);
  return {
    claimName: key.name,
    ...(destination === undefined ? {} : { destination }),
    claim,
    elsewhere: readingOf(() =>
      knownValue(claim) === undefined
        ? view.claimsNamed(key.name).map(({ metadata }) => metadata.namespace ?? '')
        : [],
    ),
    volume,
    storageClass: readingOf(() => {
      const name = knownValue(claim)?.spec?.storageClassName;
      return name ? view.storageClass(name) : undefined;
    }),
    rivals: readingOf(() => findRivals(view, subject, { key, claim: knownValue(claim) })),
    sameVolume: readingOf(() =>
      findSameVolume(view, subject, { key, claim: knownValue(claim), volume: knownValue(volume) }),
    ),
    pods: readingOf(() => view.podsUsing(key)),
    attachedTo: readingOf(() => {
      const name = knownValue(volume)?.metadata.name;
      return name === undefined ? [] : view.nodesOf(name);
    }),
  };
};

/** What the other site is asked about a claim; unknown where it is not known here which volume is meant. */
export const questionAbout = (
  namespace: string,
  { claimName, claim, volume, destination }: LocalMember,
): Reading<PeerQuestion> => {
  if (!volume.known) return volume;
  return known({
    identity: volume.value && volumeIdentityOf(volume.value),
    ...(destination === undefined ? {} : { destination }),
    volumeName: volume.value?.metadata.name,
    claim: { namespace, name: claimName, uid: claim.known ? claim.value?.metadata.uid : undefined },
  });
};

/** Two questions about the same volume read the same. */
export const questionText = ({ identity, claim }: PeerQuestion): string =>
  `${claim.namespace}/${claim.name} ${identity === undefined ? '' : volumeIdentityKey(identity)}`;
