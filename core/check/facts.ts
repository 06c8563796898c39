import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Pod } from '../model/pod.ts';
import type { Reading } from '../model/reading.ts';
import type { StorageClass } from '../model/storage-class.ts';
import type { ListedSite } from '../protection/view-lists.ts';
import type { VolumeStatus } from '../status/assess.ts';
import type { SiteName, SiteObjects } from '../status/snapshot.ts';
import type { Mounting } from '../status/split-applications.ts';
import type { FurtherLists } from './further-lists.ts';

/** `apiextensions.k8s.io/v1` CustomResourceDefinition, what tells which fields its kind has. */
export type Definition = KubernetesObject & {
  spec?: {
    versions?: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly subresources?: { readonly status?: object };
      readonly schema?: { readonly openAPIV3Schema?: Schema };
    }[];
  };
};

/** A structural schema, as far as it tells which fields there are. */
export type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
};

/** `storage.k8s.io/v1` CSINode: the drivers that a kubelet has registered. */
export type CsiNode = KubernetesObject & { spec?: { drivers?: readonly { name: string }[] | null } };

/** `csiaddons.openshift.io/v1alpha1` CSIAddonsNode: a sidecar of kubernetes-csi-addons beside a driver. */
export type CsiAddonsNode = KubernetesObject & {
  spec?: { driver?: { name?: string } };
  status?: { state?: string };
};

/** `coordination.k8s.io/v1` Lease. */
export type LeaseHeld = KubernetesObject & {
  spec?: { holderIdentity?: string; leaseDurationSeconds?: number; renewTime?: string };
};

/** `v1` Namespace, what holds up its deletion. */
export type CheckedNamespace = KubernetesObject & {
  status?: { phase?: string; conditions?: readonly { type: string; status: string; message?: string }[] };
};

/** The time in which one certificate is valid, in milliseconds since the epoch. */
export type CertificateLife = { readonly subject: string; readonly from: number; readonly until: number };

/** One webhook configuration of ours as it is registered. */
export type Registration = {
  readonly kind: string;
  readonly name: string;
  /** How an API server finds the webhook. */
  readonly target: { readonly by: 'service' | 'url'; readonly text: string };
  readonly failurePolicy: string;
  /** The CA bundle; unknown where it cannot be understood. */
  readonly bundle: Reading<readonly CertificateLife[]>;
};

/** What dr-webhook left in a cluster. */
export type WebhookFacts = {
  /** Undefined where the configuration is not there. */
  readonly guard: Registration | undefined;
  readonly restore: Registration | undefined;
  /** Whether the guard answered a change that it has to refuse; `no`: what happened instead. */
  readonly answer: Reading<'yes' | { readonly no: string }>;
};

/** Everything that was read of one site; each part may be what could not be read. */
export type SiteFacts = {
  readonly site: SiteName;
  /** What status reads. */
  readonly objects: Reading<SiteObjects>;
  /** The same, and pods and StorageClasses, quick to look at; a method throws where its answer is unknown. */
  readonly view: ListedSite;
  /** Undefined where it is not installed. */
  readonly replicationDefinition: Reading<Definition | undefined>;
  readonly classDefinition: Reading<Definition | undefined>;
  /** Of the records of procedures. */
  readonly operationDefinition: Reading<Definition | undefined>;
  readonly storageClasses: Reading<readonly StorageClass[]>;
  readonly csiDrivers: Reading<readonly KubernetesObject[]>;
  readonly csiNodes: Reading<readonly CsiNode[]>;
  readonly csiAddonsNodes: Reading<readonly CsiAddonsNode[]>;
  /** All but those of nodes. */
  readonly leases: Reading<readonly LeaseHeld[]>;
  readonly namespaces: Reading<readonly CheckedNamespace[]>;
  readonly pods: Reading<readonly Pod[]>;
  readonly webhook: Reading<WebhookFacts>;
};

/** Executables that kubectl could take for this plugin or one of its commands. */
export type MachineFacts = {
  /** Paths on PATH whose names begin with `kubectl-dr-`. */
  readonly shadows: Reading<readonly string[]>;
  /** Paths of different executables called `kubectl-dr`, the one that wins first. */
  readonly plugins: Reading<readonly string[]>;
  /** Where the manifests of this installation are. */
  readonly manifests: string;
};

/** The record that every check reads. */
export type CheckFacts = {
  /** The site that was asked for, and its peer where one is known. */
  readonly sites: readonly SiteFacts[];
  /** The volumes that were asked for, judged as in `kubectl dr status`. */
  readonly volumes: readonly VolumeStatus[];
  /** What mounts claims, of namespaces whose volumes are primary on both sites; empty where there are none. */
  readonly mounting: readonly { readonly site: SiteName; readonly workloads: Reading<readonly Mounting[]> }[];
  /** What was read beside, where something that was read before asked for it. */
  readonly further: readonly FurtherLists[];
  readonly machine: MachineFacts;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** The other site; undefined where none is known. */
export const peerOf = ({ sites }: CheckFacts, { site }: SiteFacts): SiteFacts | undefined =>
  sites.find((other) => other.site.context !== site.context);
