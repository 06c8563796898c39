import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../../core/model/reading.ts';
import {
  lackingNeeds,
  listsOfNeeds,
  type NeedsThere,
  needsOfMove,
  type TargetList,
} from '../../../core/plan/needs-of-move.ts';
import { factsOf, groupOf, type MoveSketch } from './moves.ts';

const needy = {
  serviceAccountName: 'shop',
  priorityClassName: 'critical',
  runtimeClassName: 'gvisor',
  nodeSelector: { disk: 'ssd' },
  containers: [
    {
      envFrom: [
        { secretRef: { name: 'password' } },
        { configMapRef: { name: 'settings' } },
        { secretRef: { name: 'may-lack', optional: true } },
      ],
    },
  ],
  volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'db' } }],
};

const pod = (spec: object = needy, owner?: string): KubernetesObject => ({
  metadata: {
    namespace: 'shop',
    name: 'web-0',
    ...(owner && {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: owner, name: 'x', uid: 'u', controller: true }],
    }),
  },
  spec,
});

const deployment: KubernetesObject = {
  kind: 'Deployment',
  metadata: { namespace: 'shop', name: 'web' },
  spec: { template: { spec: needy } },
};

const brought = {
  workloads: [
    { kind: 'Deployment', namespace: 'shop', name: 'web', claims: ['db'], mounts: ['db'], size: 1 },
  ],
};

const named = (name: string, labels = {}): KubernetesObject => ({
  kind: 'PartialObjectMetadata',
  metadata: { namespace: 'shop', name, labels },
});

type Has = Partial<Record<TargetList, Reading<readonly KubernetesObject[]>>>;

const there = (has: Has = {}, more: Partial<NeedsThere> = {}): NeedsThere => ({
  target: 'west',
  listed: (list) => has[list] ?? known([]),
  brought: [],
  couldBringSecrets: false,
  ...more,
});

const everything: Has = {
  serviceAccounts: known([named('shop')]),
  priorityClasses: known([named('critical')]),
  runtimeClasses: known([named('gvisor')]),
  secrets: known([named('password')]),
  configMaps: known([named('settings')]),
  nodes: known([named('n', { disk: 'ssd' })]),
};

const lacking = (
  sketch: MoveSketch,
  objects: readonly KubernetesObject[],
  has: NeedsThere,
): readonly string[] => lackingNeeds(needsOfMove(factsOf(sketch), [groupOf(sketch)], objects), has);

describe('what pods need on the target of a move', () => {
  const running: MoveSketch = { source: { pods: known([pod()]) } };

  test('is named, each once, with what comes of it', () => {
    expect(lacking({ ...running, brought }, [deployment], there({}, { couldBringSecrets: true }))).toEqual([
      'DR432: ServiceAccount shop/shop is not on west, and pod shop/web-0 of east needs it: no pod is made without it',
      'DR432: ConfigMap shop/settings is not on west, and pod shop/web-0 of east needs it: its containers do not start without it',
      'DR432: Secret shop/password is not on west, and pod shop/web-0 of east needs it: its containers do not start without it; --include-secrets brings it along',
      'DR432: PriorityClass critical is not on west, and pod shop/web-0 of east needs it: no pod is made without it',
      'DR432: RuntimeClass gvisor is not on west, and pod shop/web-0 of east needs it: no pod is made without it',
      'DR433: no node of west is one that pod shop/web-0 of east could run on: it wants disk In ssd, and would stay Pending',
    ]);
  });

  const silent: [string, MoveSketch, readonly KubernetesObject[], NeedsThere][] = [
    ['what the target has', running, [], there(everything)],
    [
      'what is brought along',
      running,
      [],
      there(
        { ...everything, secrets: known([]) },
        { brought: [{ kind: 'Secret', metadata: { namespace: 'shop', name: 'password' } }] },
      ),
    ],
    ['a move back before its promote', { ...running, verb: 'undo' }, [], there()],
    ['volumes alone', { ...running, withWorkloads: false }, [], there()],
    ['pods that mount other claims', { ...running, claims: ['other'] }, [], there()],
    [
      'the node of a pod of a DaemonSet',
      { source: { pods: known([pod({ ...needy, nodeSelector: { node: 'a' } }, 'DaemonSet')]) } },
      [],
      there({ ...everything, nodes: known([]) }),
    ],
  ];
  test.each(silent)('nothing is said of %s', (_, sketch, objects, has) => {
    expect(lacking(sketch, objects, has)).toEqual([]);
  });

  const told: [string, MoveSketch, readonly KubernetesObject[], Has, RegExp[]][] = [
    [
      'by a workload of the backup, where the source cannot be read',
      { verb: 'failover', source: 'it does not answer', brought },
      [deployment],
      { ...everything, secrets: known([]) },
      [/^DR432: Secret shop\/password is not on west, and Deployment shop\/web needs it/],
    ],
    [
      'of another namespace, whatever is called so there',
      running,
      [],
      { ...everything, secrets: known([{ metadata: { namespace: 'till', name: 'password' } }]) },
      [/^DR432: Secret shop\/password/],
    ],
    [
      'what may not be listed, as not known',
      running,
      [],
      { ...everything, secrets: unknown('secrets of west cannot be read: forbidden') },
      [/^whether west has what the pods need is not known: secrets of west cannot be read/],
    ],
  ];
  test.each(told)('is named %s', (_, sketch, objects, has, lines) => {
    expect(lacking(sketch, objects, there(has))).toEqual(lines.map((line) => expect.stringMatching(line)));
  });

  test('costs a list for each kind that is named, and none where nothing is', () => {
    const lists = (spec: object) =>
      listsOfNeeds(needsOfMove(factsOf({ source: { pods: known([pod(spec)]) } }), [groupOf({})], []));
    expect(lists({ volumes: needy.volumes })).toEqual([]);
    expect(lists({ volumes: needy.volumes, nodeSelector: { a: 'b' }, runtimeClassName: 'x' })).toEqual([
      'runtimeClasses',
      'nodes',
    ]);
  });
});
