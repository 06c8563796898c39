import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../../core/model/reading.ts';
import { decideProtect } from '../../../core/step/decide-protect.ts';
import { describeStep } from '../../../core/step/step-facts.ts';
import { namespacesOfStatefulSets, warningsOfProtect } from '../../../core/step/warn-of-protect.ts';
import { pvc } from '../status/objects.ts';
import { kept, listed, now, vr, vrc } from './pair.ts';

const madeFrom = (name: string, dataSource: object | undefined): PersistentVolumeClaim => {
  const claim = pvc(name);
  return { ...claim, spec: { ...claim.spec, dataSource } as NonNullable<PersistentVolumeClaim['spec']> };
};

const parent = { kind: 'PersistentVolumeClaim', name: 'web' };
const snapshot = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'nightly' };

type Sketch = {
  readonly claims?: Reading<readonly PersistentVolumeClaim[]>;
  readonly names?: readonly string[];
  readonly replications?: readonly ReturnType<typeof vr>[];
  readonly flattened?: boolean;
};

const protecting = ({ claims, names = ['db'], replications = [], flattened = false }: Sketch) => {
  const parameters = { schedulingInterval: '5m', ...(flattened && { flattenMode: 'force' }) };
  const view = listed({
    ...(claims && { claims }),
    volumes: known(['pv-db', 'pv-web', 'pv-data-sql-0'].map((name) => kept(name))),
    replications: known(replications),
    replicationClasses: known([vrc('every-5m', parameters)]),
  });
  const site = { name: 'east', context: 'east', kubectl: 'kubectl --context east' };
  return names.map((name) => {
    const facts = describeStep({ here: { site, view }, there: undefined }, { namespace: 'shop', name });
    return { facts, decision: decideProtect(facts, { now }) };
  });
};

const linesOf = (sketch: Sketch, statefulSets: readonly KubernetesObject[] = []): string[] =>
  warningsOfProtect(protecting(sketch), statefulSets).map(
    ({ key, found }) => `${key.name}: ${found.code} ${found.message}; ${found.next}`,
  );

describe('protect warns of a parent that nobody mirrors', () => {
  const clone = known([madeFrom('db', parent), pvc('web')]);
  const cases: [string, Sketch, RegExp[]][] = [
    ['a claim from nothing', {}, []],
    [
      'a clone of a claim',
      { claims: clone },
      [
        /^db: DR431 was made from PersistentVolumeClaim shop\/web, which is not protected, and class every-5m .*; kubectl dr protect web -n shop --context east$/,
      ],
    ],
    ['a clone whose parent is protected', { claims: clone, replications: [vr({ claim: 'web' })] }, []],
    ['a clone that is protected along with its parent', { claims: clone, names: ['db', 'web'] }, []],
    ['a clone of a class that flattens', { claims: clone, flattened: true }, []],
    [
      'what a snapshot was restored to',
      { claims: known([madeFrom('db', snapshot)]) },
      [/^db: DR431 was made from VolumeSnapshot shop\/nightly, .*; kubectl --context east get vrc every-5m/],
    ],
    ['claims that cannot be read', { claims: unknown('forbidden') }, []],
  ];
  test.each(cases)('%s', (_, sketch, lines) => {
    expect(linesOf(sketch)).toEqual(lines.map((line) => expect.stringMatching(line)));
  });
});

describe('protect warns of a StatefulSet that deletes the claim', () => {
  const set = (policy: object, name = 'sql'): KubernetesObject => ({
    metadata: { namespace: 'shop', name },
    spec: {
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
      persistentVolumeClaimRetentionPolicy: policy,
    },
  });
  const sketch: Sketch = { claims: known([pvc('data-sql-0')]), names: ['data-sql-0'] };
  const cases: [string, KubernetesObject, RegExp[]][] = [
    [
      'when it is scaled down',
      set({ whenScaled: 'Delete' }),
      [/DR429 deletes its claims when it is scaled down .*"whenScaled":"Retain"/],
    ],
    [
      'when it is deleted',
      set({ whenDeleted: 'Delete' }),
      [/DR429 deletes its claims when it is deleted .*"whenDeleted":"Retain"/],
    ],
    ['not of one that keeps them', set({ whenScaled: 'Retain' }), []],
    ['not of one that made other claims', set({ whenScaled: 'Delete' }, 'other'), []],
  ];
  test.each(cases)('%s', (_, statefulSet, lines) => {
    expect(linesOf(sketch, [statefulSet])).toEqual(lines.map((line) => expect.stringMatching(line)));
  });

  test('and asks for StatefulSets only where a claim is called like one of theirs', () => {
    expect(namespacesOfStatefulSets(protecting(sketch))).toEqual(['shop']);
    expect(namespacesOfStatefulSets(protecting({}))).toEqual([]);
  });
});
