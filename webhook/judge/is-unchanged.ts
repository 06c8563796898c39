import { isDeepStrictEqual } from 'node:util';
import { consentAnnotation } from '../../core/consent.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { AdmissionRequest } from '../admission-request.ts';

const consentOf = ({ metadata }: KubernetesObject): string | undefined =>
  metadata?.annotations?.[consentAnnotation];

/** Whether an update changes nothing that a rule looks at: neither the spec nor the consent. Finalizers, labels and status are everybody's. */
export const isUnchanged = ({ operation, object, oldObject }: AdmissionRequest): boolean =>
  operation === 'UPDATE' &&
  object !== undefined &&
  oldObject !== undefined &&
  consentOf(object) === consentOf(oldObject) &&
  isDeepStrictEqual(object['spec'], oldObject['spec']);
