import { backupRecordText, lastBackupAnnotation } from '../backup/backup-record.ts';
import { consentAnnotation } from '../consent.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { Pod } from '../model/pod.ts';
import { known, type Reading, unknown } from '../model/reading.ts';
import type { StorageClass } from '../model/storage-class.ts';
import { replicationNames, type VolumeReplication } from '../model/volume-replication.ts';
import { viewLists } from '../protection/view-lists.ts';
import type { CheckCode } from '../rules/rule-code.ts';
import { assess } from '../status/assess.ts';
import type { SiteObjects } from '../status/snapshot.ts';
import type { CheckFacts, Definition, Registration, Schema, SiteFacts } from './facts.ts';
import { type FurtherLists, furtherKinds } from './further-lists.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** The clock of the examples. */
export const exampleNow = Date.parse('2026-03-01T12:00:00Z');
const ago = (milliseconds: number): string => new Date(exampleNow - milliseconds).toISOString();
const driver = 'rook-ceph.rbd.csi.ceph.com';

/** The primary's VolumeReplication, as dr-controller left it. */
export const exampleReplication: VolumeReplication = {
  metadata: {
    namespace: 'shop',
    name: 'db',
    generation: 1,
    creationTimestamp: ago(60 * minute),
    finalizers: [replicationNames.finalizer],
    annotations: {
      [lastBackupAnnotation]: backupRecordText({
        at: exampleNow - 60 * minute,
        digest: `sha256:${'5e'.repeat(32)}`,
      }),
    },
    managedFields: [{ manager: 'dr-controller', subresource: 'status', time: ago(minute) }],
  },
  spec: {
    volumeReplicationClass: 'rbd-5m',
    replicationState: 'primary',
    dataSource: { kind: 'PersistentVolumeClaim', name: 'db' },
    autoResync: false,
  },
  status: {
    state: 'Primary',
    observedGeneration: 1,
    lastSyncTime: ago(3 * minute),
    conditions: [
      [
        'Completed',
        'True',
        'Promoted',
        'volume is promoted to primary and replicating to secondary',
      ] as const,
      ['Degraded', 'False', 'Healthy', 'volume is healthy'] as const,
    ].map(([type, status, reason, message]) => ({
      type,
      status,
      reason,
      message,
      observedGeneration: 1,
      lastTransitionTime: ago(60 * minute),
    })),
  },
};

export const exampleClaim: PersistentVolumeClaim = {
  metadata: { namespace: 'shop', name: 'db' },
  spec: { volumeName: 'pv-db', storageClassName: 'rbd', resources: { requests: { storage: '1Gi' } } },
  status: { phase: 'Bound', capacity: { storage: '1Gi' } },
};

export const exampleVolume: PersistentVolume = {
  metadata: { name: 'pv-db' },
  spec: {
    capacity: { storage: '1Gi' },
    csi: {
      driver,
      volumeHandle: '0001-0009-rook-ceph-0000000000000002-4e8a1c3d-2b7f-4c61-8d05-9a3e6f1c0b24',
    },
    storageClassName: 'rbd',
    persistentVolumeReclaimPolicy: 'Retain',
  },
};

const schemaOf = (paths: readonly string[]): Schema => {
  const [leaves, rest] = [new Set<string>(), new Map<string, string[]>()];
  for (const path of paths) {
    const [first = '', ...more] = path.split('.');
    if (more.length === 0) leaves.add(first);
    else rest.set(first, [...(rest.get(first) ?? []), more.join('.')]);
  }
  return {
    properties: Object.fromEntries([
      ...[...leaves].map((name) => [name, {}]),
      ...[...rest].map(([name, more]) => [name, schemaOf(more)]),
    ]),
  };
};

/** A definition whose schema has these fields. */
export const exampleDefinition = (...paths: readonly string[]): Definition => ({
  metadata: { name: 'example' },
  spec: {
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: schemaOf(paths) },
      },
    ],
  },
});

export const replicationFields = [
  'spec.volumeReplicationClass',
  'spec.replicationState',
  'spec.dataSource',
  'spec.autoResync',
  'status.state',
  'status.observedGeneration',
  'status.conditions.observedGeneration',
  'status.lastSyncTime',
] as const;

export const operationFields = [
  'spec.verb',
  'spec.volumes',
  'status.phase',
  'status.pointOfNoReturnAt',
  'status.steps',
  'status.workloads.claims',
  'status.lease.renewTime',
] as const;

export const exampleGuard: Registration = {
  kind: 'ValidatingWebhookConfiguration',
  name: 'kubectl-dr-guard',
  target: { by: 'service', text: 'kubectl-dr/dr-webhook' },
  failurePolicy: 'Fail',
  bundle: known([{ subject: 'CN=dr-webhook', from: exampleNow - day, until: exampleNow + 364 * day }]),
};

const exampleRestore: Registration = {
  ...exampleGuard,
  kind: 'MutatingWebhookConfiguration',
  name: 'kubectl-dr-restore',
  failurePolicy: 'Ignore',
};

/** What an example has of a site other than the healthy usual. */
export type SiteSketch = Partial<Omit<SiteFacts, 'site' | 'view' | 'objects'>> & {
  readonly objects?: Reading<Partial<SiteObjects>>;
};

const healthyObjects: SiteObjects = {
  replications: [exampleReplication],
  groups: [],
  classes: known([
    {
      metadata: { name: 'rbd-5m' },
      spec: { provisioner: driver, parameters: { mirroringMode: 'snapshot', schedulingInterval: '5m' } },
    },
  ]),
  claims: known([exampleClaim]),
  volumes: known([exampleVolume]),
  operations: known([]),
};

const storageClass: StorageClass = {
  metadata: { name: 'rbd' },
  provisioner: driver,
  reclaimPolicy: 'Retain',
};

const viewOf = (
  objects: Reading<SiteObjects>,
  pods: Reading<readonly Pod[]>,
  storageClasses: Reading<readonly StorageClass[]>,
) =>
  viewLists({
    replications: objects.known ? known(objects.value.replications) : objects,
    groups: objects.known ? known(objects.value.groups) : objects,
    replicationClasses: objects.known ? objects.value.classes : objects,
    claims: objects.known ? objects.value.claims : objects,
    volumes: objects.known ? objects.value.volumes : objects,
    storageClasses,
    pods,
    attachments: unknown('they were not read'),
  });

const exampleSite = (name: string, usual: Partial<SiteObjects>, sketch: SiteSketch): SiteFacts => {
  const asked = sketch.objects ?? known({});
  const objects: Reading<SiteObjects> = asked.known
    ? known({ ...healthyObjects, ...usual, ...asked.value })
    : asked;
  const { pods = known([]), storageClasses = known([storageClass]) } = sketch;
  return {
    site: { name, context: name, kubectl: `kubectl --context ${name}` },
    replicationDefinition: known(exampleDefinition(...replicationFields)),
    classDefinition: known(exampleDefinition('spec.provisioner', 'spec.parameters')),
    operationDefinition: known(exampleDefinition(...operationFields)),
    csiDrivers: known([{ metadata: { name: driver } }]),
    csiNodes: known([]),
    csiAddonsNodes: known([]),
    leases: known([
      {
        metadata: { namespace: 'rook-ceph', name: 'rook-ceph-rbd-csi-ceph-com-dr-controller' },
        spec: { holderIdentity: 'provisioner-0', leaseDurationSeconds: 15, renewTime: ago(5_000) },
      },
    ]),
    namespaces: known([{ metadata: { name: 'shop' }, status: { phase: 'Active' } }]),
    webhook: known({ guard: exampleGuard, restore: exampleRestore, answer: known('yes') }),
    ...sketch,
    pods,
    storageClasses,
    objects,
    view: viewOf(objects, pods, storageClasses),
  };
};

/** Every list was read, and is empty. */
const nothingFurther = Object.fromEntries(furtherKinds.map((kind) => [kind, known([])]));

/** What was read beside of one site, instead of nothing. */
export const further = (context: string, lists: FurtherLists['lists']): Pick<CheckFacts, 'further'> => ({
  further: ['cluster-1', 'cluster-2'].map((it) => ({
    context: it,
    lists: it === context ? { ...nothingFurther, ...lists } : nothingFurther,
  })),
});

/**
 * Facts in which one claim, shop/db, is primary on cluster-1 and everything is well, with what differs on either site. `there: null`
 * stands for no peer.
 */
export const checkFacts = ({
  here = {},
  there = {},
  ...rest
}: { here?: SiteSketch; there?: SiteSketch | null } & Partial<CheckFacts> = {}): CheckFacts => {
  const first = exampleSite('cluster-1', {}, here);
  const second =
    there && exampleSite('cluster-2', { replications: [], claims: known([]), volumes: known([]) }, there);
  const now = rest.now ?? exampleNow;
  return {
    sites: second === null ? [first] : [first, second],
    volumes: assess({ here: first, there: second ?? undefined, now }),
    mounting: [],
    further: [
      { context: 'cluster-1', lists: nothingFurther },
      { context: 'cluster-2', lists: nothingFurther },
    ],
    machine: { shadows: known([]), plugins: known(['/usr/local/bin/kubectl-dr']), manifests: 'manifests' },
    now,
    ...rest,
  };
};

const withMetadata = (more: VolumeReplication['metadata']): SiteSketch => ({
  objects: known({
    replications: [{ ...exampleReplication, metadata: { ...exampleReplication.metadata, ...more } }],
  }),
});

const mounting = (...claims: readonly string[]): Pod => ({
  metadata: { namespace: 'shop', name: 'db-0' },
  spec: { volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) },
  status: { phase: 'Running' },
});

const named = <T extends { metadata: object }>(object: T, name: string): T => ({
  ...object,
  metadata: { ...object.metadata, name },
});

const podOf = (spec: object): Pod => {
  const pod = mounting('db');
  return { ...pod, spec: { ...pod.spec, ...spec } };
};

/** The primary's VolumeReplication, for another claim. */
const replicating = (name: string): VolumeReplication => ({
  ...named(exampleReplication, name),
  spec: { ...exampleReplication.spec, dataSource: { ...exampleReplication.spec.dataSource, name } },
});

const ofWal = {
  replication: replicating('wal'),
  claim: { ...named(exampleClaim, 'wal'), spec: { ...exampleClaim.spec, volumeName: 'pv-wal' } },
};

/** Claim shop/wal is primary on cluster-2, claim shop/db on cluster-1, and Deployment shop/web mounts both. */
const tornFacts: CheckFacts = checkFacts({
  there: { objects: known({ replications: [ofWal.replication], claims: known([ofWal.claim]) }) },
  mounting: [
    {
      site: { name: 'cluster-1', context: 'cluster-1', kubectl: 'kubectl --context cluster-1' },
      workloads: known([
        { kind: 'Deployment', namespace: 'shop', name: 'web', claims: ['db', 'wal'], isRunning: true },
      ]),
    },
  ],
});

/** For each code of `check` facts at which it is found, for the documentation. */
export const checkExamples = {
  DR401: checkFacts({ there: { objects: unknown('connection refused by 10.0.0.1:6443') } }),
  DR402: checkFacts({
    there: {
      replicationDefinition: known(
        exampleDefinition(...replicationFields.filter((path) => path !== 'spec.autoResync')),
      ),
    },
  }),
  DR403: checkFacts({
    here: {
      ...withMetadata({ generation: 2 }),
      leases: known([]),
    },
  }),
  DR404: checkFacts({ there: { storageClasses: known([]) } }),
  DR405: checkFacts({ there: { csiDrivers: known([{ metadata: { name: 'nfs.csi.k8s.io' } }]) } }),
  DR406: checkFacts({
    here: {
      pods: known([mounting('db', 'cache')]),
      objects: known({
        claims: known([exampleClaim, { ...exampleClaim, metadata: { namespace: 'shop', name: 'cache' } }]),
      }),
    },
  }),
  DR407: checkFacts({ here: withMetadata({ deletionTimestamp: ago(25 * minute) }) }),
  DR408: checkFacts({
    there: {
      webhook: known({
        guard: exampleGuard,
        restore: exampleRestore,
        answer: known({
          no: 'failed calling webhook "guard.kubectl-dr.dev": failed to call webhook: context deadline exceeded',
        }),
      }),
    },
  }),
  DR409: checkFacts({
    machine: {
      shadows: known(['/usr/local/bin/kubectl-dr-status']),
      plugins: known(['/usr/local/bin/kubectl-dr']),
      manifests: 'manifests',
    },
  }),
  DR410: checkFacts({
    there: {
      leases: known([
        {
          metadata: { namespace: 'kube-system', name: 'kube-scheduler' },
          spec: { holderIdentity: 'cp-0', renewTime: ago(-9 * minute) },
        },
      ]),
    },
  }),
  DR411: checkFacts({
    there: {
      objects: known({
        replications: [exampleReplication],
        claims: known([exampleClaim]),
        volumes: known([exampleVolume]),
      }),
    },
  }),
  DR412: checkFacts({
    there: {
      webhook: known({
        guard: {
          ...exampleGuard,
          bundle: known([
            { subject: 'CN=dr-webhook', from: exampleNow - 355 * day, until: exampleNow + 10 * day },
          ]),
        },
        restore: exampleRestore,
        answer: known('yes'),
      }),
    },
  }),
  DR413: checkFacts({
    here: withMetadata({
      annotations: {
        [consentAnnotation]: JSON.stringify({
          accepts: ['demote-in-use'],
          maxLoss: '15m',
          by: 'on-call',
          expires: '2026-03-01T11:00:00Z',
        }),
      },
    }),
  }),
  DR414: checkFacts({
    there: {
      objects: known({ replications: [], volumes: known([exampleVolume]), claims: known([]) }),
    },
    here: {
      objects: known({
        claims: known([{ ...exampleClaim, status: { phase: 'Bound', capacity: { storage: '2Gi' } } }]),
      }),
    },
  }),
  DR415: checkFacts({ there: { operationDefinition: known(undefined) } }),
  DR420: tornFacts,
  DR425: checkFacts({
    here: {
      objects: known({
        volumes: known([
          exampleVolume,
          {
            metadata: { name: 'pv-copy' },
            spec: { ...exampleVolume.spec, persistentVolumeReclaimPolicy: 'Delete' },
            status: { phase: 'Released' },
          },
        ]),
      }),
    },
  }),
  DR427: checkFacts({
    there: {
      objects: known({
        replications: [],
        volumes: known([
          {
            ...exampleVolume,
            spec: {
              ...exampleVolume.spec,
              csi: {
                driver,
                volumeHandle: '0001-0009-rook-ceph-0000000000000003-4e8a1c3d-2b7f-4c61-8d05-9a3e6f1c0b24',
              },
            },
          },
        ]),
      }),
    },
  }),
  DR426: checkFacts({
    there: {
      objects: known({
        replications: [],
        claims: known([{ ...exampleClaim, spec: { ...exampleClaim.spec, volumeName: 'pvc-empty' } }]),
        volumes: known([
          {
            metadata: { name: 'pvc-empty' },
            spec: {
              ...exampleVolume.spec,
              csi: {
                driver,
                volumeHandle: '0001-0009-rook-ceph-0000000000000002-0d9c2a11-5f5e-4d5a-9c39-6a1f0e9d7b42',
              },
            },
          },
        ]),
      }),
    },
  }),
  DR428: checkFacts({ here: withMetadata({ annotations: {} }) }),
  DR429: checkFacts({
    here: {
      objects: known({
        replications: [replicating('data-db-0')],
        claims: known([{ ...named(exampleClaim, 'data-db-0') }]),
      }),
    },
    ...further('cluster-1', {
      statefulSets: known([
        {
          metadata: { namespace: 'shop', name: 'db' },
          spec: {
            persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' },
            volumeClaimTemplates: [{ metadata: { name: 'data' } }],
          },
        },
      ]),
    }),
  }),
  DR430: checkFacts({
    here: {
      objects: known({
        volumes: known([
          {
            ...exampleVolume,
            spec: {
              ...exampleVolume.spec,
              nodeAffinity: {
                required: {
                  nodeSelectorTerms: [
                    {
                      matchExpressions: [
                        { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['east-a'] },
                      ],
                    },
                  ],
                },
              },
            },
          },
        ]),
      }),
    },
    further: [['cluster-1', 'east-a'] as const, ['cluster-2', 'west-a'] as const].map(([context, zone]) => ({
      context,
      lists: {
        ...nothingFurther,
        nodes: known([{ metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/zone': zone } } }]),
      },
    })),
  }),
  DR431: checkFacts({
    here: {
      objects: known({
        claims: known([
          {
            ...exampleClaim,
            spec: { ...exampleClaim.spec, dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'golden' } },
          },
          { ...named(exampleClaim, 'golden'), spec: { ...exampleClaim.spec, volumeName: 'pv-golden' } },
        ]),
      }),
    },
  }),
  DR432: checkFacts({
    here: { pods: known([podOf({ priorityClassName: 'shop-critical' })]) },
  }),
  DR433: checkFacts({
    here: { pods: known([podOf({ nodeSelector: { disktype: 'ssd' } })]) },
    ...further('cluster-2', { nodes: known([{ metadata: { name: 'node-1', labels: {} } }]) }),
  }),
  DR434: checkFacts({
    here: withMetadata({
      labels: {
        'kustomize.toolkit.fluxcd.io/name': 'shop',
        'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      },
    }),
  }),
  DR435: checkFacts({
    here: {
      objects: known({
        claims: known([
          exampleClaim,
          { ...named(exampleClaim, 'cache'), spec: { ...exampleClaim.spec, volumeName: 'pv-cache' } },
        ]),
      }),
    },
  }),
  DR436: checkFacts({
    here: {
      objects: known({
        claims: known([
          { ...exampleClaim, metadata: { ...exampleClaim.metadata, deletionTimestamp: ago(minute) } },
        ]),
      }),
    },
  }),
  DR437: checkFacts({
    there: {
      objects: known({
        replications: [],
        claims: known([]),
        volumes: known([
          {
            ...exampleVolume,
            spec: {
              ...exampleVolume.spec,
              claimRef: { namespace: 'shop', name: 'db', uid: 'of-a-claim-that-is-gone' },
            },
            status: { phase: 'Released' },
          },
        ]),
      }),
    },
  }),
} satisfies Record<CheckCode, CheckFacts>;
