import type { Resource } from '../../core/model/resource.ts';
import type { MoveVerb } from '../../core/plan/move.ts';
import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import type { HandleMap } from '../../core/restore/map-handle.ts';
import type { ConsentOptions } from '../step/parse-step-flags.ts';

/** What a procedure was asked for, before anything is read. */
export type OperationRequest = {
  readonly verb: MoveVerb;
  readonly target: TargetWords;
  /** `--to`. */
  readonly to: string | undefined;
  /** `--from`: backups or manifests. */
  readonly from: readonly string[];
  /** Where the backup goes that is taken first; undefined: none is taken. */
  readonly backupDirectory: string | undefined;
  readonly extent: { readonly workloads: boolean; readonly secrets: boolean };
  readonly className: string | undefined;
  /** `--map-volume-handle`. */
  readonly volumeHandles: HandleMap;
  /** `--resync`: the target's copy is older, even if nothing says so. */
  readonly resync: boolean;
  readonly dryRun: 'none' | 'client' | 'server';
  readonly output: 'text' | 'json' | 'name';
  readonly parallel: number;
  readonly timeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly consent: ConsentOptions;
};

/** Which volumes, as they were typed. */
export type TargetWords = {
  /** Undefined: the context's. */
  readonly namespace: string | undefined;
  readonly everywhere: boolean;
  readonly claims: readonly string[];
  readonly replications: readonly string[];
  readonly workloads: readonly { readonly resource: Resource; readonly name: string }[];
  readonly labels: string | undefined;
  /** Claims that a plan or a record names; then nothing else is typed. */
  readonly keys: readonly ClaimKey[] | undefined;
};
