import { isDeepStrictEqual } from 'node:util';
import { consentAnnotation } from '../../core/consent.ts';
import { usesAnnotation } from '../../core/consent-use.ts';
import { demotionAnnotation } from '../../core/following/demotion.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { AdmissionRequest } from '../admission-request.ts';

const read = [consentAnnotation, usesAnnotation, demotionAnnotation] as const;

const sayTheSame = (a: KubernetesObject, b: KubernetesObject): boolean =>
  read.every((name) => a.metadata?.annotations?.[name] === b.metadata?.annotations?.[name]);

/**
 * Whether an update changes nothing that a rule looks at: neither the spec nor the consent, nor what was used of that, nor what was noted of a demotion. Finalizers, labels and
 * status are everybody's.
 */
export const isUnchanged = ({ operation, object, oldObject }: AdmissionRequest): boolean =>
  operation === 'UPDATE' &&
  object !== undefined &&
  oldObject !== undefined &&
  sayTheSame(object, oldObject) &&
  isDeepStrictEqual(object['spec'], oldObject['spec']);
