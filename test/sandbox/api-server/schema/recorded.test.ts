import { describe, expect, it } from 'vitest';
import type { FieldError } from '../../../../sandbox/api-server/field-error.ts';
import { compileSchema } from '../../../../sandbox/api-server/schema/compiled.ts';
import type { JsonObject } from '../../../../sandbox/api-server/schema/json-value.ts';
import { crdSchema, vr } from './crd.ts';

const volumeReplication = compileSchema(crdSchema('volumereplications'));
const volumeReplicationClass = compileSchema(crdSchema('volumereplicationclasses'));

const without = (object: JsonObject, field: string): JsonObject => {
  const { [field]: _, ...spec } = object['spec'] as JsonObject;
  return { ...object, spec };
};

const texts = (errors: FieldError[]): string[] => errors.map(({ field, message }) => `${field}: ${message}`);

const notChecked =
  '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

const badCondition = { type: 'Completed', status: 'Maybe', reason: '', message: '' };

// Texts recorded from kube-apiserver 1.36.
describe('findings that kube-apiserver words', () => {
  const cases: { title: string; found: () => FieldError[]; expected: string[] }[] = [
    {
      title: 'a value outside the enum',
      found: () => volumeReplication.validateCreate(vr({ replicationState: 'tertiary' })),
      expected: [
        'spec.replicationState: Unsupported value: "tertiary": supported values: "primary", "secondary", "resync"',
        notChecked,
      ],
    },
    {
      title: 'a required field that is missing',
      found: () => volumeReplication.validateCreate(without(vr(), 'dataSource')),
      expected: ['spec.dataSource: Required value', notChecked],
    },
    {
      title: 'a value of the wrong type',
      found: () => volumeReplication.validateCreate(vr({ autoResync: 'yes' })),
      expected: [
        'spec.autoResync: Invalid value: "string": spec.autoResync in body must be of type boolean: "string"',
        notChecked,
      ],
    },
    {
      title: 'a changed scalar under a transition rule shows its value',
      found: () => volumeReplication.validateUpdate(vr({ volumeReplicationClass: 'other' }), vr()),
      expected: ['spec.volumeReplicationClass: Invalid value: "other": volumeReplicationClass is immutable'],
    },
    {
      title: 'a changed object under a transition rule does not show its value',
      found: () =>
        volumeReplication.validateUpdate(
          vr({ dataSource: { kind: 'PersistentVolumeClaim', name: 'x' } }),
          vr(),
        ),
      expected: ['spec.dataSource: Invalid value: dataSource is immutable'],
    },
    {
      title: 'an immutable map of a class',
      found: () => {
        const spec = { provisioner: 'rbd.csi.ceph.com', parameters: { mirroringMode: 'snapshot' } };
        const changed = { ...spec, parameters: { mirroringMode: 'journal' } };
        return volumeReplicationClass.validateUpdate({ spec: changed }, { spec });
      },
      expected: ['spec.parameters: Invalid value: parameters are immutable'],
    },
  ];
  it.each(cases)('$title', ({ found, expected }) => {
    expect(texts(found())).toEqual(expected);
  });

  it('tells the paths inside status relative to it, in texts only', () => {
    const object = vr({}, { status: { conditions: [badCondition] } });
    const errors = volumeReplication.validateStatusUpdate(object, vr());
    expect(texts(errors).sort()).toEqual(
      [
        'status.conditions[0].status: Unsupported value: "Maybe": supported values: "True", "False", "Unknown"',
        'status.conditions[0].reason: Invalid value: "": conditions[0].reason in body should be at least 1 chars long',
        'status.conditions[0].lastTransitionTime: Required value',
        notChecked,
      ].sort(),
    );
  });

  it('gives each finding the reason that its cause carries', () => {
    const reasons = volumeReplication.validateCreate(vr({ autoResync: 'yes' })).map(({ reason }) => reason);
    expect(reasons).toEqual(['FieldValueTypeInvalid', 'FieldValueInvalid']);
  });

  it('reports an unknown field by its path and drops it', () => {
    const { object, unknown } = volumeReplication.prune(vr({ foo: 1 }));
    expect(unknown).toEqual(['spec.foo']);
    expect(object).toEqual(vr());
  });

  it('fills in autoResync', () => {
    expect(volumeReplication.applyDefaults(without(vr(), 'autoResync'))).toEqual(vr());
  });

  it('finds nothing in a valid object', () => {
    expect(volumeReplication.validateCreate(vr())).toEqual([]);
    expect(volumeReplication.validateUpdate(vr({ replicationState: 'secondary' }), vr())).toEqual([]);
  });
});
