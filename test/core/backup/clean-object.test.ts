import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { cleanObject } from '../../../core/backup/clean-object.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';

const fixtures = new URL('fixtures/', import.meta.url);

/** What an API server answered, and what a backup holds of it. */
const pairs = readdirSync(fileURLToPath(fixtures)).map((file) => {
  const [raw, clean] = parseAllDocuments(readFileSync(new URL(file, fixtures), 'utf8')).map((document) =>
    document.toJS(),
  ) as [KubernetesObject, KubernetesObject];
  return { file: basename(file, '.yaml'), raw, clean };
});

describe('an object as it can be created on another cluster', () => {
  test.each(pairs)('$file', ({ raw, clean }) => {
    const before = structuredClone(raw);
    expect(cleanObject(raw)).toEqual(clean);
    expect(raw, 'what was handed in is left as it was').toEqual(before);
  });

  test.each(pairs)('$file, cleaned again, stays what it is', ({ clean }) => {
    expect(cleanObject(clean)).toEqual(clean);
  });
});

// Any object of a kind with a rule, with any of the fields that rules name and others, of any type.
const kinds = [
  ['v1', 'Namespace'],
  ['v1', 'PersistentVolume'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Service'],
  ['v1', 'ServiceAccount'],
  ['v1', 'Secret'],
  ['storage.k8s.io/v1', 'StorageClass'],
  ['replication.storage.openshift.io/v1alpha1', 'VolumeReplication'],
  ['replication.storage.openshift.io/v1alpha1', 'VolumeGroupReplication'],
  ['apps/v1', 'Deployment'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['example.com/v1', 'constructor'],
] as const;

const named = fc.constantFrom(
  ...['uid', 'resourceVersion', 'finalizers', 'name', 'namespace', 'kind', 'secrets', 'ports', 'nodePort'],
  ...['claimRef', 'clusterIP', 'clusterIPs', 'selector', 'manualSelector', 'replicationState', 'autoResync'],
  ...[
    'persistentVolumeReclaimPolicy',
    'volumeName',
    'template',
    'metadata',
    'labels',
    'annotations',
    'status',
  ],
  ...['kubectl-dr.dev/consent', 'kubectl-dr.dev/backed-up-state', 'pv.kubernetes.io/bound-by-controller'],
  ...['deployment.kubernetes.io/revision', 'controller-uid', 'job-name', 'other', 'None'],
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    named,
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    tie('fields'),
    tie('list'),
  ),
  fields: fc.dictionary(named, tie('value'), { maxKeys: 6 }),
  list: fc.array(tie('value'), { maxLength: 3 }),
}));
const metadata = fc.record(
  {
    name: fc.string(),
    uid: fc.string(),
    labels: fc.dictionary(named, fc.string()),
    annotations: fc.dictionary(named, fc.string()),
    other: anything.value,
  },
  { requiredKeys: ['name'] },
);
const objects = fc
  .tuple(
    fc.constantFrom(...kinds),
    metadata,
    fc.dictionary(fc.constantFrom('spec', 'status', 'secrets', 'data'), anything.value),
  )
  .map(
    ([[apiVersion, kind], meta, rest]) => ({ ...rest, apiVersion, kind, metadata: meta }) as KubernetesObject,
  );

/** Where two values differ, as paths: the shallowest place of each difference. */
const differences = (a: unknown, b: unknown, path = ''): string[] => {
  if (Object.is(a, b)) return [];
  const isBoth = [a, b].every((value) => typeof value === 'object' && value !== null);
  if (!isBoth || Array.isArray(a) !== Array.isArray(b)) return [path];
  const [left, right] = [a, b] as Record<string, unknown>[];
  const names = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  return [...names].flatMap((name) => differences(left?.[name], right?.[name], `${path}/${name}`));
};

/** Every place that some rule may change. */
const mayChange = [
  /^\/metadata\/(uid|resourceVersion|finalizers|annotations)$/,
  /^\/metadata\/annotations\/(kubectl-dr\.dev|pv\.kubernetes\.io|deployment\.kubernetes\.io)~/,
  /^\/(metadata|spec\/template\/metadata)\/labels(\/(controller-uid|job-name))?$/,
  /^\/(status|secrets|spec)$/,
  /^\/spec\/template(\/metadata)?$/,
  /^\/spec\/(claimRef|claimRef\/[^/]+|finalizers|clusterIP|clusterIPs|healthCheckNodePort|ports\/\d+\/nodePort)$/,
  /^\/spec\/(persistentVolumeReclaimPolicy|selector|replicationState|autoResync)$/,
];

describe('whatever is cleaned', () => {
  test('cleaning what was cleaned changes nothing', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const clean = cleanObject(object);
        expect(cleanObject(clean)).toEqual(clean);
      }),
      { numRuns: 1_000 },
    );
  });

  test('nothing but the named fields changes, and the object handed in does not', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const before = structuredClone(object);
        const changed = differences(object, cleanObject(object)).map((path) =>
          path.replace(/^(\/metadata\/annotations\/[^/]+)\//, '$1~'),
        );
        expect(changed.filter((path) => !mayChange.some((pattern) => pattern.test(path)))).toEqual([]);
        expect(object).toEqual(before);
      }),
      { numRuns: 1_000 },
    );
  });

  test('no replication asks for anything but secondary, and none carries a consent', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const clean = cleanObject(object);
        expect(clean.metadata.annotations ?? {}).not.toHaveProperty(['kubectl-dr.dev/consent']);
        fc.pre(/^Volume(Group)?Replication$/.test(object.kind ?? ''));
        const spec = clean['spec'];
        fc.pre(typeof spec === 'object' && spec !== null && !Array.isArray(spec));
        expect(spec).toMatchObject({ replicationState: 'secondary', autoResync: false });
      }),
    );
  });
});
