import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DrError } from '../../../core/model/error.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { judgeGuard } from '../../../core/rules/guard/judge-guard.ts';
import { mend } from '../../../core/rules/repair/mend.ts';
import type { AdmissionRequest } from '../../../webhook/admission-request.ts';
import { changing, createSite, creating, deleting, pv, pvc, vgr, vr, withBoundClaim } from './site.ts';

const never = new AbortController().signal;
const replicationClass: KubernetesObject = {
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplicationClass',
  metadata: { name: 'rbd' },
  spec: { provisioner: 'rbd.csi.ceph.com', parameters: { schedulingInterval: '5m' } },
};
const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

const outcome = async (request: AdmissionRequest): Promise<string> => {
  const site = withBoundClaim(createSite());
  try {
    await site.guard(request);
    return 'judged';
  } catch (error) {
    if (error instanceof DrError) return `${error.code}: ${error.message}`;
    throw error;
  }
};

describe('an object that no rule can read is refused by name', () => {
  const spec = (changes: object) => ({ ...vr(), spec: { ...vr().spec, ...changes } });
  const cases: [AdmissionRequest, string][] = [
    [creating({ ...vr(), spec: undefined }), 'VolumeReplication shop/db cannot be read: spec is missing'],
    [creating({ ...vr(), spec: 'primary' }), 'VolumeReplication shop/db cannot be read: spec is no object'],
    [
      creating(spec({ dataSource: undefined })),
      'VolumeReplication shop/db cannot be read: spec.dataSource is missing',
    ],
    [
      creating(spec({ dataSource: { kind: 'x' } })),
      'VolumeReplication shop/db cannot be read: spec.dataSource.name is missing',
    ],
    [
      creating(spec({ replicationState: 'Primary' })),
      'VolumeReplication shop/db cannot be read: spec.replicationState is no primary or secondary or resync',
    ],
    [
      creating(spec({ autoResync: 'yes' })),
      'VolumeReplication shop/db cannot be read: spec.autoResync is no true or false',
    ],
    [
      creating({ ...vr(), metadata: { name: 'db', annotations: { a: 1 } } } as unknown as KubernetesObject),
      'VolumeReplication db cannot be read: metadata.annotations.a is no text',
    ],
    [changing({ ...vr(), spec: [] }, vr()), 'VolumeReplication shop/db cannot be read: spec is no object'],
    [
      creating({ ...vgr(), spec: { ...vgr().spec, source: {} } }),
      'VolumeGroupReplication shop/all cannot be read: spec.source.selector is missing',
    ],
    [
      creating(vgr({ selector: { matchExpressions: [{ key: 'a' }] } })),
      'VolumeGroupReplication shop/all cannot be read: spec.source.selector.matchExpressions.operator is missing',
    ],
    [
      creating({ ...replicationClass, spec: {} }),
      'VolumeReplicationClass rbd cannot be read: spec.provisioner is missing',
    ],
    [
      deleting({ ...pv(), spec: { csi: { driver: 1 } } }),
      'PersistentVolume pv-db cannot be read: spec.csi.driver is no text',
    ],
    [
      { ...deleting(pvc()), oldObject: undefined },
      'the PersistentVolumeClaim to be deleted cannot be read: the review has no oldObject',
    ],
    [
      { ...deleting(vr()), oldObject: undefined },
      'the VolumeReplication to be deleted cannot be read: the review has no oldObject',
    ],
    [
      { ...deleting(namespace), oldObject: undefined },
      'the Namespace to be deleted cannot be read: the review has no oldObject',
    ],
    [{ ...creating(vr()), object: undefined }, 'this VolumeReplication cannot be read: it is missing'],
  ];
  test.each(cases)('%#', async (request, message) => {
    expect(await outcome(request)).toBe(`ObjectUnreadable: ${message}`);
  });
});

test('what is null is as good as missing', async () => {
  const object = { ...vr(), status: null, spec: { ...vr().spec, autoResync: null } };
  expect(await outcome(creating(object))).toBe('judged');
  expect(await outcome(deleting({ ...pv(), spec: null }))).toBe('judged');
});

const numRuns = 200;

describe('whatever JSON comes, it is judged or refused, and nothing breaks', () => {
  const samples = { vr: vr(), vgr: vgr(), replicationClass, pv: pv(), pvc: pvc(), namespace };
  const requests = [
    creating,
    deleting,
    (object: KubernetesObject) => changing(vr(), object),
    (object: KubernetesObject) => changing(object, vr()),
  ];

  /** A good object with anything at some place in it. */
  const damaged = fc
    .record({
      kind: fc.constantFrom(...(Object.keys(samples) as (keyof typeof samples)[])),
      path: fc.constantFrom(
        'metadata',
        'spec',
        'status',
        'spec.dataSource',
        'spec.source',
        'spec.claimRef',
        'spec.csi',
        'spec.parameters',
        'spec.source.selector',
        'metadata.annotations',
        'metadata.labels',
        'metadata.finalizers',
        'status.persistentVolumeClaimsRefList',
        'spec.replicationState',
        'metadata.name',
      ),
      value: fc.jsonValue(),
    })
    .map(({ kind, path, value }) => {
      const object = structuredClone(samples[kind]) as unknown as Record<string, unknown>;
      const steps = path.split('.');
      const last = steps.pop() ?? '';
      let place: Record<string, unknown> = object;
      for (const step of steps) {
        const next = place[step];
        if (typeof next !== 'object' || next === null) place[step] = {};
        place = place[step] as Record<string, unknown>;
      }
      place[last] = value;
      return object as unknown as KubernetesObject;
    });

  test('the guard, and what it is told afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.constantFrom(...requests), async (object, request) => {
        const site = withBoundClaim(createSite());
        const made = request(object);
        try {
          const facts = await site.guard(made);
          if (facts !== undefined) judgeGuard(facts);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ObjectUnreadable' });
        }
        site.facts.admitted(made);
      }),
      { numRuns },
    );
  });

  test('repair and advice', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, fc.constantFrom(...requests), async (object, request) => {
        const site = withBoundClaim(createSite());
        const made = request(object);
        try {
          const facts = await site.facts.repair(made, never);
          if (facts !== undefined) mend(facts);
          await site.facts.advice(made, never);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ObjectUnreadable' });
        }
      }),
      { numRuns },
    );
  });
});
