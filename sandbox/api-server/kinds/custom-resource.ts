import type { Condition, KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Column, ScaleSubresource } from '../kind.ts';
import type { Schema } from '../schema/schema.ts';

/** `spec.versions[].additionalPrinterColumns[]`. */
export type PrinterColumn = {
  name: string;
  type: Column['type'];
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
};

/** `spec.versions[]`. */
export type CustomVersion = {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: Schema };
  subresources?: { status?: object; scale?: ScaleSubresource };
  additionalPrinterColumns?: PrinterColumn[];
  selectableFields?: { jsonPath: string }[];
};

/** `spec.names`; the server fills in what may be left out. */
export type CustomNames = {
  plural: string;
  singular?: string;
  kind: string;
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
};

/** `apiextensions.k8s.io/v1` CustomResourceDefinition. */
export type CustomResourceDefinition = KubernetesObject & {
  spec: {
    group: string;
    scope: 'Namespaced' | 'Cluster';
    names: CustomNames;
    versions: CustomVersion[];
    conversion?: { strategy: string };
  };
  status?: { acceptedNames: CustomNames; conditions: Condition[] | null; storedVersions: string[] };
};
