import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';

/** Prints what runs here. No cluster is asked. */
export const printVersion = async (flags: { output?: string }, io: Io): Promise<ExitCode> => {
  const facts = {
    apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
    kind: 'Version',
    version: io.version,
    nodeVersion: process.version,
    platform: `${process.platform}/${process.arch}`,
  };
  if (flags.output === undefined) {
    io.stdout.line(`kubectl dr ${facts.version} (Node.js ${facts.nodeVersion}, ${facts.platform})`);
    return exitCode.ok;
  }
  const { formatDocument } = await import('../output/document.ts');
  io.stdout.write(await formatDocument(facts, flags.output));
  return exitCode.ok;
};
