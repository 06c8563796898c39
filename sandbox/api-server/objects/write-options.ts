import type { FieldError } from '../field-error.ts';
import type { ApiRequest } from '../http/exchange.ts';
import { failures } from '../http/failure.ts';
import type { WriteOptions } from './machinery.ts';

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';

const invalidOptions = (kind: OptionsKind, errors: readonly FieldError[]) =>
  failures.invalid({ group: 'meta.k8s.io', kind, plural: '' }, '', errors);

const unsupported = (field: string, value: string, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((text) => JSON.stringify(text)).join(', ')}`,
});

const readDryRun = (values: readonly string[], kind: OptionsKind): boolean => {
  const wrong = values.find((value) => value !== 'All');
  if (wrong !== undefined) throw invalidOptions(kind, [unsupported('dryRun', wrong, ['All'])]);
  return values.length > 0;
};

const validations = ['Ignore', 'Strict', 'Warn'] as const;

const readFieldValidation = (query: URLSearchParams, kind: OptionsKind): WriteOptions['fieldValidation'] => {
  const text = query.get('fieldValidation') ?? '';
  if (text === '') return 'Warn';
  const known = validations.find((validation) => validation === text);
  if (known === undefined) throw invalidOptions(kind, [unsupported('fieldValidation', text, validations)]);
  return known;
};

const checkFieldManager = (fieldManager: string, kind: OptionsKind): void => {
  if (fieldManager.length > 128)
    throw invalidOptions(kind, [
      {
        reason: 'FieldValueTooLong',
        field: 'fieldManager',
        message: 'Too long: may not be more than 128 bytes',
      },
    ]);
};

/** The part of the User-Agent before the slash names a manager that gave no name. */
const managerOfUserAgent = (userAgent: string | undefined): string =>
  (userAgent ?? '').split('/')[0]?.slice(0, 128) || 'unknown';

/** Reads the query of a write; refuses (422) values that it may not have. */
export const readWriteOptions = (request: ApiRequest, kind: OptionsKind): WriteOptions => {
  const { query, headers } = request;
  const fieldManager = query.get('fieldManager') ?? '';
  checkFieldManager(fieldManager, kind);
  return {
    dryRun: readDryRun(query.getAll('dryRun'), kind),
    fieldManager,
    manager: fieldManager || managerOfUserAgent(headers['user-agent']),
    fieldValidation: readFieldValidation(query, kind),
    force: ['true', '1'].includes(query.get('force') ?? ''),
  };
};

/** An apply must say who applies (422). */
export const requireFieldManager = ({ fieldManager }: WriteOptions): void => {
  if (fieldManager === '')
    throw invalidOptions('PatchOptions', [
      {
        reason: 'FieldValueRequired',
        field: 'fieldManager',
        message: 'Required value: is required for apply patch',
      },
    ]);
};

/** The options as an AdmissionReview carries them; those of a patch are told as those of an update. */
export const reviewOptions = (
  kind: 'CreateOptions' | 'UpdateOptions',
  options: WriteOptions,
): Record<string, unknown> => ({
  kind,
  apiVersion: 'meta.k8s.io/v1',
  ...(options.dryRun ? { dryRun: ['All'] } : {}),
  ...(options.fieldManager === '' ? {} : { fieldManager: options.fieldManager }),
});
