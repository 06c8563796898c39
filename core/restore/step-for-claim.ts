import { restoreAnnotations } from '../backup/restore-annotations.ts';
import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { bytesOf } from '../model/quantity.ts';
import { resources } from '../model/resource.ts';
import { keyOfClaim } from '../protection/claims-of-volume.ts';
import type { VolumeFacts } from './conflicts/volume-rule.ts';
import { missingMetadata } from './missing-metadata.ts';
import type { Step } from './plan.ts';

const resource = resources.persistentVolumeClaims;

const requestOf = ({ spec }: PersistentVolumeClaim): string | undefined => spec?.resources?.requests?.storage;

/** A claim can grow, and only once it is bound. */
const largerRequest = (wanted: PersistentVolumeClaim, there: PersistentVolumeClaim): string | undefined => {
  const isLarger = (bytesOf(requestOf(wanted)) ?? 0) > (bytesOf(requestOf(there)) ?? 0);
  return isLarger && there.status?.phase === 'Bound' ? requestOf(wanted) : undefined;
};

/** What the backup knows of the replication, where the claim does not know it, or only of an earlier sync: a promote wants to know. */
const newerMemory = (
  wanted: PersistentVolumeClaim,
  there: PersistentVolumeClaim,
): { annotations: Record<string, string> } | undefined => {
  const [fresh = {}, stored = {}] = [wanted.metadata.annotations, there.metadata.annotations];
  const { lastSyncTime } = restoreAnnotations;
  // Both RFC 3339 in UTC and to the second, as the API writes them: texts compare as times do.
  if ((stored[lastSyncTime] ?? '') >= (fresh[lastSyncTime] ?? '')) return undefined;
  const ours = Object.values(restoreAnnotations).flatMap((key) =>
    fresh[key] === undefined ? [] : [[key, fresh[key]] as const],
  );
  return { annotations: Object.fromEntries(ours) };
};

const stepForExisting = (there: PersistentVolumeClaim, { wanted, options }: VolumeFacts): Step => {
  const isUpdate = options.existing === 'update';
  const metadata = isUpdate ? missingMetadata(wanted.claim, there) : newerMemory(wanted.claim, there);
  const storage = isUpdate ? largerRequest(wanted.claim, there) : undefined;
  const what = [
    ...(metadata === undefined
      ? []
      : [isUpdate ? 'labels and annotations' : 'what is known of its last sync']),
    ...(storage === undefined ? [] : [`a request of ${storage}`]),
  ];
  if (what.length === 0)
    return {
      action: 'keep',
      resource,
      object: there,
      why: `is there already, for PV ${there.spec?.volumeName}`,
    };
  const { resourceVersion } = there.metadata;
  return {
    action: 'update',
    resource,
    object: there,
    patch: {
      metadata: { resourceVersion, ...metadata },
      ...(storage !== undefined && { spec: { resources: { requests: { storage } } } }),
    },
    why: what.join(', '),
  };
};

/** What is to be done for the claim of a volume that nothing stands against. */
export const stepForClaim = (facts: VolumeFacts): Step => {
  const { claim } = facts.wanted;
  const there = facts.target.claim(keyOfClaim(claim));
  return there === undefined
    ? { action: 'create', resource, object: claim, why: `for PV ${claim.spec?.volumeName}` }
    : stepForExisting(there, facts);
};
