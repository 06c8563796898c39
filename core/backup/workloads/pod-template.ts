import type { KubernetesObject } from '../../model/kubernetes-object.ts';

type Named = { readonly name?: string | undefined; readonly optional?: boolean | undefined };

type Container = {
  readonly env?: readonly {
    readonly valueFrom?: { readonly configMapKeyRef?: Named; readonly secretKeyRef?: Named };
  }[];
  readonly envFrom?: readonly { readonly configMapRef?: Named; readonly secretRef?: Named }[];
};

type Volume = {
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly configMap?: Named;
  readonly secret?: { readonly secretName?: string; readonly optional?: boolean };
  readonly projected?: {
    readonly sources?: readonly { readonly configMap?: Named; readonly secret?: Named }[];
  };
  readonly csi?: { readonly nodePublishSecretRef?: Named };
};

/** What of a pod template names other objects. */
export type PodTemplate = {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly volumes?: readonly Volume[];
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly serviceAccountName?: string;
    readonly imagePullSecrets?: readonly Named[];
  };
};

type WorkloadSpec = {
  readonly template?: PodTemplate;
  /** CronJob. */
  readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } };
};

/** The pods that a workload makes. */
export const podTemplateOf = (workload: KubernetesObject): PodTemplate => {
  const spec = workload['spec'] as WorkloadSpec | undefined;
  return spec?.jobTemplate?.spec?.template ?? spec?.template ?? {};
};

const containersOf = ({ spec }: PodTemplate): readonly Container[] => [
  ...(spec?.containers ?? []),
  ...(spec?.initContainers ?? []),
];

/** Another object that pods cannot start without, or can where it is optional. */
export type Reference = { readonly name: string; readonly isOptional: boolean };

const references = (named: readonly (Named | undefined)[]): Reference[] =>
  named.flatMap((entry) => (entry?.name ? { name: entry.name, isOptional: entry.optional === true } : []));

/** ConfigMaps that the pods read. */
export const configMapsOf = (template: PodTemplate): Reference[] => {
  const volumes = template.spec?.volumes ?? [];
  const containers = containersOf(template);
  return references([
    ...volumes.map(({ configMap }) => configMap),
    ...volumes.flatMap(({ projected }) => (projected?.sources ?? []).map(({ configMap }) => configMap)),
    ...containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.configMapKeyRef)),
    ...containers.flatMap(({ envFrom = [] }) => envFrom.map(({ configMapRef }) => configMapRef)),
  ]);
};

/** Secrets that the pods read, or that their images are pulled with. */
export const secretsOf = (template: PodTemplate): Reference[] => {
  const volumes = template.spec?.volumes ?? [];
  const containers = containersOf(template);
  return references([
    ...volumes.map(({ secret }) => secret && { name: secret.secretName, optional: secret.optional }),
    ...volumes.flatMap(({ projected }) => (projected?.sources ?? []).map(({ secret }) => secret)),
    ...volumes.map(({ csi }) => csi?.nodePublishSecretRef),
    ...containers.flatMap(({ env = [] }) => env.map(({ valueFrom }) => valueFrom?.secretKeyRef)),
    ...containers.flatMap(({ envFrom = [] }) => envFrom.map(({ secretRef }) => secretRef)),
    ...(template.spec?.imagePullSecrets ?? []),
  ]);
};

/** The account of the pods; undefined for `default`, which every namespace has. */
export const serviceAccountOf = ({ spec }: PodTemplate): string | undefined =>
  spec?.serviceAccountName === 'default' ? undefined : spec?.serviceAccountName || undefined;
