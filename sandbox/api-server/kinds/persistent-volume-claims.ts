import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { type JsonObject, sameJson } from '../schema/json-value.ts';
import { parseQuantity } from '../schema/quantity.ts';
import { checkAccessModes, shortAccessModes } from './access-modes.ts';
import { builtInKind } from './built-in-kind.ts';
import { badQuantity, canonicalResources, fractionWarning, hasBadQuantity } from './canonical-quantity.ts';
import { text, wideText } from './columns.ts';
import { editObject, fill } from './editing.ts';
import { withFinalizer } from './finalizers.ts';
import { diffInternal, field, type InternalType } from './internal-form.ts';
import { isSubdomain, notASubdomain } from './name-checks.ts';
import { read, recordAt, textAt, textsAt } from './reading.ts';

const protection = 'kubernetes.io/pvc-protection';

const dataSource: InternalType = [
  field('APIGroup', 'apiGroup'),
  field('Kind', 'kind', ''),
  field('Name', 'name', ''),
];

/** `core.PersistentVolumeClaimSpec`. */
const claimSpec: InternalType = [
  field('AccessModes', 'accessModes'),
  field('Selector', 'selector'),
  field('Resources', 'resources', {}, [field('Limits', 'limits'), field('Requests', 'requests')]),
  field('VolumeName', 'volumeName', ''),
  field('StorageClassName', 'storageClassName'),
  field('VolumeMode', 'volumeMode'),
  field('DataSource', 'dataSource', null, dataSource),
  field('DataSourceRef', 'dataSourceRef', null, [...dataSource, field('Namespace', 'namespace')]),
  field('VolumeAttributesClassName', 'volumeAttributesClassName'),
];

/** `dataSource` and `dataSourceRef` say the same; either is enough, and the server fills in the other. */
const bothDataSources = (spec: JsonObject): JsonObject => {
  const source = spec['dataSource'];
  const reference = spec['dataSourceRef'];
  if (source !== undefined && reference === undefined) return { ...spec, dataSourceRef: source };
  const local = reference !== undefined && textAt(reference, 'namespace') === '';
  return source === undefined && local ? { ...spec, dataSource: reference } : spec;
};

const defaults = (claim: KubernetesObject): KubernetesObject =>
  editObject(claim, 'spec', (spec) =>
    editObject(fill(spec, { volumeMode: 'Filesystem' }), 'resources', canonicalResources),
  );

const create = (claim: KubernetesObject): KubernetesObject => ({
  ...withFinalizer(claim, protection),
  spec: bothDataSources(recordAt(claim, 'spec')),
  status: { phase: 'Pending' },
});

const nanosAt = (claim: KubernetesObject, ...path: string[]): bigint =>
  parseQuantity(textAt(claim, ...path)) ?? 0n;

const checkSize = (claim: KubernetesObject): FieldError[] => {
  const size = textAt(claim, 'spec', 'resources', 'requests', 'storage');
  if (size === '') return [findings.required('spec.resources[storage]')];
  return (parseQuantity(size) ?? 0n) > 0n
    ? []
    : [findings.invalid('spec.resources[storage]', size, 'must be greater than zero')];
};

const validate = (claim: KubernetesObject): FieldError[] => {
  const modes = textsAt(claim, 'spec', 'accessModes');
  const storageClass = textAt(claim, 'spec', 'storageClassName');
  const volumeMode = textAt(claim, 'spec', 'volumeMode');
  return [
    ...(modes.length === 0
      ? [findings.required('spec.accessModes', 'at least 1 access mode is required')]
      : checkAccessModes(modes)),
    ...checkSize(claim),
    ...(storageClass === '' || isSubdomain(storageClass)
      ? []
      : [findings.invalid('spec.storageClassName', storageClass, notASubdomain)]),
    ...(['Block', 'Filesystem'].includes(volumeMode)
      ? []
      : [findings.notSupported('spec.volumeMode', volumeMode, ['Block', 'Filesystem'])]),
  ];
};

/** The old spec with the changes that are allowed taken over: what then still differs is forbidden. */
const allowedSpec = (claim: KubernetesObject, old: KubernetesObject): JsonObject => {
  const before = recordAt(old, 'spec');
  const after = recordAt(claim, 'spec');
  const bound = textAt(old, 'status', 'phase') === 'Bound';
  const free = [
    ...(textAt(before, 'volumeName') === '' ? ['volumeName'] : []),
    // A claim without a class may be given the default class later.
    ...(before['storageClassName'] === undefined ? ['storageClassName'] : []),
    ...(bound ? ['volumeAttributesClassName'] : []),
  ];
  const taken = Object.fromEntries(
    free.flatMap((name) => (after[name] === undefined ? [] : [[name, after[name]]])),
  );
  const size = read(after, 'resources', 'requests', 'storage');
  if (!bound || size === undefined) return { ...before, ...taken };
  const requests = { ...recordAt(before, 'resources', 'requests'), storage: size };
  return { ...before, ...taken, resources: { ...recordAt(before, 'resources'), requests } };
};

const validateChange = (claim: KubernetesObject, old: KubernetesObject): FieldError[] => {
  const allowed = allowedSpec(claim, old);
  const wanted = recordAt(claim, 'spec');
  const size = nanosAt(claim, 'spec', 'resources', 'requests', 'storage');
  const shrinks = size < nanosAt(old, 'spec', 'resources', 'requests', 'storage');
  return [
    ...(sameJson(allowed, wanted)
      ? []
      : [
          findings.forbidden(
            'spec',
            `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${diffInternal(allowed, wanted, claimSpec)}`,
          ),
        ]),
    ...(shrinks && size <= nanosAt(old, 'status', 'capacity', 'storage')
      ? [findings.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')]
      : []),
    ...(wanted['volumeMode'] === recordAt(old, 'spec')['volumeMode']
      ? []
      : [findings.invalid('volumeMode', wanted['volumeMode'], 'field is immutable')]),
  ];
};

const phaseOf = (claim: KubernetesObject): string =>
  claim.metadata.deletionTimestamp === undefined ? textAt(claim, 'status', 'phase') : 'Terminating';

/** Capacity and modes are those of the volume, so a claim without one shows none. */
const ofVolume = (read: (claim: KubernetesObject) => string) => (claim: KubernetesObject) =>
  textAt(claim, 'spec', 'volumeName') === '' ? '' : read(claim);

const betaClass = 'volume.beta.kubernetes.io/storage-class';

/** PersistentVolumeClaims: once created, a spec changes only to bind it or to make it larger. */
export const persistentVolumeClaims: Kind = builtInKind(resources.persistentVolumeClaims, {
  shortNames: ['pvc'],
  status: true,
  create,
  update: (claim) => editObject(claim, 'spec', bothDataSources),
  defaults,
  validate,
  validateChange,
  warnings: (claim) =>
    fractionWarning(
      'spec.resources.requests[storage]',
      read(claim, 'spec', 'resources', 'requests', 'storage'),
    ),
  decodeError: (claim) =>
    ['requests', 'limits'].some((list) => hasBadQuantity(read(claim, 'spec', 'resources', list)))
      ? badQuantity
      : undefined,
  columns: [
    text('Status', phaseOf),
    text('Volume', (claim) => textAt(claim, 'spec', 'volumeName')),
    text(
      'Capacity',
      ofVolume((claim) => textAt(claim, 'status', 'capacity', 'storage')),
    ),
    text(
      'Access Modes',
      ofVolume((claim) => shortAccessModes(textsAt(claim, 'status', 'accessModes'))),
    ),
    text(
      'StorageClass',
      (claim) => claim.metadata.annotations?.[betaClass] ?? textAt(claim, 'spec', 'storageClassName'),
    ),
    text('VolumeAttributesClass', (claim) => textAt(claim, 'spec', 'volumeAttributesClassName') || '<unset>'),
  ],
  wide: [wideText('VolumeMode', (claim) => textAt(claim, 'spec', 'volumeMode') || '<unset>')],
});
