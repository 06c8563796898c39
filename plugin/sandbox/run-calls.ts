import type { SandboxStatus } from '../door/sandbox.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import type { Io } from '../io.ts';
import { describeSandbox } from './describe-sandbox.ts';

const doorOf = async (flags: CommonFlags, io: Io) => {
  const { openSandboxDoor } = await import('../door/sandbox.ts');
  return openSandboxDoor(io, flags.v);
};

const stateOf = (status: SandboxStatus, site: string): string =>
  status.sites.find(({ name }) => name === site)?.state ?? 'unknown';

/** `kubectl dr sandbox status`. */
export const runSandboxStatus = async (
  flags: CommonFlags & { output?: string },
  io: Io,
): Promise<ExitCode> => {
  const status = await (await doorOf(flags, io)).call('status', {});
  if (flags.output === undefined) io.stdout.write(describeSandbox(status, io.now()));
  else {
    const { formatDocument } = await import('../output/document.ts');
    io.stdout.write(
      await formatDocument(
        { apiVersion: 'cli.kubectl-dr.dev/v1alpha1', kind: 'SandboxStatus', ...status },
        flags.output,
      ),
    );
  }
  return exitCode.ok;
};

/** `kubectl dr sandbox fail SITE`. */
export const runFail = async (
  flags: CommonFlags & { site: string; hang?: boolean },
  io: Io,
): Promise<ExitCode> => {
  const { site, hang = false } = flags;
  const status = await (await doorOf(flags, io)).call('fail', { site, hang });
  io.stdout.line(
    `${site} is dark (${stateOf(status, site)}). Bring it back with: kubectl dr sandbox heal ${site}`,
  );
  return exitCode.ok;
};

/** `kubectl dr sandbox heal SITE`. */
export const runHeal = async (flags: CommonFlags & { site: string }, io: Io): Promise<ExitCode> => {
  const status = await (await doorOf(flags, io)).call('heal', { site: flags.site });
  io.stdout.line(`${flags.site} is back (${stateOf(status, flags.site)}), as it was.`);
  return exitCode.ok;
};

/** `kubectl dr sandbox link up|down`. */
export const runLink = async (flags: CommonFlags & { state: string }, io: Io): Promise<ExitCode> => {
  const { link } = await (await doorOf(flags, io)).call('link', { up: flags.state === 'up' });
  io.stdout.line(`The link between the storages is ${link}.`);
  return exitCode.ok;
};
