import type { FieldError } from '../field-error.ts';
import { findings } from '../schema/finding.ts';

const short: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** `RWO,ROX`: access modes as tables show them, in a fixed order, each once. */
export const shortAccessModes = (modes: readonly string[]): string =>
  Object.entries(short)
    .filter(([mode]) => modes.includes(mode))
    .map(([, letters]) => letters)
    .join(',');

/** Findings about modes that do not exist. */
export const checkAccessModes = (modes: readonly string[]): FieldError[] =>
  modes
    .filter((mode) => !Object.hasOwn(short, mode))
    .map((mode) => findings.notSupported('spec.accessModes', mode, Object.keys(short).sort()));
