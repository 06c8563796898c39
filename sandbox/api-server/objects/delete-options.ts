import type { ApiRequest } from '../http/exchange.ts';
import { failures } from '../http/failure.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import { decodeDocument } from './decode.ts';
import type { DeletionWish } from './deletion.ts';

/** A deletion as it was asked for. */
export type DeleteRequest = DeletionWish & {
  preconditions: { uid?: string; resourceVersion?: string };
  dryRun: boolean;
  /** `metav1.DeleteOptions` as reviews carry them. */
  review: Record<string, unknown>;
};

const readDocument = async ({ readBody, headers }: ApiRequest): Promise<JsonObject> => {
  const body = await readBody();
  return body.length === 0 ? {} : decodeDocument(body, headers['content-type'], 'DeleteOptions');
};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const propagations = ['Orphan', 'Background', 'Foreground'] as const;

const propagationOf = (document: JsonObject, query: URLSearchParams): DeletionWish['propagation'] => {
  const text = textOf(document['propagationPolicy']) ?? query.get('propagationPolicy') ?? undefined;
  const orphan = document['orphanDependents'] ?? query.get('orphanDependents');
  if (text === undefined) {
    if (orphan === true || orphan === 'true') return 'Orphan';
    return orphan === false || orphan === 'false' ? 'Background' : undefined;
  }
  const known = propagations.find((propagation) => propagation === text);
  if (known !== undefined) return known;
  throw failures.invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions', plural: '' }, '', [
    {
      reason: 'FieldValueNotSupported',
      field: 'propagationPolicy',
      message: `Unsupported value: ${JSON.stringify(text)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    },
  ]);
};

const graceOf = (document: JsonObject, query: URLSearchParams): number | undefined => {
  const value = document['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds');
  return value === null || value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value);
};

const preconditionsOf = (document: JsonObject): DeleteRequest['preconditions'] => {
  const { preconditions } = document;
  if (!isJsonObject(preconditions)) return {};
  const uid = textOf(preconditions['uid']);
  const resourceVersion = textOf(preconditions['resourceVersion']);
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
};

const dryRunOf = (document: JsonObject, query: URLSearchParams): boolean =>
  query.getAll('dryRun').includes('All') ||
  (Array.isArray(document['dryRun']) && document['dryRun'].includes('All'));

/** Reads the options of a deletion from its body, else from its query. */
export const readDeleteRequest = async (request: ApiRequest): Promise<DeleteRequest> => {
  const { query } = request;
  const document = await readDocument(request);
  const wish = {
    gracePeriodSeconds: graceOf(document, query),
    propagation: propagationOf(document, query),
    preconditions: preconditionsOf(document),
    dryRun: dryRunOf(document, query),
  };
  const { gracePeriodSeconds, propagation, preconditions, dryRun } = wish;
  return {
    ...wish,
    review: {
      kind: 'DeleteOptions',
      apiVersion: 'meta.k8s.io/v1',
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
      ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
      ...(dryRun ? { dryRun: ['All'] } : {}),
    },
  };
};
