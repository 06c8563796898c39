import { builtInType } from './built-in.ts';
import type { Schema } from './schema.ts';

const text: Schema = { type: 'string' };

/** `metav1.ObjectMeta`: a CRD's schema does not spell it out, and every kind has it. */
export const objectMetaSchema: Schema = builtInType('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');

/** The fields that a resource has whatever its schema says, at its root and where one is embedded. */
export const resourceFields: Readonly<Record<string, Schema>> = {
  apiVersion: text,
  kind: text,
  metadata: objectMetaSchema,
};
