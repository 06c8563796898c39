import { describe, expect, it } from 'vitest';
import { backupRecordText, lastBackupAnnotation } from '../../../core/backup/backup-record.ts';
import {
  checkExamples,
  checkFacts,
  exampleClaim,
  exampleDefinition,
  exampleGuard,
  exampleNow,
  exampleReplication,
  exampleVolume,
  operationFields,
  replicationFields,
  type SiteSketch,
} from '../../../core/check/examples.ts';
import type { CheckFacts, WebhookFacts } from '../../../core/check/facts.ts';
import { runChecks } from '../../../core/check/run-checks.ts';
import { consentAnnotation } from '../../../core/consent.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { known, unknown } from '../../../core/model/reading.ts';
import { replicationNames, type VolumeReplication } from '../../../core/model/volume-replication.ts';
import type { RuleCode } from '../../../core/rules/rule-code.ts';

const minute = 60_000;
const ago = (minutes: number): string => new Date(exampleNow - minutes * minute).toISOString();
const driver = 'rook-ceph.rbd.csi.ceph.com';

/** Level and text of what has the code; the texts may begin so. */
const told = (code: RuleCode, facts: CheckFacts): string[] =>
  runChecks(facts)
    .findings.filter((found) => found.code === code)
    .map(({ level, site, message }) => `${level} ${site?.name ?? '-'}: ${message}`);

const gapsOf = (name: string, facts: CheckFacts): readonly string[] =>
  runChecks(facts).runs.find((run) => run.name === name)?.unknown ?? [];

const replication = (
  differs: { metadata?: object; spec?: object; status?: object } = {},
): VolumeReplication => ({
  ...exampleReplication,
  metadata: { ...exampleReplication.metadata, ...differs.metadata },
  spec: { ...exampleReplication.spec, ...differs.spec },
  status: { ...exampleReplication.status, ...differs.status },
});

const holding = (...replications: VolumeReplication[]): SiteSketch => ({ objects: known({ replications }) });

const classOf = (name: string, parameters: Record<string, string>, provisioner = driver) => ({
  metadata: { name },
  spec: { provisioner, parameters },
});

const withClass = (...classes: ReturnType<typeof classOf>[]): SiteSketch => ({
  objects: known({ classes: known(classes) }),
});

describe('DR104', () => {
  it.each([
    { policy: 'Retain', says: [] },
    { policy: undefined, says: [] },
    { policy: 'Delete', says: [expect.stringContaining('error cluster-1: has reclaim policy Delete')] },
  ] as const)('judges the reclaim policy $policy of a protected volume', ({ policy, says }) => {
    const { persistentVolumeReclaimPolicy: _, ...spec } = exampleVolume.spec ?? {};
    const volume = {
      ...exampleVolume,
      spec: { ...spec, ...(policy && { persistentVolumeReclaimPolicy: policy }) },
    };
    expect(told('DR104', checkFacts({ here: { objects: known({ volumes: known([volume]) }) } }))).toEqual(
      says,
    );
  });

  it('does not know the policy where volumes cannot be read', () => {
    const facts = checkFacts({ here: { objects: known({ volumes: unknown('forbidden') }) } });
    expect(told('DR104', facts)).toEqual([]);
    expect(gapsOf('ReclaimPolicies', facts)).toEqual(['forbidden']);
  });
});

describe('classes', () => {
  const five = { schedulingInterval: '5m' };

  it('DR106: a replication whose class has gone, or is of another driver', () => {
    expect(told('DR106', checkFacts({ here: withClass() }))).toEqual([
      expect.stringContaining('error cluster-1: names class rbd-5m, which is not there'),
    ]);
    expect(told('DR106', checkFacts({ here: withClass(classOf('rbd-5m', five, 'other.csi')) }))).toEqual([
      expect.stringContaining('names class rbd-5m, which is for other.csi, and its volume is of rook-ceph'),
    ]);
    expect(told('DR106', checkFacts())).toEqual([]);
  });

  it('DR107 and DR301: parameters that cannot work, and none that would mirror back', () => {
    const facts = checkFacts({
      there: withClass(classOf('rbd-5m', { schedulingInterval: '90s' }), classOf('bare', {})),
    });
    expect(told('DR107', facts)).toEqual([
      expect.stringContaining('error cluster-2: schedulingInterval is "90s", not digits above zero'),
    ]);
    expect(told('DR301', facts)).toEqual([
      expect.stringContaining('warning cluster-2: VolumeReplicationClass bare has no schedulingInterval'),
    ]);
  });

  it('DR302: a class that the other site lacks, or has otherwise', () => {
    expect(told('DR302', checkFacts({ there: withClass() }))).toEqual([
      expect.stringContaining(
        'error cluster-2: is not there, and claim shop/db is protected by it on cluster-1',
      ),
    ]);
    const other = classOf('rbd-5m', { mirroringMode: 'snapshot', schedulingInterval: '1h' });
    expect(told('DR302', checkFacts({ there: withClass(other) }))).toEqual([
      expect.stringContaining('schedulingInterval is "5m" here and "1h" on cluster-2'),
    ]);
    expect(
      gapsOf('ClassesOfBothSites', checkFacts({ there: { objects: known({ classes: unknown('no') }) } })),
    ).toEqual(['no']);
  });
});

describe('DR428 and DR304', () => {
  const backedUpAt = (minutes: number): SiteSketch =>
    holding(
      replication({
        metadata: {
          annotations: {
            [lastBackupAnnotation]: backupRecordText({
              at: Date.parse(ago(minutes)),
              digest: `sha256:${'a1'.repeat(32)}`,
            }),
          },
        },
      }),
    );
  const never = holding(replication({ metadata: { annotations: {} } }));
  const withClaim: SiteSketch = {
    objects: known({ replications: [], claims: known([exampleClaim]), volumes: known([exampleVolume]) }),
  };

  it('find a claim that the other site has neither itself nor from a backup', () => {
    expect(told('DR428', checkFacts({ here: never }))).toEqual([
      expect.stringMatching(/^error cluster-2: is not there, and no backup of it is on record on cluster-1/),
    ]);
    expect(told('DR428', checkFacts({ here: backedUpAt(5) }))).toEqual([]);
    expect(told('DR428', checkFacts({ here: never, there: withClaim }))).toEqual([]);
  });

  it('take an annotation that nobody can read for no record', () => {
    const spoilt = holding(
      replication({ metadata: { annotations: { [lastBackupAnnotation]: 'yesterday' } } }),
    );
    expect(told('DR428', checkFacts({ here: spoilt }))).toHaveLength(1);
  });

  it('warn of an old backup where there is nothing else to restore from', () => {
    expect(told('DR304', checkFacts({ here: backedUpAt(72 * 60) }))).toEqual([
      expect.stringMatching(/^warning cluster-1: the last backup on record is 3d old/),
    ]);
    expect(told('DR304', checkFacts({ here: backedUpAt(47 * 60) }))).toEqual([]);
    expect(told('DR304', checkFacts({ here: backedUpAt(72 * 60), there: withClaim }))).toEqual([]);
  });

  it('warn where no other site is known', () => {
    expect(told('DR304', checkFacts({ here: never, there: null }))).toEqual([
      expect.stringMatching(/^warning cluster-1: no backup of it is on record/),
    ]);
  });

  it('do not know where claims of the other site cannot be read', () => {
    const facts = checkFacts({ here: never, there: { objects: known({ claims: unknown('forbidden') }) } });
    expect(told('DR428', facts)).toEqual([]);
    expect(gapsOf('FailoverObjects', facts)).toEqual(['forbidden']);
  });
});

describe('DR420', () => {
  it('names an application that is torn over both sites', () => {
    expect(told('DR420', checkExamples.DR420)).toEqual([
      expect.stringContaining(
        'error cluster-1: Deployment shop/web mounts volumes that are primary on different',
      ),
    ]);
    expect(told('DR420', checkFacts())).toEqual([]);
  });

  it('does not know where workloads cannot be read', () => {
    const mounting = checkExamples.DR420.mounting.map((it) => ({ ...it, workloads: unknown('forbidden') }));
    const facts = { ...checkExamples.DR420, mounting };
    expect(told('DR420', facts)).toEqual([]);
    expect(gapsOf('ApplicationsSplit', facts)).toEqual(['forbidden']);
  });
});

describe('DR303, DR105, DR113 and DR411', () => {
  it('warn of a primary that is not followed yet, though nothing is wrong', () => {
    const { status, ...rest } = replication({ metadata: { creationTimestamp: ago(1) } });
    const { lastSyncTime: _, ...unsynced } = status ?? {};
    const facts = checkFacts({ here: holding({ ...rest, status: unsynced }) });
    expect(told('DR113', facts)).toEqual([expect.stringContaining('warning -: Moving: not followed yet: ')]);
  });

  it.each([
    { minutes: 9, codes: [] },
    { minutes: 12, codes: ['DR303 warning'] },
    { minutes: 16, codes: ['DR303 error'] },
  ])('a sync $minutes minutes ago, every 5 minutes', ({ minutes, codes }) => {
    const facts = checkFacts({ here: holding(replication({ status: { lastSyncTime: ago(minutes) } })) });
    const found = runChecks(facts).findings.filter(({ level }) => level !== 'info');
    expect(found.map(({ code, level }) => `${code} ${level}`)).toEqual(codes);
  });

  it('tell two replications of one claim', () => {
    const second = replication({ metadata: { name: 'db-2', creationTimestamp: ago(5) } });
    expect(told('DR105', checkFacts({ here: holding(exampleReplication, second) }))).toEqual([
      expect.stringContaining('error -: Degraded: db-2 on cluster-1 names the same volume'),
    ]);
  });
});

describe('DR306', () => {
  it.each([
    { wants: 'primary', there: [], finds: 1 },
    { wants: 'secondary', there: [], finds: 1 },
    { wants: 'secondary', there: [exampleReplication], finds: 0 },
  ])('autoResync on a $wants: $finds', ({ wants, there, finds }) => {
    const here = replication({
      spec: { replicationState: wants, autoResync: true },
      status: { state: wants === 'primary' ? 'Primary' : 'Secondary' },
    });
    const same = { claims: known([exampleClaim]), volumes: known([exampleVolume]) };
    const facts = checkFacts({
      here: holding(here),
      there: { objects: known({ replications: there, ...same }) },
    });
    expect(told('DR306', facts)).toHaveLength(finds);
  });
});

describe('DR402', () => {
  const bare = exampleDefinition(...replicationFields);
  const version = bare.spec?.versions?.[0] ?? { name: '', served: false };

  it.each([
    { what: 'is not there', definition: undefined, says: 'is not installed' },
    {
      what: 'is not served',
      definition: { ...bare, spec: { versions: [{ ...version, served: false }] } },
      says: 'does not serve v1alpha1',
    },
    {
      what: 'has no status subresource',
      definition: { ...bare, spec: { versions: [{ ...version, subresources: {} }] } },
      says: 'is too old: it lacks the status subresource',
    },
    {
      what: 'lacks fields',
      definition: exampleDefinition(...replicationFields.slice(0, 3)),
      says: 'is too old: it lacks spec.autoResync, status.state, status.observedGeneration',
    },
  ])('speaks up where the kind $what', ({ definition, says }) => {
    expect(told('DR402', checkFacts({ there: { replicationDefinition: known(definition) } }))).toEqual([
      expect.stringContaining(`error cluster-2: ${says}`),
    ]);
  });

  it('takes a schema that keeps unknown fields', () => {
    const open = { 'x-kubernetes-preserve-unknown-fields': true };
    const definition = {
      ...bare,
      spec: { versions: [{ ...version, schema: { openAPIV3Schema: open } }] },
    };
    expect(told('DR402', checkFacts({ here: { replicationDefinition: known(definition) } }))).toEqual([]);
  });
});

describe('DR415', () => {
  it.each([
    { what: 'is not there', definition: undefined, says: 'is not installed; procedures keep no record' },
    {
      what: 'lacks fields',
      definition: exampleDefinition(...operationFields.slice(0, 5)),
      says: 'is too old: it lacks status.workloads.claims, status.lease.renewTime; procedures keep',
    },
  ])('speaks up where the kind of records $what', ({ definition, says }) => {
    const facts = checkFacts({ there: { operationDefinition: known(definition) } });
    expect(told('DR415', facts)).toEqual([expect.stringContaining(`warning cluster-2: ${says}`)]);
    expect(told('DR402', facts)).toEqual([]);
  });

  it('does not know where definitions cannot be read', () => {
    const facts = checkFacts({ there: { operationDefinition: unknown('forbidden') } });
    expect(told('DR415', facts)).toEqual([]);
    expect(gapsOf('CustomResourceDefinitions', facts)).toEqual(['forbidden']);
  });
});

describe('DR403', () => {
  const lease = (name: string, renewed = 0) => ({
    metadata: { namespace: 'dr', name },
    spec: { holderIdentity: 'pod-0', leaseDurationSeconds: 15, renewTime: ago(renewed) },
  });
  const addonsNode = {
    metadata: { namespace: 'rook-ceph', name: 'node-0' },
    spec: { driver: { name: driver } },
    status: { state: 'Connected' },
  };
  const ours = 'rook-ceph-rbd-csi-ceph-com-dr-controller';
  const theirs = 'e8cd140a.openshift.io';
  const none = holding();

  it.each([
    {
      what: 'our lease',
      sketch: { leases: known([lease(ours)]) },
      says: 'info cluster-2: dr-controller acts',
    },
    {
      what: 'their lease and a sidecar of the driver',
      sketch: { leases: known([lease(theirs)]), csiAddonsNodes: known([addonsNode]) },
      says: 'info cluster-2: kubernetes-csi-addons acts for it: lease dr/e8cd140a.openshift.io is held by pod-0, CSIAddonsNode rook-ceph/node-0 is Connected',
    },
    {
      what: 'both',
      sketch: { leases: known([lease(ours), lease(theirs)]), csiAddonsNodes: known([addonsNode]) },
      says: 'error cluster-2: dr-controller and kubernetes-csi-addons both act',
    },
    {
      what: 'a status that their manager wrote',
      sketch: {
        leases: known([]),
        ...holding(
          replication({
            metadata: {
              managedFields: [{ manager: 'csi-addons-manager', subresource: 'status', time: ago(2) }],
            },
          }),
        ),
      },
      says: 'info cluster-2: kubernetes-csi-addons acts for it: csi-addons-manager wrote the status of shop/db at generation 1, 2m ago',
    },
  ])('$what', ({ sketch, says }) => {
    expect(told('DR403', checkFacts({ there: { ...none, ...sketch } }))).toContainEqual(
      expect.stringContaining(says),
    );
  });

  it.each([
    { what: 'no lease at all', leases: [] },
    { what: 'an old lease', leases: [lease(ours, 20)] },
    { what: 'their lease without a sidecar of the driver', leases: [lease(theirs)] },
  ])('does not know who acts by $what', ({ leases }) => {
    const facts = checkFacts({ there: { ...none, leases: known(leases) } });
    expect(told('DR403', facts).filter((text) => text.includes('cluster-2'))).toEqual([]);
    expect(gapsOf('Controllers', facts)).toEqual([
      expect.stringContaining('cannot be seen while no VolumeReplication'),
    ]);
  });
});

describe('DR403 without leases', () => {
  it('still tells by a status who acts, and that leases were not seen', () => {
    const facts = checkFacts({ here: { leases: unknown('forbidden') } });
    expect(told('DR403', facts)).toContainEqual(
      expect.stringContaining(
        'info cluster-1: dr-controller acts for it: dr-controller wrote the status of shop/db',
      ),
    );
    expect(gapsOf('Controllers', facts)).toContain('forbidden');
  });
});

describe('DR407 without claims', () => {
  it('still tells a replication that is stuck', () => {
    const stuck = replication({ metadata: { deletionTimestamp: ago(25) } });
    const facts = checkFacts({
      here: { objects: known({ replications: [stuck], claims: unknown('forbidden') }) },
    });
    expect(told('DR407', facts)).toHaveLength(1);
    expect(gapsOf('StuckDeletions', facts)).toEqual(['forbidden']);
  });
});

describe('DR405', () => {
  it('takes a driver that a node lists, and knows nothing where nothing is registered', () => {
    const listed = {
      csiDrivers: known([]),
      csiNodes: known([{ metadata: {}, spec: { drivers: [{ name: driver }] } }]),
    };
    expect(told('DR405', checkFacts({ there: listed }))).toEqual([]);
    const bare = checkFacts({ there: { csiDrivers: known([]), csiNodes: known([]) } });
    expect(told('DR405', bare)).toEqual([]);
    expect(gapsOf('CSIDrivers', bare)).toEqual(['no CSI driver is registered on cluster-2 at all']);
  });
});

describe('DR407', () => {
  const terminating = { deletionTimestamp: ago(25) };
  const stuckClaim = (finalizers: string[], annotations = {}): SiteSketch => ({
    objects: known({
      claims: known([
        { ...exampleClaim, metadata: { ...exampleClaim.metadata, ...terminating, finalizers, annotations } },
      ]),
    }),
  });
  const stuckVolume = (finalizers: string[], spec: object): SiteSketch => ({
    objects: known({
      volumes: known([
        {
          ...exampleVolume,
          metadata: { name: 'pv-db', ...terminating, finalizers },
          spec: { ...exampleVolume.spec, ...spec },
        },
      ]),
    }),
  });
  const pod: KubernetesObject = {
    metadata: { namespace: 'shop', name: 'db-0' },
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'db' } }] },
  };

  it.each([
    {
      what: 'a claim under protection',
      sketch: stuckClaim([replicationNames.pvcFinalizer], { [replicationNames.pvcOwnerAnnotation]: 'db' }),
      says: /^error .* waits for VolumeReplication db, which protects it; do not take the finalizer off/,
    },
    {
      what: 'a claim in use',
      sketch: { ...stuckClaim(['kubernetes.io/pvc-protection']), pods: known([pod]) },
      says: /^warning .* waits for the pods that use it: db-0$/,
    },
    {
      what: 'a claim that pods may use',
      sketch: { ...stuckClaim(['kubernetes.io/pvc-protection']), pods: unknown('forbidden') },
      says: /^warning .* waits for the pods that use it$/,
    },
    {
      what: 'a volume that is bound',
      sketch: stuckVolume(['kubernetes.io/pv-protection'], { claimRef: { namespace: 'shop', name: 'db' } }),
      says: /waits for claim shop\/db, which it is bound to$/,
    },
    {
      what: 'a volume that is attached',
      sketch: stuckVolume(['external-attacher/rbd'], {}),
      says: /external-attacher\/rbd waits for its detachment$/,
    },
    {
      what: 'a finalizer of others',
      sketch: stuckVolume(['example.com/mine'], {}),
      says: /example\.com\/mine waits for whoever put it there$/,
    },
    {
      what: 'a replication, with what its controller says',
      sketch: holding(replication({ metadata: terminating, status: { message: 'image is\nbusy' } })),
      says: /^error .* at the driver first \(its status says: image is busy\); do not take/,
    },
    {
      what: 'a namespace',
      sketch: {
        namespaces: known([
          {
            metadata: { name: 'shop', ...terminating },
            status: {
              conditions: [
                { type: 'NamespaceFinalizersRemaining', status: 'True', message: 'in 1 resource instances' },
                { type: 'NamespaceDeletionContentFailure', status: 'False', message: 'all deleted' },
              ],
            },
          },
        ]),
      },
      says: /^warning .*for 25m: in 1 resource instances$/,
    },
  ])('tells what $what waits for', ({ sketch, says }) => {
    expect(told('DR407', checkFacts({ here: sketch as SiteSketch }))).toEqual([expect.stringMatching(says)]);
  });

  it('leaves deletions alone that have just begun', () => {
    const facts = checkFacts({ here: holding(replication({ metadata: { deletionTimestamp: ago(4) } })) });
    expect(told('DR407', facts)).toEqual([]);
  });
});

describe('DR408 and DR412', () => {
  const restore = { ...exampleGuard, kind: 'MutatingWebhookConfiguration', name: 'kubectl-dr-restore' };
  const webhook = (differs: Partial<WebhookFacts>): SiteSketch => ({
    webhook: known({ guard: exampleGuard, restore, answer: known('yes'), ...differs }),
  });

  it.each([
    {
      what: 'no registration',
      differs: { guard: undefined },
      says: 'warning cluster-1: dr-webhook is not registered',
    },
    {
      what: 'a guard left open',
      differs: { guard: { ...exampleGuard, failurePolicy: 'Ignore' } },
      says: 'warning cluster-1: has failurePolicy Ignore',
    },
    {
      what: 'no repair',
      differs: { restore: undefined },
      says: 'warning cluster-1: the guard is registered, and the repair',
    },
    {
      what: 'one site by URL',
      differs: { guard: { ...exampleGuard, target: { by: 'url' as const, text: 'https://10.0.0.1' } } },
      says: 'warning cluster-1: is registered by URL, and by Service on cluster-2',
    },
  ])('$what', ({ differs, says }) => {
    expect(told('DR408', checkFacts({ here: webhook(differs) }))).toEqual([expect.stringContaining(says)]);
  });

  it('does not know whether a guard answers that may not be asked', () => {
    const facts = checkFacts({ here: webhook({ answer: unknown('forbidden') }) });
    expect(told('DR408', facts)).toEqual([]);
    expect(gapsOf('Webhook', facts)).toEqual(['whether the guard of cluster-1 answers: forbidden']);
  });

  const day = 24 * 60 * minute;
  it.each([
    { days: 364, says: [] },
    { days: 10, says: [expect.stringContaining('warning cluster-1: its CA bundle ends in 10d')] },
    { days: -1, says: [expect.stringContaining('error cluster-1: its CA bundle expired at')] },
  ])('a bundle with $days days left', ({ days, says }) => {
    const bundle = known([
      { subject: 'CN=ca', from: exampleNow - 400 * day, until: exampleNow + days * day },
    ]);
    expect(told('DR412', checkFacts({ here: webhook({ guard: { ...exampleGuard, bundle } }) }))).toEqual(
      says,
    );
  });

  it('tells a bundle that is missing, and one that nobody can read', () => {
    const bundled = (bundle: typeof exampleGuard.bundle) =>
      checkFacts({ here: webhook({ guard: { ...exampleGuard, bundle } }) });
    expect(told('DR412', bundled(known([])))).toEqual([expect.stringContaining('carries no CA bundle')]);
    expect(gapsOf('WebhookCertificates', bundled(unknown('garbage')))).toEqual([
      expect.stringContaining('garbage'),
    ]);
  });
});

describe('DR409', () => {
  it('tells other plugins of the same name, and what it cannot see', () => {
    const machine = {
      shadows: unknown('a directory of PATH cannot be read'),
      plugins: known(['/a/kubectl-dr', '/b/kubectl-dr']),
      manifests: '',
    };
    const facts = checkFacts({ machine });
    expect(told('DR409', facts)).toEqual([expect.stringContaining('/a/kubectl-dr comes before it on PATH')]);
    expect(gapsOf('ShadowedCommands', facts)).toEqual(['a directory of PATH cannot be read']);
  });
});

describe('DR410', () => {
  it.each([
    { minutes: 4, finds: 0, gaps: 0 },
    { minutes: -6, finds: 2, gaps: 0 },
    { minutes: 10, finds: 0, gaps: 1 },
  ])('by a clock of this machine that is $minutes minutes on', ({ minutes, finds, gaps }) => {
    const facts = { ...checkFacts(), now: exampleNow + minutes * minute };
    expect(told('DR410', facts)).toHaveLength(finds);
    expect(gapsOf('Clocks', facts).length > 0).toBe(gaps > 0);
  });
});

describe('DR413', () => {
  const carrying = (text: string) =>
    checkFacts({ here: holding(replication({ metadata: { annotations: { [consentAnnotation]: text } } })) });

  it.each([
    { what: 'holds', expires: ago(-10), says: 'carries a consent that holds' },
    { what: 'has expired', expires: ago(1), says: 'the consent of on-call expired' },
  ])('a consent that $what', ({ expires, says }) => {
    const text = JSON.stringify({ accepts: ['resync'], maxLoss: 'unknown', by: 'on-call', expires });
    expect(told('DR413', carrying(text))).toEqual([expect.stringContaining(says)]);
  });

  it('a consent that cannot be read', () => {
    expect(told('DR413', carrying('yes'))).toEqual([expect.stringContaining('it is no JSON object')]);
  });
});

describe('DR414', () => {
  it('tells a resize that is not finished', () => {
    const spec = { ...exampleClaim.spec, resources: { requests: { storage: '2Gi' } } };
    const facts = checkFacts({ here: { objects: known({ claims: known([{ ...exampleClaim, spec }]) }) } });
    expect(told('DR414', facts)).toEqual([expect.stringContaining('asks for 2Gi and has 1Gi')]);
  });
});

describe('DR425', () => {
  const copy = (name: string, policy: 'Retain' | 'Delete', phase: string) => ({
    metadata: { name },
    spec: { ...exampleVolume.spec, persistentVolumeReclaimPolicy: policy },
    status: { phase },
  });
  const volumes = (...copies: ReturnType<typeof copy>[]): SiteSketch => ({
    objects: known({ volumes: known([exampleVolume, ...copies]) }),
  });

  it('says nothing of the one PV of a claim', () => {
    expect(told('DR425', checkFacts({}))).toEqual([]);
  });

  it('names every PV of the volume, and what becomes of it', () => {
    expect(told('DR425', checkFacts({ here: volumes(copy('pv-copy', 'Delete', 'Released')) }))).toEqual([
      expect.stringMatching(
        /^error cluster-1: .*one of 2 PVs.*Delete: it is released, and its provisioner deletes/,
      ),
      expect.stringMatching(/^info cluster-1: .*one of 2 PVs.*keeps it/),
    ]);
  });

  it('warns of another PV that keeps the volume', () => {
    expect(told('DR425', checkFacts({ here: volumes(copy('pv-copy', 'Retain', 'Released')) }))).toEqual([
      expect.stringMatching(/^warning cluster-1/),
      expect.stringMatching(/^info cluster-1/),
    ]);
  });

  it('looks at the site that protects nothing, too', () => {
    const there: SiteSketch = {
      objects: known({ replications: [], volumes: known([copy('pv-copy', 'Delete', 'Bound')]) }),
    };
    expect(told('DR425', checkFacts({ there }))).toEqual([expect.stringMatching(/^error cluster-2/)]);
  });

  it('does not know what it could not read', () => {
    const there: SiteSketch = { objects: known({ volumes: unknown('persistentvolumes: forbidden') }) };
    expect(gapsOf('VolumesOfIdentity', checkFacts({ there }))).toEqual([
      'which PVs of protected volumes cluster-2 has: persistentvolumes: forbidden',
    ]);
  });
});

describe('DR427', () => {
  const named = (volumeHandle: string) => ({
    ...exampleVolume,
    spec: { ...exampleVolume.spec, csi: { driver, volumeHandle } },
  });
  const handle = exampleVolume.spec?.csi?.volumeHandle ?? '';
  const there = (replications: VolumeReplication[]): SiteSketch => ({
    objects: known({ replications, volumes: known([named(handle.replace('0002-', '0003-'))]) }),
  });

  it('tells of one image under another pool id', () => {
    expect(told('DR427', checkFacts({ there: there([]) }))).toEqual([
      expect.stringMatching(/^warning cluster-2: .*\(pool id 2 and 3\)/),
    ]);
  });

  it('says nothing once the driver there has answered for it', () => {
    const replica = replication({ spec: { replicationState: 'secondary' }, status: { state: 'Secondary' } });
    expect(told('DR427', checkFacts({ there: there([replica]) }))).toEqual([]);
  });
});
