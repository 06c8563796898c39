import { consentAnnotation } from '../../core/consent.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { GuardedSite } from './guarded-site.ts';
import { storeWritten } from './store-written.ts';

/** How a VolumeReplication came to ask for primary, by its uid. */
export type Primacies = Map<string, { accepted: { readonly knownSync: number | undefined } | undefined }>;

/** A consent that somebody wrote. */
export type WrittenConsent = {
  readonly site: string;
  readonly claim: string;
  readonly text: string;
  /** What it was written for has been done since. */
  isUsed: boolean;
};

/** What is remembered of all that was let in, whoever wrote it. */
export type Told = { readonly primacies: Primacies; readonly consents: WrittenConsent[] };

/** A VolumeReplication that somebody writes. */
export type ReplicationWrite = {
  readonly object: VolumeReplication;
  readonly oldObject: VolumeReplication | undefined;
  /** Only `admin` may consent. */
  readonly user: string;
  /** The last sync that was shown to whoever consented, where one was known: milliseconds since the epoch. */
  readonly knownSync?: number | undefined;
  /** The consent in it was written and used before: whoever writes it again accepts nothing. */
  readonly isReplay?: true;
};

const wantsPrimary = (object: VolumeReplication | undefined): boolean =>
  object?.spec.replicationState === 'primary';

/** Asks the guard, stores what it lets in, and remembers what made a primary. Throws what the API server would answer. */
export const admitReplication = async (
  { site, told: { primacies, consents }, now }: { site: GuardedSite; told: Told; now: number },
  { object, oldObject, user, knownSync, isReplay }: ReplicationWrite,
): Promise<VolumeReplication> => {
  const { answer, object: mended } = await site.review({
    resource: resources.volumeReplications,
    operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
    object,
    oldObject,
    user,
  });
  if (!answer.allowed) {
    const message = `admission webhook "guard.kubectl-dr.dev" denied the request: ${answer.message}`;
    throw new ApiError({ httpStatus: 403, reason: 'Forbidden', message });
  }
  const stored = storeWritten(site.simulated, (mended ?? object) as VolumeReplication, user, now);
  const { uid = '' } = stored.metadata;
  if (wantsPrimary(object) && !wantsPrimary(oldObject)) primacies.set(uid, { accepted: undefined });
  const text = object.metadata.annotations?.[consentAnnotation];
  const isNew = text !== undefined && text !== oldObject?.metadata.annotations?.[consentAnnotation];
  if (isReplay) return stored;
  if (isNew) consents.push({ site: site.name, claim: object.spec.dataSource.name, text, isUsed: false });
  const primacy = primacies.get(uid);
  const isAboutPromote = isNew && wantsPrimary(object) && /force-promote|lose-since-promote/.test(text);
  if (primacy !== undefined && isAboutPromote && user === 'admin') primacy.accepted = { knownSync };
  return stored;
};
