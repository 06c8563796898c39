import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import { storeDirectory } from '../backup/store-directory.ts';
import { parseRequestTimeout } from '../flags/request-timeout.ts';
import type { Io } from '../io.ts';
import { parseHandleMap } from '../restore/parse-handle-map.ts';
import { parseStepFlags } from '../step/parse-step-flags.ts';
import type { OperationFlags } from './operation-flags.ts';
import type { OperationRequest } from './operation-request.ts';
import { parseTarget, targetOfKeys } from './parse-target.ts';

/** What a plan or a record says instead of the command line. */
export type Preset = { readonly keys: readonly ClaimKey[]; readonly to: string };

/** Understands the flags of a procedure. Throws a usage error before anything is read. */
export const parseOperationFlags = (
  verb: OperationRequest['verb'],
  flags: OperationFlags,
  io: Pick<Io, 'env' | 'home'>,
  preset?: Preset,
): OperationRequest => {
  const { dryRun, timeoutMs, parallel, consent } = parseStepFlags({ ...flags, 'no-wait': false });
  return {
    verb,
    target: preset === undefined ? parseTarget(flags) : targetOfKeys(preset.keys),
    to: preset?.to ?? flags.to,
    from: flags.from ?? [],
    // A disaster leaves nothing to back up.
    backupDirectory:
      flags['no-backup'] === true || ['failover', 'undo'].includes(verb)
        ? undefined
        : storeDirectory(flags.directory, io),
    extent: { workloads: flags['no-workloads'] !== true, secrets: flags['include-secrets'] ?? false },
    className: flags.class,
    volumeHandles: parseHandleMap(flags['map-volume-handle']),
    resync: flags.resync ?? false,
    dryRun,
    output: flags.output ?? 'text',
    parallel,
    timeoutMs,
    requestTimeoutMs: parseRequestTimeout(flags['request-timeout']),
    consent,
  };
};
