import { messageOf } from '../../core/model/error.ts';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { cannotRead, knownValue, readingOf } from '../../core/model/reading-of.ts';
import { type ClaimKey, claimKeyText, keyOfClaim } from '../../core/protection/claims-of-volume.ts';
import { markedGroupOf, membersOf } from '../../core/protection/group-members.ts';
import { groupOf, type ReplicationSubject } from '../../core/protection/replication-subject.ts';
import type { CachedView } from './cached-view.ts';
import { newestClaim } from './newest-claim.ts';
import { slimClaim } from './slim-objects.ts';
import type { Sources } from './sources.ts';

/** A claim that a replication takes in, whether it is there or not. */
export type MemberClaim = {
  readonly key: ClaimKey;
  readonly claim: Reading<PersistentVolumeClaim | undefined>;
};

const asMember = (claim: PersistentVolumeClaim): MemberClaim => ({
  key: keyOfClaim(claim),
  claim: known(claim),
});

/** The claims of a group that a VolumeReplication carries the state of, the group itself being there or gone. */
const membersOfGroupNamed = (view: CachedView, namespace: string, name: string): MemberClaim[] => {
  const claims = view.claimsIn(namespace);
  const groups = view.groupVersions({ namespace, name });
  const members =
    groups.length === 0
      ? claims.filter((claim) => markedGroupOf(claim) === name)
      : groups.flatMap((group) => knownValue(membersOf(group, claims)));
  return [...new Set(members)].map(asMember);
};

/** Claims that were read from the API server itself, by `namespace/name`. */
export type LiveClaims = ReadonlyMap<string, Reading<PersistentVolumeClaim | undefined>>;

const namedMember = (view: CachedView, key: ClaimKey, live: LiveClaims): MemberClaim => {
  const cached = () => readingOf(() => view.claim(key));
  const read = live.get(claimKeyText(key));
  return { key, claim: read === undefined ? cached() : newestClaim(read, cached) };
};

/** The claims that a replication takes in. Within `readingOf`. */
export const findMembers = (
  view: CachedView,
  subject: ReplicationSubject,
  live: LiveClaims,
): readonly MemberClaim[] => {
  const { shown, namespace } = subject;
  if (shown.kind === 'VolumeGroupReplication') {
    const metadata = { ...shown.object.metadata, namespace, name: subject.name };
    return knownValue(membersOf({ ...shown.object, metadata }, view.claimsIn(namespace))).map(asMember);
  }
  const group = groupOf(subject);
  if (group !== undefined) return membersOfGroupNamed(view, namespace, group);
  const { kind, name } = shown.object.spec.dataSource;
  if (kind !== 'PersistentVolumeClaim') {
    return cannotRead(`its dataSource is a ${kind}, which no controller replicates`);
  }
  return [namedMember(view, { namespace, name }, live)];
};

/** Reads a claim from the API server itself, as it is now. It never rejects: no answer is unknown. */
export const readLiveClaim = async (
  { readClaim }: Pick<Sources, 'readClaim'>,
  key: ClaimKey,
  signal: AbortSignal,
): Promise<Reading<PersistentVolumeClaim | undefined>> => {
  try {
    const live = await readClaim(key, signal);
    return known(live && slimClaim(live));
  } catch (error) {
    return unknown(`claim ${claimKeyText(key)} could not be read: ${messageOf(error)}`);
  }
};
