import type { PersistentVolume } from '../model/persistent-volume.ts';
import { classSecret, type SecretReference, type TemplateValues } from './class-secrets.ts';

/** The PV as the target's class wants it, and what could not be taken from the class: one sentence each. */
export type ReferringVolume = { readonly volume: PersistentVolume; readonly warnings: readonly string[] };

type CsiSource = NonNullable<NonNullable<PersistentVolume['spec']>['csi']>;

/** Each secret has a purpose in the class and a field of its own in the PV. */
const fields = {
  'node-stage': 'nodeStageSecretRef',
  'node-publish': 'nodePublishSecretRef',
  'node-expand': 'nodeExpandSecretRef',
  'controller-expand': 'controllerExpandSecretRef',
  'controller-publish': 'controllerPublishSecretRef',
} as const;

/** By these annotations external-provisioner finds the secret for deleting a volume. */
const deletionSecret = {
  name: 'volume.kubernetes.io/provisioner-deletion-secret-name',
  namespace: 'volume.kubernetes.io/provisioner-deletion-secret-namespace',
} as const;

type Parameters = Readonly<Record<string, string>>;
type Found = { readonly secret: SecretReference | undefined; readonly warning: string | undefined };

const find = (parameters: Parameters, purpose: string, values: TemplateValues, hasOne: boolean): Found => {
  const { volume } = values;
  const reading = classSecret(parameters, purpose, values);
  const kept = `PV ${volume.metadata.name} keeps the ${purpose} secret of the source site`;
  const nothing = (why: string): Found => ({
    secret: undefined,
    warning: hasOne ? `${kept}: ${why}` : undefined,
  });
  if (!reading.known)
    return { secret: undefined, warning: `the class of PV ${volume.metadata.name}: ${reading.why}` };
  if (reading.value === undefined) return nothing('its class on the target names none');
  return { secret: reading.value, warning: undefined };
};

const withSecrets = (csi: CsiSource, parameters: Parameters, values: TemplateValues) => {
  const found = Object.entries(fields).map(
    ([purpose, field]) => [field, find(parameters, purpose, values, csi[field] !== undefined)] as const,
  );
  const secrets = found.flatMap(([field, { secret }]) => (secret === undefined ? [] : [[field, secret]]));
  return {
    csi: { ...csi, ...Object.fromEntries(secrets) } as CsiSource,
    warnings: found.flatMap(([, { warning }]) => warning ?? []),
  };
};

/** `clusterID` names the storage cluster among those that a driver knows, and differs from site to site. */
const withClusterId = (csi: CsiSource, { clusterID }: Parameters): CsiSource => {
  const attributes = csi['volumeAttributes'];
  const hasOne = typeof attributes === 'object' && attributes !== null && 'clusterID' in attributes;
  return clusterID === undefined || !hasOne
    ? csi
    : { ...csi, volumeAttributes: { ...attributes, clusterID } };
};

const withDeletionSecret = (volume: PersistentVolume, parameters: Parameters, values: TemplateValues) => {
  const { annotations = {} } = volume.metadata;
  const { secret, warning } = find(
    parameters,
    'provisioner',
    values,
    // external-provisioner writes it empty where the class names no secret.
    Boolean(annotations[deletionSecret.name]),
  );
  if (secret === undefined) return { volume, warning };
  const renewed = {
    ...annotations,
    [deletionSecret.name]: secret.name,
    [deletionSecret.namespace]: secret.namespace,
  };
  return { volume: { ...volume, metadata: { ...volume.metadata, annotations: renewed } }, warning };
};

/**
 * References of a PV that belong to one site, taken from the target's StorageClass: secrets and the storage cluster's id. The volume
 * handle stays: both sites share it.
 */
export const useTargetClass = (parameters: Parameters, values: TemplateValues): ReferringVolume => {
  const csi = values.volume.spec?.csi;
  if (csi === undefined) return { volume: values.volume, warnings: [] };
  const { csi: renewed, warnings } = withSecrets(csi, parameters, values);
  const spec = { ...values.volume.spec, csi: withClusterId(renewed, parameters) };
  const { volume, warning } = withDeletionSecret({ ...values.volume, spec }, parameters, values);
  return { volume, warnings: warning === undefined ? warnings : [...warnings, warning] };
};
