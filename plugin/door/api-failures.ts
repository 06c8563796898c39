// What a failure of the API means, through the room that talks to clusters.
import { ApiError } from '../../kube/api-error.ts';

export { isAlreadyExists, isConflict, isNotFound, isNotServed } from '../../kube/api-error.ts';

/** The server knows who asks, and does not let them; also what a webhook refuses. */
export const isForbidden = (thrown: unknown): boolean =>
  thrown instanceof ApiError && thrown.httpStatus === 403;

/**
 * A `test` of a JSON patch did not hold: the object is another one than it was decided by. The server says so without any detail
 * (recorded from kube-apiserver 1.36), unlike where the result is invalid.
 */
export const isFailedTest = (thrown: unknown): boolean =>
  thrown instanceof ApiError &&
  thrown.httpStatus === 422 &&
  thrown.body?.details?.name === undefined &&
  thrown.body?.details?.causes === undefined;
