import { describe, expect, it } from 'vitest';
import {
  checkFacts,
  exampleClaim,
  exampleNow,
  exampleReplication,
  exampleVolume,
  further,
  type SiteSketch,
} from '../../../core/check/examples.ts';
import type { CheckFacts } from '../../../core/check/facts.ts';
import { furtherAsked } from '../../../core/check/further-asked.ts';
import type { FurtherLists } from '../../../core/check/further-lists.ts';
import { runChecks } from '../../../core/check/run-checks.ts';
import type { PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import type { Pod } from '../../../core/model/pod.ts';
import { known, unknown } from '../../../core/model/reading.ts';
import type { RuleCode } from '../../../core/rules/rule-code.ts';

const told = (code: RuleCode, facts: CheckFacts): string[] =>
  runChecks(facts)
    .findings.filter((found) => found.code === code)
    .map(
      ({ level, site, object, message, next }) =>
        `${level} ${site?.name} ${object?.kind} ${object?.name}: ${message}; ${next}`,
    );

const gapsOf = (name: string, facts: CheckFacts): readonly string[] =>
  runChecks(facts).runs.find((run) => run.name === name)?.unknown ?? [];

const claimCalled = (name: string, metadata: object = {}, spec: object = {}): PersistentVolumeClaim => ({
  ...exampleClaim,
  metadata: { namespace: 'shop', name, ...metadata },
  spec: { ...exampleClaim.spec, volumeName: `pv-${name}`, ...spec },
});

const claims = (...list: PersistentVolumeClaim[]): SiteSketch => ({
  objects: known({ claims: known(list) }),
});

const podWith = (spec: object, metadata: object = {}): Pod => ({
  metadata: { namespace: 'shop', name: 'web-0', ...metadata },
  spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'db' } }], ...spec },
  status: { phase: 'Running' },
});

const pods = (...list: Pod[]): SiteSketch => ({ pods: known(list) });

const named = (name: string, labels: Record<string, string> = {}) => ({
  metadata: { namespace: 'shop', name, labels },
});

describe('DR429', () => {
  const replication = {
    ...exampleReplication,
    spec: {
      ...exampleReplication.spec,
      dataSource: { kind: 'PersistentVolumeClaim' as const, name: 'data-db-0' },
    },
  };
  const sts = (policy: object | undefined, template = 'data', namespace = 'shop') => ({
    metadata: { namespace, name: 'db' },
    spec: {
      persistentVolumeClaimRetentionPolicy: policy,
      volumeClaimTemplates: [{ metadata: { name: template } }],
    },
  });
  const factsWith = (statefulSet: ReturnType<typeof sts>) =>
    checkFacts({
      here: { objects: known({ replications: [replication], claims: known([claimCalled('data-db-0')]) }) },
      ...further('cluster-1', { statefulSets: known([statefulSet]) }),
    });

  it.each([
    ['keeps its claims, as it does not say otherwise', sts(undefined), []],
    ['keeps them', sts({ whenScaled: 'Retain', whenDeleted: 'Retain' }), []],
    ['made no protected claim', sts({ whenScaled: 'Delete' }, 'logs'), []],
    ['is of another namespace', sts({ whenScaled: 'Delete' }, 'data', 'other'), []],
    ['deletes them when it is scaled', sts({ whenScaled: 'Delete' }), ['error']],
    ['deletes them when it is deleted', sts({ whenDeleted: 'Delete' }), ['warning']],
    [
      'deletes them in both cases',
      sts({ whenScaled: 'Delete', whenDeleted: 'Delete' }),
      ['error', 'warning'],
    ],
  ] as const)('judges a StatefulSet that %s', (_, statefulSet, levels) => {
    expect(told('DR429', factsWith(statefulSet)).map((text) => text.split(' ')[0])).toEqual(levels);
  });

  it('leads to the very patch', () => {
    expect(told('DR429', factsWith(sts({ whenScaled: 'Delete' })))[0]).toMatch(
      /; kubectl --context cluster-1 -n shop patch statefulset db --type=merge -p '\{"spec":\{"persistentVolumeClaimRetentionPolicy":\{"whenScaled":"Retain"\}\}\}'$/,
    );
  });

  it('does not know where StatefulSets cannot be read, and does not read them for other names', () => {
    const facts = { ...factsWith(sts({})), ...further('cluster-1', { statefulSets: unknown('forbidden') }) };
    expect(gapsOf('ClaimsOfStatefulSets', facts)).toEqual(['forbidden']);
    const [first] = facts.sites;
    expect(first && furtherAsked(facts, first)).toEqual(['statefulSets']);
    const others = checkFacts();
    expect(others.sites.flatMap((site) => furtherAsked(others, site))).not.toContain('statefulSets');
  });
});

describe('DR430', () => {
  const zone = 'topology.kubernetes.io/zone';
  const bound = (...values: string[]) => ({
    ...exampleVolume,
    spec: {
      ...exampleVolume.spec,
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values }] }] },
      },
    },
  });
  const volumes = (...list: object[]): SiteSketch => ({ objects: known({ volumes: known(list as never) }) });
  const nodesOf = (...zones: string[]) => known(zones.map((it) => named(it, { [zone]: it })));
  /** Each site has nodes in a zone of its own, unless told otherwise. */
  const withNodes = (
    there: FurtherLists['lists'] = { nodes: nodesOf('west-a') },
    here: FurtherLists['lists'] = { nodes: nodesOf('east-a') },
  ): Pick<CheckFacts, 'further'> => ({
    further: [
      ...further('cluster-1', here).further.slice(0, 1),
      ...further('cluster-2', there).further.slice(1),
    ],
  });
  const nodes = withNodes();

  it('finds the PV that no node of the other site could mount', () => {
    expect(told('DR430', checkFacts({ here: volumes(bound('east-a')), ...nodes }))).toEqual([
      expect.stringMatching(
        /^error cluster-2 PersistentVolume pv-db: .* on cluster-1, and is restored with the same that no node of cluster-2 meets \(topology\.kubernetes\.io\/zone In east-a\)/,
      ),
    ]);
    expect(told('DR430', checkFacts({ here: volumes(bound('east-a', 'west-a')), ...nodes }))).toEqual([]);
    expect(told('DR430', checkFacts(nodes))).toEqual([]);
  });

  it('judges the PV of the other site where there is one', () => {
    const replica = {
      objects: known({ replications: [], claims: known([]), volumes: known([exampleVolume]) }),
    };
    expect(told('DR430', checkFacts({ here: volumes(bound('east-a')), there: replica, ...nodes }))).toEqual(
      [],
    );
  });

  it('does not know where nodes cannot be read', () => {
    const facts = checkFacts({
      here: volumes(bound('east-a')),
      ...withNodes({ nodes: unknown('forbidden') }),
    });
    expect([told('DR430', facts), gapsOf('NodeAffinity', facts)]).toEqual([[], ['forbidden']]);
    expect(facts.sites.map((site) => furtherAsked(facts, site))).toEqual([
      ['nodes'],
      ['resourceQuotas', 'nodes'],
    ]);
  });

  it('finds the PV by which a volume is primary, and which no node of that site could mount', () => {
    const moved = { here: volumes(bound('west-a')), ...nodes };
    expect(told('DR430', checkFacts(moved))).toEqual([
      expect.stringMatching(
        /^error cluster-1 PersistentVolume pv-db: has a node affinity here that no node of cluster-1 meets/,
      ),
    ]);
    const labelled = withNodes(undefined, { nodes: nodesOf('east-a', 'west-a') });
    expect(told('DR430', checkFacts({ ...moved, ...labelled }))).toEqual([]);
  });
});

describe('DR431', () => {
  const golden = claimCalled('golden');
  const clone = (source: object) => claimCalled('db', {}, { volumeName: 'pv-db', ...source });
  const ofClaim = { dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'golden' } };
  const flattened = known([
    {
      metadata: { name: 'rbd-5m' },
      spec: {
        provisioner: 'rook-ceph.rbd.csi.ceph.com',
        parameters: { schedulingInterval: '5m', flattenMode: 'force' },
      },
    },
  ]);

  it.each<[string, SiteSketch, RegExp[]]>([
    [
      'a clone of an unprotected claim',
      claims(clone(ofClaim), golden),
      [
        /^warning cluster-1 .* PersistentVolumeClaim shop\/golden, which is not protected.*; kubectl dr protect golden -n shop --context cluster-1$/,
      ],
    ],
    ['the same by the older field', claims(clone({ dataSource: ofClaim.dataSourceRef }), golden), [/golden/]],
    [
      'a clone of a claim that is gone',
      claims(clone(ofClaim)),
      [/golden.*; kubectl --context cluster-1 get vrc rbd-5m -o yaml$/],
    ],
    [
      'a claim from a snapshot',
      claims(
        clone({
          dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'nightly' },
        }),
      ),
      [/VolumeSnapshot shop\/nightly,? and class/],
    ],
    [
      'what another populator filled',
      claims(
        clone({ dataSourceRef: { apiGroup: 'cdi.kubevirt.io', kind: 'VolumeImportSource', name: 'image' } }),
      ),
      [],
    ],
    [
      'a class that flattens',
      { objects: known({ claims: known([clone(ofClaim), golden]), classes: flattened }) },
      [],
    ],
    [
      'a clone of a protected claim',
      {
        objects: known({
          claims: known([clone(ofClaim), golden]),
          replications: [
            exampleReplication,
            {
              ...exampleReplication,
              metadata: { ...exampleReplication.metadata, name: 'golden' },
              spec: {
                ...exampleReplication.spec,
                dataSource: { kind: 'PersistentVolumeClaim', name: 'golden' },
              },
            },
          ],
        }),
      },
      [],
    ],
  ])('judges %s', (_, here, says) => {
    expect(told('DR431', checkFacts({ here }))).toEqual(says.map((text) => expect.stringMatching(text)));
  });
});

describe('DR432', () => {
  const container = {
    envFrom: [{ secretRef: { name: 'web-env' } }, { configMapRef: { name: 'maybe', optional: true } }],
    env: [{ valueFrom: { configMapKeyRef: { name: 'settings' } } }],
  };
  const everything = podWith({
    serviceAccountName: 'web',
    priorityClassName: 'shop-critical',
    runtimeClassName: 'gvisor',
    containers: [container],
    imagePullSecrets: [{ name: 'registry' }],
  });

  it('names everything that the pods need and the other site lacks, each once', () => {
    const facts = checkFacts({
      here: pods(everything, podWith({ serviceAccountName: 'web' }, { name: 'web-1' })),
    });
    expect(told('DR432', facts).map((text) => text.slice(0, text.indexOf(':')))).toEqual([
      'error cluster-2 PriorityClass shop-critical',
      'error cluster-2 RuntimeClass gvisor',
      'warning cluster-2 ServiceAccount web',
      'warning cluster-2 ConfigMap settings',
      'warning cluster-2 Secret web-env',
      'warning cluster-2 Secret registry',
    ]);
    expect(facts.sites.map((site) => [...furtherAsked(facts, site)].sort())).toEqual([
      [],
      ['configMaps', 'priorityClasses', 'resourceQuotas', 'runtimeClasses', 'secrets', 'serviceAccounts'],
    ]);
  });

  it('says nothing of what is there', () => {
    const there = further('cluster-2', {
      serviceAccounts: known([named('web')]),
      configMaps: known([named('settings')]),
      secrets: known([named('web-env'), named('registry')]),
      priorityClasses: known([{ metadata: { name: 'shop-critical' } }]),
      runtimeClasses: known([{ metadata: { name: 'gvisor' } }]),
    });
    expect(told('DR432', checkFacts({ here: pods(everything), ...there }))).toEqual([]);
  });

  it('takes nothing for there that another namespace has', () => {
    const there = further('cluster-2', {
      secrets: known([{ metadata: { namespace: 'other', name: 'web-env' } }]),
    });
    const facts = checkFacts({ here: pods(podWith({ containers: [container] })), ...there });
    expect(told('DR432', facts).some((text) => text.includes('Secret web-env'))).toBe(true);
  });

  it.each<[string, Pod]>([
    ['mounts no protected claim', { ...everything, spec: { ...everything.spec, volumes: [] } }],
    ['has ended', { ...everything, status: { phase: 'Succeeded' } }],
    [
      'needs what every cluster makes itself',
      podWith({
        serviceAccountName: 'default',
        priorityClassName: 'system-cluster-critical',
        volumes: [
          { name: 'd', persistentVolumeClaim: { claimName: 'db' } },
          { name: 'k', projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }] } },
          { name: 't', secret: { secretName: 'default-token-x7k2p' } },
        ],
      }),
    ],
  ])('leaves out a pod that %s', (_, pod) => {
    expect(told('DR432', checkFacts({ here: pods(pod) }))).toEqual([]);
  });

  it('does not know of a kind that may not be listed, and tells of the others', () => {
    const facts = checkFacts({
      here: pods(everything),
      ...further('cluster-2', { secrets: unknown('forbidden') }),
    });
    expect(gapsOf('NeedsOfPods', facts)).toEqual(['forbidden']);
    expect(told('DR432', facts)).toHaveLength(4);
  });

  it('does not know where pods cannot be read', () => {
    expect(gapsOf('NeedsOfPods', checkFacts({ here: { pods: unknown('forbidden') } }))).toEqual([
      'forbidden',
    ]);
  });
});

describe('DR433', () => {
  const nodesThere = (labels: Record<string, string>) =>
    further('cluster-2', { nodes: known([named('n1', labels)]) });
  const required = (...terms: object[]) => ({
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
    },
  });
  const term = { matchExpressions: [{ key: 'cpu', operator: 'Exists' }] };

  it.each<[string, object, Record<string, string>, number]>([
    ['a label that no node has', { nodeSelector: { disktype: 'ssd' } }, { disktype: 'hdd' }, 1],
    ['a label that one has', { nodeSelector: { disktype: 'ssd' } }, { disktype: 'ssd' }, 0],
    ['an affinity that none meets', required(term), {}, 1],
    [
      'an affinity that one meets',
      required({ matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }, term),
      { cpu: 'fast' },
      0,
    ],
    [
      'both, of which one is met',
      { nodeSelector: { disktype: 'ssd' }, ...required(term) },
      { cpu: 'fast' },
      1,
    ],
    ['nothing', {}, {}, 0],
  ])('judges pods that want %s', (_, spec, labels, found) => {
    expect(told('DR433', checkFacts({ here: pods(podWith(spec)), ...nodesThere(labels) }))).toHaveLength(
      found,
    );
  });

  it('leaves out the pods of a DaemonSet, each of which is for one node', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u', controller: true };
    const pod = podWith({ nodeSelector: { disktype: 'ssd' } }, { ownerReferences: [owner] });
    expect(told('DR433', checkFacts({ here: pods(pod), ...nodesThere({}) }))).toEqual([]);
  });
});

describe('DR434', () => {
  const held = (metadata: object): SiteSketch => ({
    objects: known({
      replications: [{ ...exampleReplication, metadata: { ...exampleReplication.metadata, ...metadata } }],
    }),
  });
  const owner = (apiVersion: string, kind: string) => ({
    ownerReferences: [{ apiVersion, kind, name: 'busybox', uid: 'u', controller: true }],
  });

  it.each<[string, object, RegExp[]]>([
    [
      'Ramen',
      owner('ramendr.openshift.io/v1alpha1', 'VolumeReplicationGroup'),
      [/VolumeReplicationGroup shop\/busybox owns it/],
    ],
    ['our own group', owner('replication.storage.openshift.io/v1alpha1', 'VolumeGroupReplication'), []],
    [
      'Flux',
      {
        labels: {
          'kustomize.toolkit.fluxcd.io/name': 'shop',
          'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
        },
      },
      [/Flux Kustomization flux-system\/shop sets it back/],
    ],
    [
      'Argo CD',
      {
        annotations: {
          'argocd.argoproj.io/tracking-id': 'shop:replication.storage.openshift.io/VolumeReplication:shop/db',
        },
      },
      [/Argo CD Application shop sets it back where it heals itself/],
    ],
    [
      'a copy of what Argo CD applies elsewhere',
      {
        annotations: {
          'argocd.argoproj.io/tracking-id':
            'shop:replication.storage.openshift.io/VolumeReplication:shop/other',
        },
      },
      [],
    ],
    ['nobody', {}, []],
  ])('names who sets it back: %s', (_, metadata, says) => {
    expect(told('DR434', checkFacts({ here: held(metadata) }))).toEqual(
      says.map((text) => expect.stringMatching(text)),
    );
  });
});

describe('DR435', () => {
  const app = (name: string) => ({ labels: { 'app.kubernetes.io/instance': name } });

  it.each<[string, SiteSketch, RegExp[]]>([
    [
      'of the namespace',
      claims(exampleClaim, claimCalled('cache')),
      [/^info cluster-1 Namespace shop: claims that nothing protects \(cache\) are in a namespace/],
    ],
    [
      'of the same application',
      claims(
        { ...exampleClaim, metadata: { ...exampleClaim.metadata, ...app('web') } },
        claimCalled('wal', app('web')),
        claimCalled('cache', app('other')),
      ),
      [/^warning .*\(wal\) belong to the application.*; kubectl dr protect wal -n shop --context cluster-1$/],
    ],
    [
      'that is not bound',
      claims(exampleClaim, { ...claimCalled('cache'), status: { phase: 'Pending' } }),
      [],
    ],
    [
      'that a pod made for itself',
      claims(
        exampleClaim,
        claimCalled('cache', { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }] }),
      ),
      [],
    ],
    ['of another namespace', claims(exampleClaim, claimCalled('cache', { namespace: 'other' })), []],
    [
      'that a pod mounts beside, of which another check tells',
      {
        ...claims(exampleClaim, claimCalled('cache')),
        ...pods(
          podWith({
            volumes: ['db', 'cache'].map((claimName) => ({
              name: claimName,
              persistentVolumeClaim: { claimName },
            })),
          }),
        ),
      },
      [],
    ],
  ])('judges an unprotected claim %s', (_, here, says) => {
    expect(told('DR435', checkFacts({ here }))).toEqual(says.map((text) => expect.stringMatching(text)));
  });

  it('knows the claims of one template', () => {
    const replication = {
      ...exampleReplication,
      spec: {
        ...exampleReplication.spec,
        dataSource: { kind: 'PersistentVolumeClaim' as const, name: 'data-db-0' },
      },
    };
    const here = {
      objects: known({
        replications: [replication],
        claims: known([claimCalled('data-db-0'), claimCalled('data-db-1'), claimCalled('x-0')]),
      }),
    };
    expect(told('DR435', checkFacts({ here }))).toEqual([expect.stringMatching(/^warning .*\(data-db-1\)/)]);
  });
});

describe('DR436', () => {
  it('finds a protected claim that is being deleted, at once', () => {
    const here = claims({
      ...exampleClaim,
      metadata: { ...exampleClaim.metadata, deletionTimestamp: new Date(exampleNow).toISOString() },
    });
    expect(told('DR436', checkFacts({ here }))).toEqual([
      expect.stringMatching(/^error cluster-1 PersistentVolumeClaim db: is being deleted/),
    ]);
    expect(told('DR436', checkFacts())).toEqual([]);
  });

  it('does not know where claims cannot be read', () => {
    const facts = checkFacts({ here: { objects: known({ claims: unknown('forbidden') }) } });
    expect(gapsOf('ClaimsTerminating', facts)).toEqual(['forbidden']);
  });
});
