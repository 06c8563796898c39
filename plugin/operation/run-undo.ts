import { DrError } from '../../core/model/error.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { usageError } from '../usage-error.ts';
import { confirm } from './confirm.ts';
import { claimsOfOperation } from './find-operation.ts';
import { hasPromoted } from './has-promoted.ts';
import { runOperation } from './run-operation.ts';
import { type ResumeFlags, readMeant } from './run-resume.ts';

const cannotUndo = ({ name, phase }: Operation): DrError =>
  new DrError({
    code: 'AlreadyOver',
    message: `operation ${name} is over: ${phase}`,
    hint: `see how it went: kubectl dr history ${name}`,
  });

/** Past the first promote it is another move, and nobody is to take it for less. */
const moveBack = async (operation: Operation, flags: ResumeFlags, io: Io): Promise<ExitCode> => {
  const { name, from, to, staleSite } = operation;
  const verb = staleSite === undefined ? 'relocate' : 'failback';
  io.stderr.line(
    `${name} has asked for volumes to become primary on ${to.name} already: taking it back is a ${verb} to ${from.name}, with the workloads down meanwhile`,
  );
  if (!flags.yes && !io.isInteractive)
    throw usageError('nobody can be asked whether that is meant', 'say so with --yes');
  if (!flags.yes && !(await confirm(`Do a ${verb} to ${from.name}?`, io))) {
    io.stderr.line('Nothing was changed.');
    return exitCode.refused;
  }
  return runOperation(verb, flags, io, { preset: { keys: claimsOfOperation(operation), to: from.name } });
};

/** `kubectl dr undo`: takes a procedure back, while it has promoted nothing; else moves back, and says so. */
export const runUndo = async (flags: ResumeFlags, io: Io): Promise<ExitCode> => {
  const { operation, isPromoted } = await readMeant(flags, io, async (found, sites) => ({
    operation: found,
    isPromoted: await hasPromoted(found, sites, io.signal),
  }));
  if (operation.phase === 'Undone' || operation.phase === 'Superseded') throw cannotUndo(operation);
  if (isPromoted) return moveBack(operation, flags, io);
  const { name, by, from } = operation;
  io.stderr.line(`taking back ${operation.verb.toLowerCase()} ${name} of ${by}: back to ${from.name}`);
  return runOperation('undo', flags, io, {
    preset: { keys: claimsOfOperation(operation), to: from.name },
    adopt: name,
  });
};
