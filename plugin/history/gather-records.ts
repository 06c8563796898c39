import { fileURLToPath } from 'node:url';
import { DrError, messageOf } from '../../core/model/error.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { resources } from '../../core/model/resource.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import type { Site } from '../door/clusters.ts';

/** Which records to read. */
export type RecordScope = {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** Undefined: all operations. */
  readonly name: string | undefined;
  readonly signal: AbortSignal;
};

/** The records of one site, or why there are none to be had. */
export type SiteHistory = {
  readonly site: Site;
  readonly records: Reading<readonly OperationRecord[]>;
  readonly error?: unknown;
};

/** In the package: the bundles are as deep in it as this file is. */
const definition = fileURLToPath(
  new URL('../../manifests/crds/kubectl-dr.dev_operations.yaml', import.meta.url),
);

/** What a server answers does not say which site it is. */
const ofSite = (error: unknown, site: Site): unknown => {
  if (!(error instanceof DrError)) return error;
  if (error.code === 'ResourceNotServed')
    return new DrError({
      code: 'CrdsNotInstalled',
      message: `${site.name}: the Operation CRD is not installed in this cluster`,
      hint: `install it with "${site.kubectl} apply -f ${definition}"`,
      cause: error,
    });
  if (error.message.startsWith(`${site.name}: `)) return error;
  const { code, hint, message } = error;
  return new DrError({
    code,
    message: `${site.name}: ${message}`,
    ...(hint !== undefined && { hint }),
    cause: error,
  });
};

/** Reads the records of one site with one list. Only an interruption is thrown. */
export const gatherRecords = async (
  site: Site,
  { namespace, name, signal }: RecordScope,
): Promise<SiteHistory> => {
  try {
    const { items } = await site.cluster.listAll<OperationRecord>(resources.operations, {
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { fieldSelector: `metadata.name=${name}` }),
      signal,
    });
    return { site, records: known(items) };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = ofSite(thrown, site);
    return { site, records: unknown(messageOf(error).replace(`${site.name}: `, '')), error };
  }
};
