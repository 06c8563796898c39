import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { VolumeIdentity } from '../model/persistent-volume.ts';

/** The whole procedures. `Undo` takes one back before its first promote. */
export type OperationVerb = 'Relocate' | 'Failover' | 'Failback' | 'Undo';

/**
 * How an operation stands.
 *
 *     Running ─> Succeeded
 *             ─> Failed      stopped by an error or a refusal; it can be resumed
 *             ─> Left        its command ended without an error (Ctrl-C, time was up); it can be resumed
 *             ─> Undone      taken back
 *             ─> Superseded  another operation on the same volumes began after it had stopped
 */
export type OperationPhase = 'Running' | 'Succeeded' | 'Failed' | 'Left' | 'Undone' | 'Superseded';

/** A site as the operation's user calls it, and the uid of its namespace `kube-system`, which tells clusters apart. */
export type OperationSite = { readonly name: string; readonly clusterUid?: string };

/** One claim that the operation moves. */
export type OperationVolume = { readonly persistentVolumeClaim: string } & Partial<VolumeIdentity>;

/** A workload and its size before it was stopped. */
export type OperationWorkload = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly site: string;
  readonly replicas: number;
  /** Claims that its pods mount, of a custom kind: once its pods are gone nothing else tells. */
  readonly claims?: readonly string[];
};

/** What a person accepted. */
export type OperationConsent = {
  readonly accepts: string;
  /** A duration such as `15m`, or `unknown`. */
  readonly maxLoss: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly reason?: string;
};

/** One step of an operation, for all volumes of the record's namespace together. Times in RFC 3339. */
export type OperationStep = {
  /** `Stop`, `Demote` …: a kind of step. */
  readonly name: string;
  readonly site: string;
  readonly startedAt: string;
  readonly endedAt?: string;
};

/** Who works on it. Others take over when it was not renewed for so long, by their own clock. */
export type OperationLease = {
  /** Unique for each process. */
  readonly holder: string;
  readonly renewTime: string;
  readonly leaseDurationSeconds: number;
};

/**
 * `kubectl-dr.dev/v1alpha1` Operation: what of a procedure cannot be observed. One for each namespace that has claims in it, of the
 * same name, on every site that can be reached.
 */
export type OperationRecord = KubernetesObject & {
  spec: {
    readonly verb: OperationVerb;
    readonly from: OperationSite;
    readonly to: OperationSite;
    /** The user, as the API server knows them. */
    readonly by: string;
    readonly reason?: string;
    readonly volumes: readonly OperationVolume[];
  };
  status?: {
    readonly phase?: OperationPhase;
    /** One clause: what it waits for, or why it stopped. */
    readonly message?: string;
    readonly startedAt?: string;
    readonly endedAt?: string;
    /** The first promote was asked for: from then on it can only be moved back. */
    readonly pointOfNoReturnAt?: string;
    readonly steps?: readonly OperationStep[];
    readonly workloads?: readonly OperationWorkload[];
    readonly consents?: readonly OperationConsent[];
    readonly lease?: OperationLease;
    /** From start to the last volume primary, and to all workloads ready: seconds. */
    readonly secondsToPrimary?: number;
    readonly secondsToReady?: number;
    /** `0s`, `at most 4m`, `unknown`, and in brackets who says so. Told from when it happens on. */
    readonly dataLoss?: string;
    /** The site whose copy is older than the one that was promoted, where that was by force. */
    readonly staleSite?: string;
  };
};

/** Label with the verb, for selecting. */
export const operationVerbLabel = 'kubectl-dr.dev/verb';
