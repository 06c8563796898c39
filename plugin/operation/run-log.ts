import type {
  OperationConsent,
  OperationPhase,
  OperationWorkload,
} from '../../core/operation/operation-record.ts';
import type { MoveVerb } from '../../core/plan/move.ts';

/** A workload of one of the records. */
export type PlacedWorkload = OperationWorkload & { readonly namespace: string };

/** What of a run goes into its record, as it goes on. Times in milliseconds since the epoch. */
export type RunLog = {
  readonly verb: MoveVerb;
  /** Names of the sites. */
  readonly from: string;
  readonly to: string;
  /** Of the operation: it may have been begun by an earlier run. */
  readonly startedAt: number;
  /** Of this run. */
  readonly runStartedAt: number;
  phase: OperationPhase;
  message: string | undefined;
  endedAt: number | undefined;
  promotedAt: number | undefined;
  lastPrimaryAt: number | undefined;
  lastReadyAt: number | undefined;
  /** What a failover loses, once it promotes: as a person accepted it. */
  readonly risk: string | undefined;
  /** Another operation has promoted volumes there already: it cannot be taken back as a whole. */
  readonly isPromotedBefore: boolean;
  staleSite: string | undefined;
  readonly consents: OperationConsent[];
  /** Of the source, with their sizes before. */
  readonly workloads: readonly PlacedWorkload[];
  /** By name and site, in the order in which they began; of all groups together. */
  readonly steps: Map<
    string,
    { name: string; site: string; startedAt: number; endedAt: number | undefined; open: number }
  >;
};

/** What was promoted can only be moved back. */
export const isPastReturn = ({ promotedAt, isPromotedBefore }: RunLog): boolean =>
  promotedAt !== undefined || isPromotedBefore;
