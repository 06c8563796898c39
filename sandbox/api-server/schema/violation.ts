import type { FieldError } from '../field-error.ts';
import { findings, goJson } from './finding.ts';

/** What a schema check found, before it is worded for a place: names are those of kube-openapi's validation errors. */
export type Violation =
  | { code: 'required'; path: string }
  | { code: 'enum'; path: string; value: unknown; supported: readonly unknown[] }
  | { code: 'tooLong'; path: string; max: number }
  | { code: 'tooMany'; path: string; actual: number; max: number }
  | { code: 'type'; path: string; value: unknown; detail: string }
  | { code: 'invalid'; path: string; value: unknown; detail: string }
  /** Has no place of its own: kube-apiserver reports it for the whole object. */
  | { code: 'composite'; detail: string };

/** Where violations gather. `matches` counts the checks that passed: of failed alternatives the best matching is told. */
export type Outcome = { violations: Violation[]; matches: number };

export const newOutcome = (): Outcome => ({ violations: [], matches: 0 });

/** `base` is the field that was validated on its own (`status`), else empty; paths inside are relative to it. */
const placed = (base: string, path: string): string => {
  const inside = path.replace(/^\./, '');
  if (base === '' || inside === '') return base || inside;
  return `${base}.${inside}`;
};

/** Words a violation as kube-apiserver does (apiextensions-apiserver, `kubeOpenAPIResultToFieldErrors`). */
export const wordViolation = (violation: Violation, base: string): FieldError => {
  if (violation.code === 'composite') return findings.invalid(base, '', violation.detail);
  const field = placed(base, violation.path);
  switch (violation.code) {
    case 'required':
      return findings.required(field);
    case 'enum':
      return findings.notSupported(
        field,
        violation.value,
        violation.supported.map((value) => (typeof value === 'string' ? value : goJson(value))),
      );
    case 'tooLong':
      return findings.tooLong(field, violation.max);
    case 'tooMany':
      return findings.tooMany(field, violation.actual, violation.max);
    case 'type':
      return findings.typeInvalid(field, violation.value, violation.detail);
    case 'invalid':
      return findings.invalid(field, violation.value ?? '', violation.detail);
  }
};
