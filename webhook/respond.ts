import { printableLine } from '../core/printable.ts';
import type { Answer } from './answer.ts';
import { fitWarnings } from './fit-warnings.ts';

/** `admission.k8s.io/v1` AdmissionReview, as it goes back. */
export type AdmissionReviewResponse = {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly status?: {
      readonly status: 'Failure';
      readonly code: number;
      readonly reason: string;
      readonly message: string;
    };
    readonly patchType?: 'JSONPatch';
    /** Base64 of a list of operations. */
    readonly patch?: string;
    readonly warnings?: readonly string[];
    readonly auditAnnotations?: Readonly<Record<string, string>>;
  };
};

/** `metav1.StatusReason` of each code. */
const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  403: 'Forbidden',
  422: 'Invalid',
  500: 'InternalError',
};

const failure = (code: number, message: string) => ({
  status: {
    status: 'Failure',
    code,
    reason: reasons[code] ?? 'Unknown',
    message: printableLine(message),
  } as const,
});

const patched = (answer: Answer) =>
  answer.allowed && answer.patch !== undefined && answer.patch.length > 0
    ? ({
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(answer.patch)).toString('base64'),
      } as const)
    : {};

/** The one place that builds a response: the request's uid goes back with every answer, and all texts in it are printable. */
export const respond = (uid: string, answer: Answer): AdmissionReviewResponse => {
  const auditAnnotations = Object.fromEntries(
    Object.entries(answer.auditAnnotations ?? {}).map(([key, text]) => [key, printableLine(text)]),
  );
  const warnings = fitWarnings(answer.warnings ?? []);
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: answer.allowed,
      ...(answer.allowed ? {} : failure(answer.status, answer.message)),
      ...patched(answer),
      ...(warnings.length === 0 ? {} : { warnings }),
      ...(Object.keys(auditAnnotations).length === 0 ? {} : { auditAnnotations }),
    },
  };
};
