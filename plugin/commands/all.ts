import type { Command } from '../command.ts';
import { completion } from './completion.ts';
import { explain } from './explain.ts';
import { sandbox } from './sandbox.ts';
import { status } from './status.ts';
import { version } from './version.ts';

/** Every command there is, in the order of help. */
export const commands: readonly Command[] = [status, explain, sandbox, completion, version];
