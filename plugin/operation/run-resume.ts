import { DrError } from '../../core/model/error.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import type { Sites } from '../door/clusters.ts';
import type { ExitCode } from '../exit-code.ts';
import { parseRequestTimeout } from '../flags/request-timeout.ts';
import { parseOperationName } from '../history/parse-operation-name.ts';
import type { Io } from '../io.ts';
import { assertSameClusters, readClusters } from './cluster-uids.ts';
import { claimsOfOperation, findOperation } from './find-operation.ts';
import type { OperationFlags } from './operation-flags.ts';
import type { OperationRequest } from './operation-request.ts';
import { runOperation } from './run-operation.ts';
import { tellEarlyEnd } from './tell-early-end.ts';

/** The flags of `resume` and `undo` as parsed. */
export type ResumeFlags = OperationFlags & { name?: string };

/** Reads the record that is meant, sees that the sites are the clusters it was begun with, and looks at what else there is while they are open. */
export const readMeant = async <T>(
  flags: ResumeFlags,
  io: Io,
  look: (operation: Operation, sites: Sites) => T,
): Promise<Awaited<T>> => {
  const { openSites, closeSites } = await import('../door/clusters.ts');
  const requestTimeoutMs = parseRequestTimeout(flags['request-timeout']);
  const sites = await openSites({ ...flags, requestTimeoutMs }, io);
  try {
    const namespace = flags.namespace || sites.here.cluster.defaultNamespace;
    const name = flags.name === undefined ? undefined : parseOperationName(flags.name);
    const found = await findOperation(sites, { name, namespace }, io);
    const both = sites.there === undefined ? [sites.here] : [sites.here, sites.there];
    assertSameClusters(found, await readClusters(both, io.signal));
    return await look(found, sites);
  } catch (error) {
    tellEarlyEnd(io);
    throw error;
  } finally {
    closeSites(sites);
  }
};

const alreadyOver = ({ name, phase }: Operation): DrError =>
  new DrError({
    code: 'AlreadyOver',
    message: `operation ${name} is over: ${phase}`,
    hint: `see how it went: kubectl dr history ${name}`,
  });

/** `kubectl dr resume`: the same procedure on the same volumes, from wherever they are now. */
export const runResume = async (flags: ResumeFlags, io: Io): Promise<ExitCode> => {
  const operation = await readMeant(flags, io, (found) => found);
  if (!['Running', 'Left', 'Failed'].includes(operation.phase)) throw alreadyOver(operation);
  const verb = operation.verb.toLowerCase() as OperationRequest['verb'];
  io.stderr.line(
    `going on with ${verb} ${operation.name} of ${operation.by}, from ${operation.from.name} to ${operation.to.name}`,
  );
  return runOperation(verb, flags, io, {
    preset: { keys: claimsOfOperation(operation), to: operation.to.name },
  });
};
