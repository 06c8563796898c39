import type { KubernetesObject, ObjectMeta, OwnerReference } from '../../../core/model/kubernetes-object.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { labelKeyProblem, labelValueProblem } from '../selection/label-syntax.ts';

const annotationsLimit = 256 * 1024;

const invalid = (field: string, value: unknown, problem: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${JSON.stringify(value)}: ${problem}`,
});

const validateLabels = (labels: Record<string, string> = {}): FieldError[] =>
  Object.entries(labels).flatMap(([key, value]) =>
    [labelKeyProblem(key), labelValueProblem(String(value))].flatMap((problem, index) =>
      problem === undefined ? [] : [invalid('metadata.labels', index === 0 ? key : value, problem)],
    ),
  );

const validateAnnotations = (annotations: Record<string, string> = {}): FieldError[] => {
  const entries = Object.entries(annotations);
  const size = entries.reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  return [
    ...entries.flatMap(([key]) => {
      const problem = labelKeyProblem(key.toLowerCase());
      return problem === undefined ? [] : [invalid('metadata.annotations', key, problem)];
    }),
    ...(size > annotationsLimit
      ? [
          {
            reason: 'FieldValueTooLong',
            field: 'metadata.annotations',
            message: `Too long: may not be more than ${annotationsLimit} bytes`,
          } as const,
        ]
      : []),
  ];
};

const validateFinalizers = (finalizers: readonly string[] = []): FieldError[] =>
  finalizers.flatMap((finalizer) => {
    const problem = labelKeyProblem(finalizer);
    return problem === undefined ? [] : [invalid('metadata.finalizers', finalizer, problem)];
  });

const ownerName = (owner: OwnerReference | undefined): string => `${owner?.kind}/${owner?.name}`;

const validateOwners = (owners: ObjectMeta['ownerReferences'] = []): FieldError[] => {
  const controllers = owners.filter(({ controller }) => controller === true);
  return [
    ...owners.flatMap((owner) => [
      ...(owner.apiVersion
        ? []
        : [
            invalid(
              'metadata.ownerReferences.apiVersion',
              owner.apiVersion ?? '',
              'version must not be empty',
            ),
          ]),
      ...(owner.kind
        ? []
        : [invalid('metadata.ownerReferences.kind', owner.kind ?? '', 'must not be empty')]),
      ...(owner.name
        ? []
        : [invalid('metadata.ownerReferences.name', owner.name ?? '', 'must not be empty')]),
      ...(owner.uid ? [] : [invalid('metadata.ownerReferences.uid', owner.uid ?? '', 'must not be empty')]),
    ]),
    ...(controllers.length > 1
      ? [
          invalid(
            'metadata.ownerReferences',
            owners,
            `Only one reference can have Controller set to true. Found "true" in references for ${ownerName(controllers[0])} and ${ownerName(controllers[1])}`,
          ),
        ]
      : []),
  ];
};

/** Findings about labels, annotations, finalizers and owners; what an update leaves as it was passes. */
export const validateMetadata = (metadata: ObjectMeta, live?: ObjectMeta): FieldError[] => {
  const changed = (field: keyof ObjectMeta) =>
    live === undefined || JSON.stringify(metadata[field]) !== JSON.stringify(live[field]);
  return [
    ...(changed('labels') ? validateLabels(metadata.labels) : []),
    ...(changed('annotations') ? validateAnnotations(metadata.annotations) : []),
    ...(changed('ownerReferences') ? validateOwners(metadata.ownerReferences) : []),
    // As in kube-apiserver, an update may add any finalizer.
    ...(live === undefined ? validateFinalizers(metadata.finalizers) : []),
  ];
};

const addedFinalizers = (metadata: ObjectMeta, live: ObjectMeta): string[] =>
  (metadata.finalizers ?? []).filter((finalizer) => !(live.finalizers ?? []).includes(finalizer));

/** Findings about what an update may not do to metadata. A custom kind is asked twice, as recorded. */
export const validateMetadataUpdate = (
  { custom }: Kind,
  { metadata }: KubernetesObject,
  { metadata: live }: KubernetesObject,
): FieldError[] => {
  const added = live.deletionTimestamp === undefined ? [] : addedFinalizers(metadata, live);
  const finding: FieldError = {
    reason: 'FieldValueForbidden',
    field: 'metadata.finalizers',
    message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => JSON.stringify(name)).join(', ')}}`,
  };
  const twice = custom ? [finding, finding] : [finding];
  return [...(added.length === 0 ? [] : twice), ...validateMetadata(metadata, live)];
};

/** Warnings about finalizers of a custom resource that another controller may take for its own. */
export const finalizerWarnings = ({ custom }: Kind, metadata: ObjectMeta, live?: ObjectMeta): string[] =>
  custom
    ? addedFinalizers(metadata, live ?? {})
        .filter((finalizer) => !finalizer.includes('/'))
        .map(
          (finalizer) =>
            `metadata.finalizers: ${JSON.stringify(finalizer)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`,
        )
    : [];
