import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { shellWord } from '../rules/guard/commands.ts';
import type { ConflictFlags } from './conflict.ts';

/** The class of a claim or PV; empty where it has none. The annotation is the old way and wins, as in Kubernetes. */
export const storageClassOf = ({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';

/** Another class for the claims of one, by whatever name the target has it. */
export const otherClass = (name: string): ConflictFlags => ({
  words: `--map-storage-class ${shellWord(name)}=OTHER`,
  servesMove: true,
});

const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';

const textEntries = (value: unknown): Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(isText)) : {};

/** What a StorageClass or a class of replications tells its driver. */
export type ClassSettings = {
  readonly provisioner: string;
  readonly parameters: Readonly<Record<string, string>>;
};

/** Provisioner and parameters of a class: a StorageClass has them at its top, a class of replications in its spec. */
export const settingsOf = (object: KubernetesObject): ClassSettings => {
  const spec = object['spec'];
  const holder: Readonly<Record<string, unknown>> =
    typeof spec === 'object' && spec !== null ? { ...spec } : object;
  const provisioner = holder['provisioner'];
  return {
    provisioner: typeof provisioner === 'string' ? provisioner : '',
    parameters: textEntries(holder['parameters']),
  };
};
