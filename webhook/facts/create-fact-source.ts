import type { AdviceFacts } from '../../core/rules/advice-facts.ts';
import type { GuardFacts } from '../../core/rules/guard-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { FactSource } from '../fact-source.ts';
import { createAdmittedReplications } from './admitted-replications.ts';
import { unreadableCaches } from './cache-health.ts';
import { viewCaches } from './cached-view.ts';
import type { WebhookCaches } from './caches.ts';
import { gatherClassAdvice, gatherReplicationAdvice } from './gather-advice.ts';
import { gatherClaim } from './gather-claim.ts';
import { gatherClass } from './gather-class.ts';
import { gatherDefinition } from './gather-definition.ts';
import { gatherNamespace } from './gather-namespace.ts';
import { gatherNeeded } from './gather-needed.ts';
import { gatherRecord, gatherRecordKind } from './gather-record.ts';
import { gatherRepair } from './gather-repair.ts';
import { gatherReplication } from './gather-replication.ts';
import { gatherVolume } from './gather-volume.ts';
import { type JudgedKind, judgedKindOf } from './judged-kind.ts';
import { readSubject } from './read-subject.ts';
import type { Sources } from './sources.ts';

/** What a fact source is made of. */
export type FactSourceOptions = Omit<Sources, 'view'> & {
  readonly caches: WebhookCaches;
  /** User names whose deletions are not judged: they own the life cycle of what they delete. */
  readonly lifecycleOwners: readonly string[];
  /** Milliseconds after which a cache that heard nothing is not believed; three minutes unless told otherwise. */
  readonly maxCacheAgeMs?: number;
};

/** Informers hear a bookmark about once a minute. */
const defaultMaxCacheAgeMs = 3 * 60_000;

const namespaceController = 'system:serviceaccount:kube-system:namespace-controller';

/** Deleted with their namespace, whose own deletion was judged. */
const goesWithNamespace: readonly JudgedKind[] = [
  'VolumeReplication',
  'VolumeGroupReplication',
  'PersistentVolumeClaim',
  'Operation',
];

const isTheirsToDelete = (
  { operation, user }: AdmissionRequest,
  kind: JudgedKind,
  lifecycleOwners: readonly string[],
): boolean =>
  operation === 'DELETE' &&
  (lifecycleOwners.includes(user.username) ||
    (user.username === namespaceController && goesWithNamespace.includes(kind)));

const gatherGuard = async (
  sources: Sources,
  { request, kind }: { request: AdmissionRequest; kind: JudgedKind },
  signal: AbortSignal,
): Promise<GuardFacts | undefined> => {
  const { view } = sources;
  switch (kind) {
    case 'VolumeReplication':
    case 'VolumeGroupReplication': {
      const subject = readSubject(request, kind);
      return subject && gatherReplication(sources, { request, subject }, signal);
    }
    case 'VolumeReplicationClass':
    case 'VolumeGroupReplicationClass':
      return request.operation === 'DELETE' ? gatherNeeded(view, request, kind) : gatherClass(request, kind);
    case 'StorageClass':
      return gatherNeeded(view, request, kind);
    case 'PersistentVolume':
      return gatherVolume(sources, request, signal);
    case 'PersistentVolumeClaim':
      return gatherClaim(view, request);
    case 'Namespace':
      return gatherNamespace(view, request);
    case 'Operation':
      return gatherRecord(request, sources.now());
    case 'CustomResourceDefinition':
      return (
        gatherDefinition(view, request) ??
        gatherRecordKind(view, request) ??
        gatherNeeded(view, request, kind)
      );
  }
};

const gatherAdvice = async (
  sources: Sources,
  { request, kind }: { request: AdmissionRequest; kind: JudgedKind },
  signal: AbortSignal,
): Promise<AdviceFacts | undefined> => {
  switch (kind) {
    case 'VolumeReplication':
    case 'VolumeGroupReplication': {
      const subject = request.operation === 'DELETE' ? undefined : readSubject(request, kind);
      return subject && gatherReplicationAdvice(sources, subject, signal);
    }
    case 'VolumeReplicationClass':
    case 'VolumeGroupReplicationClass':
      return gatherClassAdvice(sources, { request, kind }, signal);
    default:
      return undefined;
  }
};

/** Gathers facts from caches, from what was let in lately, and, where nothing else tells, from the API servers of both sites. */
export const createFactSource = (options: FactSourceOptions): FactSource => {
  const { caches, lifecycleOwners, now, maxCacheAgeMs = defaultMaxCacheAgeMs } = options;
  const admitted = createAdmittedReplications(now);
  const view = viewCaches({ caches, admitted, now, maxCacheAgeMs });
  const sources: Sources = { ...options, view };
  return {
    guard: async (request, signal) => {
      const kind = judgedKindOf(request);
      if (kind === undefined || isTheirsToDelete(request, kind, lifecycleOwners)) return undefined;
      return gatherGuard(sources, { request, kind }, signal);
    },
    advice: async (request, signal) => {
      const kind = judgedKindOf(request);
      return kind && gatherAdvice(sources, { request, kind }, signal);
    },
    repair: (request, signal) => gatherRepair(sources, request, signal),
    admitted: admitted.add,
    notReady: () => unreadableCaches(caches, { now: now(), maxAgeMs: maxCacheAgeMs }),
  };
};
