import {
  type PersistentVolumeClaim,
  volumeIdentityKey,
  volumeIdentityOf,
} from '../../core/model/persistent-volume.ts';
import { known, type Reading } from '../../core/model/reading.ts';
import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import type { Member } from '../../core/rules/replication-facts.ts';
import type { PeerQuestion } from '../../kube/peer-look.ts';
import type { CachedView } from './cached-view.ts';
import { findRivals, findSameVolume } from './find-rivals.ts';
import { findVolume } from './find-volume.ts';
import { knownValue, readingOf } from './reading-of.ts';
import type { ReplicationSubject } from './replication-subject.ts';

/** A claim that a replication takes in, as far as the cluster here tells: the other site is asked about it afterwards. */
export type LocalMember = Omit<Member, 'peer'>;

/** Everything that is known here about one claim of a replication. */
export const describeMember = (
  view: CachedView,
  subject: ReplicationSubject,
  { key, claim }: { key: ClaimKey; claim: Reading<PersistentVolumeClaim | undefined> },
): LocalMember => {
  const volume = readingOf(() => findVolume(view, key, knownValue(claim)));
  return {
    claimName: key.name,
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
  { claimName, claim, volume }: LocalMember,
): Reading<PeerQuestion> => {
  if (!volume.known) return volume;
  return known({
    identity: volume.value && volumeIdentityOf(volume.value),
    volumeName: volume.value?.metadata.name,
    claim: { namespace, name: claimName, uid: claim.known ? claim.value?.metadata.uid : undefined },
  });
};

/** Two questions about the same volume read the same. */
export const questionText = ({ identity, claim }: PeerQuestion): string =>
  `${claim.namespace}/${claim.name} ${identity === undefined ? '' : volumeIdentityKey(identity)}`;
