import type { MoveGroup } from '../../core/plan/move.ts';
import type { Io } from '../io.ts';
import type { Losses } from './ask-losses.ts';
import type { ChangeSignal } from './change-signal.ts';
import type { RecordKeeper } from './keep-record.ts';
import type { OperationRequest } from './operation-request.ts';
import type { Progress } from './progress/progress.ts';
import type { RunLog } from './run-log.ts';
import type { Session } from './session.ts';

/** Everything that was decided, before the first write. */
export type CarryOut = {
  readonly session: Session;
  readonly groups: readonly MoveGroup[];
  readonly losses: Losses;
  readonly request: OperationRequest;
  readonly progress: Progress;
  readonly changes: ChangeSignal;
  readonly io: Io;
  /** Ends following the sites. */
  readonly signal: AbortSignal;
  /** The name of the operation that is taken back. */
  readonly adopt: string | undefined;
  /** From here on an interruption is not the end of everything. */
  readonly onStarted: () => void;
};

/** A run that is on record. */
export type Going = {
  readonly run: CarryOut;
  readonly log: RunLog;
  readonly keeper: RecordKeeper;
  readonly by: string;
  /** The groups that there was something to do for when it began; the others were there already. */
  readonly moving: readonly MoveGroup[];
};

/** The name of the site that volumes go to. */
export const targetName = ({ session }: CarryOut): string => session.prepared.sites.target.site.name;
/** The name of the site that they come from. */
export const sourceName = ({ session }: CarryOut): string => session.prepared.sites.source.site.name;
