import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { type JsonObject, sameJson } from '../schema/json-value.ts';
import { checkAccessModes, shortAccessModes } from './access-modes.ts';
import { builtInKind } from './built-in-kind.ts';
import { badQuantity, canonicalQuantities, fractionWarning, hasBadQuantity } from './canonical-quantity.ts';
import { ageColumn, nameColumn, text, wideText } from './columns.ts';
import { edit, editObject, fill } from './editing.ts';
import { withFinalizer } from './finalizers.ts';
import { diffInternal } from './internal-form.ts';
import { isSubdomain, notASubdomain } from './name-checks.ts';
import { persistentVolumeSource, volumeSources } from './persistent-volume-source.ts';
import { read, recordAt, textAt, textsAt } from './reading.ts';

const protection = 'kubernetes.io/pv-protection';

const defaults = (pv: KubernetesObject): KubernetesObject =>
  editObject(pv, 'spec', (spec) =>
    editObject(
      edit(
        fill(spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
        'capacity',
        canonicalQuantities,
      ),
      'hostPath',
      (path) => fill(path, { type: '' }),
    ),
  );

const create = (pv: KubernetesObject): KubernetesObject => ({
  ...withFinalizer(pv, protection),
  spec: recordAt(pv, 'spec'),
  status: { phase: 'Pending', lastPhaseTransitionTime: pv.metadata.creationTimestamp },
});

const sourcesOf = (pv: KubernetesObject): string[] =>
  volumeSources.filter((name) => read(pv, 'spec', name) !== undefined);

const checkCapacity = (pv: KubernetesObject): FieldError[] => {
  const capacity = read(pv, 'spec', 'capacity');
  const names = Object.keys(recordAt(pv, 'spec', 'capacity'));
  return [
    ...(names.length === 0 ? [findings.required('spec.capacity')] : []),
    ...(names.length === 1 && names[0] === 'storage'
      ? []
      : [findings.notSupported('spec.capacity', capacity ?? null, ['storage'])]),
  ];
};

const checkOneOf = (pv: KubernetesObject, name: string, supported: readonly string[]): FieldError[] => {
  const value = textAt(pv, 'spec', name);
  return supported.includes(value) ? [] : [findings.notSupported(`spec.${name}`, value, supported)];
};

const checkSecretReference = (csi: JsonObject, name: string): FieldError[] => {
  if (csi[name] === undefined) return [];
  const path = `spec.csi.${name}`;
  return ['name', 'namespace'].flatMap((part) =>
    textAt(csi, name, part) === '' ? [findings.required(`${path}.${part}`)] : [],
  );
};

const checkDriver = (driver: string): FieldError[] => {
  if (driver === '') return [findings.required('spec.csi.driver')];
  return isSubdomain(driver.toLowerCase())
    ? []
    : [findings.invalid('spec.csi.driver', driver, notASubdomain)];
};

const checkSource = (pv: KubernetesObject): FieldError[] => {
  const [first, ...more] = sourcesOf(pv);
  if (first === undefined) return [findings.required('spec', 'must specify a volume type')];
  if (more.length > 0)
    return more.map((name) => findings.forbidden(`spec.${name}`, 'may not specify more than 1 volume type'));
  if (first !== 'csi') return [];
  const csi = recordAt(pv, 'spec', 'csi');
  return [
    ...checkDriver(textAt(csi, 'driver')),
    ...(textAt(csi, 'volumeHandle') === '' ? [findings.required('spec.csi.volumeHandle')] : []),
    ...[
      'controllerPublishSecretRef',
      'controllerExpandSecretRef',
      'nodePublishSecretRef',
      'nodeExpandSecretRef',
    ].flatMap((name) => checkSecretReference(csi, name)),
  ];
};

const validate = (pv: KubernetesObject): FieldError[] => {
  const modes = textsAt(pv, 'spec', 'accessModes');
  const storageClass = textAt(pv, 'spec', 'storageClassName');
  return [
    ...(modes.length === 0 ? [findings.required('spec.accessModes')] : checkAccessModes(modes)),
    ...checkCapacity(pv),
    ...checkOneOf(pv, 'persistentVolumeReclaimPolicy', ['Delete', 'Recycle', 'Retain']),
    ...checkSource(pv),
    ...(storageClass === '' || isSubdomain(storageClass)
      ? []
      : [findings.invalid('spec.storageClassName', storageClass, notASubdomain)]),
    ...checkOneOf(pv, 'volumeMode', ['Block', 'Filesystem']),
  ];
};

const validateChange = (pv: KubernetesObject, old: KubernetesObject): FieldError[] => {
  const sourceOf = (of: KubernetesObject) =>
    Object.fromEntries(
      volumeSources.flatMap((name) =>
        read(of, 'spec', name) === undefined ? [] : [[name, read(of, 'spec', name)]],
      ),
    );
  const before = sourceOf(old);
  const after = sourceOf(pv);
  const mode = read(pv, 'spec', 'volumeMode');
  const affinity = read(old, 'spec', 'nodeAffinity');
  return [
    ...(sameJson(before, after)
      ? []
      : [
          findings.forbidden(
            'spec.persistentvolumesource',
            `spec.persistentvolumesource is immutable after creation\n${diffInternal(before, after, persistentVolumeSource)}`,
          ),
        ]),
    ...(mode === read(old, 'spec', 'volumeMode')
      ? []
      : [findings.invalid('volumeMode', mode, 'field is immutable')]),
    ...(affinity === undefined || sameJson(affinity, read(pv, 'spec', 'nodeAffinity'))
      ? []
      : [
          findings.invalid(
            'spec.nodeAffinity',
            read(pv, 'spec', 'nodeAffinity') ?? null,
            'field is immutable',
          ),
        ]),
  ];
};

const stampStatus = (pv: KubernetesObject, old: KubernetesObject, now: number): KubernetesObject => {
  if (textAt(pv, 'status', 'phase') === textAt(old, 'status', 'phase')) return pv;
  if (textAt(pv, 'status', 'lastPhaseTransitionTime') !== textAt(old, 'status', 'lastPhaseTransitionTime'))
    return pv;
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  return { ...pv, status: { ...recordAt(pv, 'status'), lastPhaseTransitionTime: time } };
};

const claimOf = (pv: KubernetesObject): string => {
  const name = textAt(pv, 'spec', 'claimRef', 'name');
  return read(pv, 'spec', 'claimRef') === undefined
    ? ''
    : `${textAt(pv, 'spec', 'claimRef', 'namespace')}/${name}`;
};

const phaseOf = (pv: KubernetesObject): string =>
  pv.metadata.deletionTimestamp === undefined ? textAt(pv, 'status', 'phase') : 'Terminating';

const betaClass = 'volume.beta.kubernetes.io/storage-class';

/** PersistentVolumes: the source of a volume cannot change, all else may. */
export const persistentVolumes: Kind = builtInKind(resources.persistentVolumes, {
  shortNames: ['pv'],
  status: true,
  create,
  defaults,
  validate,
  validateChange,
  warnings: (pv) => fractionWarning('spec.capacity[storage]', read(pv, 'spec', 'capacity', 'storage')),
  stampStatus,
  decodeError: (pv) => (hasBadQuantity(read(pv, 'spec', 'capacity')) ? badQuantity : undefined),
  allColumns: [
    nameColumn,
    text('Capacity', (pv) => textAt(pv, 'spec', 'capacity', 'storage')),
    text('Access Modes', (pv) => shortAccessModes(textsAt(pv, 'spec', 'accessModes'))),
    text('Reclaim Policy', (pv) => textAt(pv, 'spec', 'persistentVolumeReclaimPolicy')),
    text('Status', phaseOf),
    text('Claim', claimOf),
    text(
      'StorageClass',
      (pv) => pv.metadata.annotations?.[betaClass] ?? textAt(pv, 'spec', 'storageClassName'),
    ),
    text('VolumeAttributesClass', (pv) => textAt(pv, 'spec', 'volumeAttributesClassName') || '<unset>'),
    text('Reason', (pv) => textAt(pv, 'status', 'reason')),
    ageColumn,
    wideText('VolumeMode', (pv) => textAt(pv, 'spec', 'volumeMode') || '<unset>'),
  ],
});
