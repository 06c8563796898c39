import type { Command } from '../command.ts';
import { backup } from './backup.ts';
import { check } from './check.ts';
import { completion } from './completion.ts';
import { explain } from './explain.ts';
import { history } from './history.ts';
import { failback, failover, plan, relocate, resume, undo } from './operation-commands.ts';
import { restore } from './restore.ts';
import { sandbox } from './sandbox.ts';
import { status } from './status.ts';
import { demote, promote, protect, resync, unprotect } from './step-commands.ts';
import { version } from './version.ts';

/** Every command there is, in the order of help. */
export const commands: readonly Command[] = [
  status,
  check,
  backup,
  restore,
  relocate,
  failover,
  failback,
  plan,
  resume,
  undo,
  history,
  protect,
  promote,
  demote,
  resync,
  unprotect,
  explain,
  sandbox,
  completion,
  version,
];
