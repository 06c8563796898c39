// A restore may end after any write; the next one goes on from what is there.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { known } from '../../../core/model/reading.ts';
import { mergePatch } from '../../../core/restore/merge-patch.ts';
import { nameKey, nameOf } from '../../../core/restore/object-name.ts';
import { type Step, stepsOf } from '../../../core/restore/plan.ts';
import { planRestore } from '../../../core/restore/plan-restore.ts';
import { type TargetFacts, viewTarget } from '../../../core/restore/target.ts';
import type { Wanted } from '../../../core/restore/wanted.ts';
import { namespace, pv, pvc, storageClass, targetFacts, wanted, wantedVolume } from './objects.ts';

type Cluster = ReadonlyMap<string, KubernetesObject>;

const ofKind = <T extends KubernetesObject>(cluster: Cluster, kind: string): T[] =>
  [...cluster.values()].filter((object): object is T => object.kind === kind);

const factsOf = (cluster: Cluster): TargetFacts =>
  targetFacts({
    namespaces: known(ofKind(cluster, 'Namespace')),
    storageClasses: known(ofKind(cluster, 'StorageClass')),
    volumes: ofKind(cluster, 'PersistentVolume'),
    claims: ofKind(cluster, 'PersistentVolumeClaim'),
  });

const write = (cluster: Cluster, step: Step): Cluster => {
  const written =
    step.action === 'update' ? (mergePatch(step.object, step.patch) as KubernetesObject) : step.object;
  return new Map([...cluster, [nameKey(nameOf(written)), written]]);
};

const isWritten = ({ action }: Step): boolean => action !== 'keep';

const planFor = (want: Wanted, cluster: Cluster) => planRestore(want, viewTarget(factsOf(cluster)));

const volumeName = fc.stringMatching(/^[a-z]{1,6}$/);

/** What may stand on the target already of each volume: nothing, an open PV, a reserved one, both. */
const beginning = fc.constantFrom('nothing', 'open', 'reserved', 'claim', 'deleting-policy');

const objectsAt = (name: string, stage: string): KubernetesObject[] => {
  switch (stage) {
    case 'open':
      return [pv(name, { claimRef: undefined })];
    case 'reserved':
      return [pv(name)];
    case 'claim':
      return [pv(name), pvc(name)];
    case 'deleting-policy':
      return [pv(name, { persistentVolumeReclaimPolicy: 'Delete' })];
    default:
      return [];
  }
};

test('after any prefix of its writes a restore goes on with the rest, and nothing is written twice', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(volumeName, beginning), {
        selector: ([name]) => name,
        minLength: 1,
        maxLength: 5,
      }),
      fc.nat(),
      fc.constantFrom('verify' as const, 'update' as const),
      (volumes, cut, existing) => {
        const want = wanted({
          existing,
          volumes: volumes.map(([name]) => wantedVolume(name)),
          others: [
            { stage: 'namespace', object: namespace('shop') },
            { stage: 'class', object: storageClass() },
          ],
        });
        const start: Cluster = new Map(
          volumes
            .flatMap(([name, stage]) => objectsAt(name, stage))
            .map((object) => [nameKey(nameOf(object)), object]),
        );
        const whole = stepsOf(planFor(want, start)).filter(isWritten);
        const written = whole.slice(0, cut % (whole.length + 1));
        const interrupted = written.reduce(write, start);
        const next = planFor(want, interrupted);
        expect(next.conflicts).toEqual([]);
        const rest = stepsOf(next).filter(isWritten);
        expect(rest.map(({ object }) => nameOf(object))).toEqual(
          whole.slice(written.length).map(({ object }) => nameOf(object)),
        );
        const end = rest.reduce(write, interrupted);
        expect(stepsOf(planFor(want, end)).filter(isWritten)).toEqual([]);
        for (const volume of ofKind(end, 'PersistentVolume'))
          expect(volume['spec']).toMatchObject({
            persistentVolumeReclaimPolicy: 'Retain',
            claimRef: { namespace: 'shop' },
          });
      },
    ),
  );
});

test('a PV comes before its claim, namespaces and classes before both, workloads last', () => {
  const want = wanted({
    others: [
      {
        stage: 'workload',
        object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } },
      },
      {
        stage: 'configuration',
        object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'shop' } },
      },
      { stage: 'class', object: storageClass() },
      { stage: 'namespace', object: namespace('shop') },
    ],
  });
  expect(stepsOf(planFor(want, new Map())).map(({ object }) => object.kind)).toEqual([
    'Namespace',
    'StorageClass',
    'ConfigMap',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Deployment',
  ]);
});
