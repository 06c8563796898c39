import { buffer } from 'node:stream/consumers';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import type { Io } from '../io.ts';
import { usageError } from '../usage-error.ts';

type BytesFlags = CommonFlags & { site: string; pvc: string; namespace: string; offset: string };

const parseCount = (flag: string, text: string): number => {
  if (!/^\d+$/.test(text))
    throw usageError(`invalid value "${text}" for --${flag}`, 'give a number of bytes');
  return Number(text);
};

/** `kubectl dr sandbox write SITE PVC TEXT`. */
export const runWrite = async (flags: BytesFlags & { text: string }, io: Io): Promise<ExitCode> => {
  const { site, pvc: claim, namespace, text } = flags;
  const offset = parseCount('offset', flags.offset);
  const bytes = text === '-' ? await buffer(io.stdin) : Buffer.from(text);
  const { openSandboxDoor } = await import('../door/sandbox.ts');
  const answer = await openSandboxDoor(io, flags.v).call('write', {
    site,
    namespace,
    claim,
    offset,
    base64: bytes.toString('base64'),
  });
  io.stdout.line(`${answer.bytes} bytes written to ${namespace}/${claim} on ${site} at ${answer.offset}.`);
  return exitCode.ok;
};

/** `kubectl dr sandbox read SITE PVC`. The bytes alone go to stdout. */
export const runRead = async (flags: BytesFlags & { length?: string }, io: Io): Promise<ExitCode> => {
  const { site, pvc: claim, namespace } = flags;
  const { openSandboxDoor } = await import('../door/sandbox.ts');
  const answer = await openSandboxDoor(io, flags.v).call('read', {
    site,
    namespace,
    claim,
    offset: parseCount('offset', flags.offset),
    ...(flags.length !== undefined && { length: parseCount('length', flags.length) }),
  });
  io.stdout.bytes(Buffer.from(answer.base64, 'base64'));
  if (io.stdout.isTerminal) io.stdout.line('');
  if (answer.role !== 'primary')
    io.stderr.line(
      `Note: ${namespace}/${claim} is ${answer.role} on ${site}; this is its snapshot of ${answer.snapshotAt ?? 'no known time'}.`,
    );
  return exitCode.ok;
};
