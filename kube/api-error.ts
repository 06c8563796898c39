import { DrError } from '../core/model/error.ts';
import type { StatusBody } from '../core/model/kubernetes-object.ts';

/** A failure that the API server answered with. Its `code` is the reason of the Status, e.g. `NotFound`, `Conflict`. */
export class ApiError extends DrError {
  readonly httpStatus: number;
  readonly body: StatusBody | undefined;
  /** Seconds, from `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(parts: {
    httpStatus: number;
    message: string;
    reason?: string | undefined;
    hint?: string | undefined;
    body?: StatusBody | undefined;
    retryAfterSeconds?: number | undefined;
  }) {
    super({
      code: parts.reason || `HTTP${parts.httpStatus}`,
      message: parts.message,
      ...(parts.hint === undefined ? {} : { hint: parts.hint }),
    });
    this.name = 'ApiError';
    this.httpStatus = parts.httpStatus;
    this.body = parts.body;
    this.retryAfterSeconds = parts.retryAfterSeconds;
  }
}

const hasStatus = (thrown: unknown, httpStatus: number): boolean =>
  thrown instanceof ApiError && thrown.httpStatus === httpStatus;

/** 404: the object is not there, or (see `isNotServed`) its whole kind. */
export const isNotFound = (thrown: unknown): boolean => hasStatus(thrown, 404);
/** 404 without a Status: the server does not know the kind, e.g. because its CRD is not installed. */
export const isNotServed = (thrown: unknown): boolean =>
  thrown instanceof ApiError && thrown.code === 'ResourceNotServed';
export const isAlreadyExists = (thrown: unknown): boolean =>
  thrown instanceof ApiError && thrown.code === 'AlreadyExists';
export const isConflict = (thrown: unknown): boolean =>
  thrown instanceof ApiError && thrown.code === 'Conflict';
/** The resourceVersion of a watch or list is too old: list again. */
export const isExpired = (thrown: unknown): boolean => hasStatus(thrown, 410);
