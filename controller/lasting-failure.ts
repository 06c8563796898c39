import { DrError, messageOf } from '../core/model/error.ts';
import type { Resource } from '../core/model/resource.ts';
import { ApiError, isNotServed } from '../kube/api-error.ts';
import type { ControllerLog } from './log.ts';

const credentialCodes: ReadonlySet<string> = new Set(['CertificateExpired', 'CertificateInvalid']);

const nameOf = ({ group, plural }: Resource): string => (group === '' ? plural : `${plural}.${group}`);

/**
 * What a person has to do so that a kind can be read: credentials that are not accepted, a permission or a CRD that is missing.
 * Undefined for a failure that may pass by itself.
 */
export const explainLastingFailure = (resource: Resource, error: unknown): string | undefined => {
  const isRefused = error instanceof ApiError && error.httpStatus === 401;
  if (isRefused || (error instanceof DrError && credentialCodes.has(error.code))) {
    const hint = error.hint === undefined ? '' : `; ${error.hint}`;
    return `the API server does not accept these credentials: ${messageOf(error)}${hint}`;
  }
  if (isNotServed(error)) {
    return `${nameOf(resource)} is not served: its CRD is missing; kubectl apply -f manifests/crds`;
  }
  if (error instanceof ApiError && error.httpStatus === 403) {
    return `${nameOf(resource)} may not be read: ${messageOf(error)}; kubectl apply -f manifests/controller/rbac.yaml`;
  }
  return undefined;
};

/**
 * Logs a lasting failure once, however often it is met: again only for another reason, or after the kind was heard of in between.
 */
export const tellLastingFailures = (
  log: Pick<ControllerLog, 'error'>,
): ((resource: Resource, error: unknown, lastContact: number | undefined) => void) => {
  const told = new Map<string, { text: string; lastContact: number | undefined }>();
  return (resource, error, lastContact) => {
    const text = explainLastingFailure(resource, error);
    const before = told.get(resource.plural);
    if (text === undefined || (before?.text === text && before.lastContact === lastContact)) return;
    told.set(resource.plural, { text, lastContact });
    log.error({ resource: resource.plural, problem: text }, 'Cannot work until this is mended, trying on');
  };
};
