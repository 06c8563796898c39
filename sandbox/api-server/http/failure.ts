import type { StatusBody } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';

/** A request that ends with a `Status` of failure. Thrown by whatever finds out; the HTTP layer prints it. */
export class Failure extends Error {
  readonly body: StatusBody;
  /** Texts of `Warning:` headers: what was worth a warning before it failed. */
  readonly warnings: readonly string[];

  constructor(body: StatusBody, warnings: readonly string[] = []) {
    super(body.message ?? '');
    this.name = 'Failure';
    this.body = body;
    this.warnings = warnings;
  }
}

/** A path that this server does not know: answered as plain text, the way Go's HTTP router does. */
export class PageNotFound extends Error {
  constructor() {
    super('404 page not found');
    this.name = 'PageNotFound';
  }
}

type Details = NonNullable<StatusBody['details']>;

const failure = (code: number, reason: string, message: string, details?: Details): Failure =>
  new Failure({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  });

type Named = Pick<Resource, 'group' | 'plural' | 'kind'>;

const inGroup = (word: string, group: string): string => (group === '' ? word : `${word}.${group}`);

/** `volumereplications.replication.storage.openshift.io`, as messages call a resource. */
export const qualifiedPlural = ({ plural, group }: Named): string => inGroup(plural, group);

/** `VolumeReplication.replication.storage.openshift.io`, as validation calls it. */
export const qualifiedKind = ({ kind, group }: Named): string => inGroup(kind, group);

const detailsOf = (name: string, group: string, kind: string): Details => ({
  ...(name === '' ? {} : { name }),
  ...(group === '' ? {} : { group }),
  kind,
});

const ofPlural = (resource: Named, name: string): Details => detailsOf(name, resource.group, resource.plural);

/** `field: message`, several in brackets; equal ones are said once, as Go's aggregate of errors does. */
const joined = (errors: readonly FieldError[]): string => {
  const texts = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
};

const causesOf = (errors: readonly FieldError[]): NonNullable<Details['causes']> =>
  errors.map(({ reason, message, field }) => ({ reason, message, field }));

const invalid = (called: { kind: string; group: string }, name: string, errors: readonly FieldError[]) =>
  failure(
    422,
    'Invalid',
    `${inGroup(called.kind, called.group)} ${JSON.stringify(name)} is invalid: ${joined(errors)}`,
    {
      ...(called.kind === '' && name === '' ? {} : detailsOf(name, called.group, called.kind)),
      causes: causesOf(errors),
    },
  );

const conflictMessage = (called: string, name: string, why: string): string =>
  `Operation cannot be fulfilled on ${called} ${JSON.stringify(name)}: ${why}`;

const modified =
  'the object has been modified; please apply your changes to the latest version and try again';

/** Every failure that this server answers with, worded as kube-apiserver 1.36 words it. */
export const failures = {
  badRequest: (message: string) => failure(400, 'BadRequest', message),
  unauthorized: () => failure(401, 'Unauthorized', 'Unauthorized'),
  forbidden: (resource: Named, name: string, why: string) =>
    failure(
      403,
      'Forbidden',
      name === ''
        ? `${qualifiedPlural(resource)} is forbidden: ${why}`
        : `${qualifiedPlural(resource)} ${JSON.stringify(name)} is forbidden: ${why}`,
      ofPlural(resource, name),
    ),
  forbiddenPath: (path: string, why: string) =>
    failure(403, 'Forbidden', `forbidden: ${why}`, { causes: [{ message: path }] }),
  notFound: (resource: Named, name: string) =>
    failure(
      404,
      'NotFound',
      `${qualifiedPlural(resource)} ${JSON.stringify(name)} not found`,
      ofPlural(resource, name),
    ),
  noSuchResource: () => failure(404, 'NotFound', 'the server could not find the requested resource', {}),
  methodNotAllowed: () =>
    failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {}),
  definitionTerminating: (resource: Named) =>
    failure(
      405,
      'MethodNotAllowed',
      'create not allowed while custom resource definition is terminating',
      ofPlural(resource, ''),
    ),
  notAcceptable: (accepted: readonly string[]) =>
    failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`),
  alreadyExists: (resource: Named, name: string) =>
    failure(
      409,
      'AlreadyExists',
      `${qualifiedPlural(resource)} ${JSON.stringify(name)} already exists`,
      ofPlural(resource, name),
    ),
  generatedNameTaken: (resource: Named, name: string) =>
    failure(
      409,
      'AlreadyExists',
      `${qualifiedPlural(resource)} ${JSON.stringify(name)} already exists, the server was not able to generate a unique name for the object`,
      { ...ofPlural(resource, name), retryAfterSeconds: 1 },
    ),
  conflict: (resource: Named, name: string, why: string = modified) =>
    failure(409, 'Conflict', conflictMessage(qualifiedPlural(resource), name, why), ofPlural(resource, name)),
  /** A precondition of a deletion that does not hold; named by kind, as recorded. */
  preconditionFailed: (resource: Named, name: string, why: string) =>
    failure(
      409,
      'Conflict',
      conflictMessage(qualifiedKind(resource), name, why),
      detailsOf(name, resource.group, resource.kind),
    ),
  applyConflict: (message: string, causes: { message: string; field: string }[]) =>
    failure(409, 'Conflict', message, {
      causes: causes.map((cause) => ({ reason: 'FieldManagerConflict', ...cause })),
    }),
  expired: (message: string, continueToken?: string) => {
    const { body } = failure(410, 'Expired', message);
    return continueToken === undefined
      ? new Failure(body)
      : new Failure({ ...body, metadata: { continue: continueToken } });
  },
  tooLarge: (limit: number) =>
    failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`),
  unsupportedMediaType: (accepted: readonly string[]) =>
    failure(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    ),
  invalid: (resource: Named, name: string, errors: readonly FieldError[]) =>
    invalid({ kind: resource.kind, group: resource.group }, name, errors),
  /** Named by the plural: what kube-apiserver does for an update without a resourceVersion. */
  invalidUpdate: (resource: Named, name: string, errors: readonly FieldError[]) =>
    invalid({ kind: resource.plural, group: resource.group }, name, errors),
  /** A patch whose result cannot be decoded; it names no object, as recorded. */
  invalidPatch: (errors: readonly FieldError[]) => invalid({ kind: '', group: '' }, '', errors),
  rejectedPatch: () =>
    failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {}),
  internal: (message: string) =>
    failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }),
  /** An error of Go that no one gave a reason: only message and code. */
  plainError: (message: string) => failure(500, '', message),
  timeout: (message: string, retryAfterSeconds: number) =>
    failure(504, 'Timeout', message, { retryAfterSeconds }),
} as const;

/** Whether something thrown says that an object is not there. */
export const isNotFoundFailure = (thrown: unknown): boolean =>
  thrown instanceof Failure && thrown.body.reason === 'NotFound';
