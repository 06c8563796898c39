import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { demotionAnnotation, demotionOf, isBetterNote } from '../../../../core/following/demotion.ts';
import type { KubernetesObject } from '../../../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../../../core/model/reading.ts';
import type { VolumeReplication } from '../../../../core/model/volume-replication.ts';
import { mend } from '../../../../core/rules/repair/mend.ts';
import type { PatchOperation, RepairFacts } from '../../../../core/rules/repair-facts.ts';
import { bindCompleted, boundByController, claimHere, claimRefAnnotation, volume } from './restored.ts';

const uids = fc.constantFrom('here', 'there', '');

/** Names that need escaping in a JSON pointer are among them. */
const annotations = fc.dictionary(
  fc.constantFrom(boundByController, bindCompleted, claimRefAnnotation, 'a/b', 'a~1b', '~', 'plain'),
  fc.constantFrom('yes', 'reserve', ''),
);

const claimRefs = fc.record(
  {
    apiVersion: fc.constant('v1'),
    kind: fc.constant('PersistentVolumeClaim'),
    namespace: fc.constant('shop'),
    name: fc.constant('db'),
    uid: uids,
    resourceVersion: fc.constant('1131'),
    fieldPath: fc.constant('spec'),
  },
  { requiredKeys: [] },
);

const volumes: fc.Arbitrary<PersistentVolume> = fc
  .record(
    { annotations, claimRef: claimRefs, policy: fc.constantFrom('Retain', 'Delete', 'Recycle') },
    { requiredKeys: [] },
  )
  .map(volume);

const readings: fc.Arbitrary<Reading<PersistentVolumeClaim | undefined>> = fc.constantFrom(
  known(undefined),
  known(claimHere('here')),
  unknown('the API server does not answer'),
);

const states = fc.constantFrom('primary' as const, 'secondary' as const, 'resync' as const);

/** A mark of the generation that the change gives, of the one before, and what is none. */
const marks = fc.constantFrom(
  '{"followed":"yes","generation":4,"at":"2026-03-01T11:00:00Z"}',
  '{"followed":"no","generation":3,"at":"2026-03-01T11:00:00Z"}',
  'none',
);

const replications: fc.Arbitrary<VolumeReplication> = fc
  .record({
    annotations: fc.option(
      fc.record({ [demotionAnnotation]: marks, 'a/b': fc.constant('yes') }, { requiredKeys: [] }),
      { nil: undefined },
    ),
    replicationState: states,
  })
  .map(({ annotations: some, replicationState }) => ({
    metadata: { namespace: 'shop', name: 'db', generation: 3, ...(some && { annotations: some }) },
    spec: {
      volumeReplicationClass: 'rbd',
      replicationState,
      dataSource: { kind: 'PersistentVolumeClaim', name: 'db' },
    },
  }));

const demotions: fc.Arbitrary<RepairFacts> = fc.record({
  subject: fc.constant('demotion' as const),
  before: replications,
  after: replications,
  note: fc.record({
    followed: fc.constantFrom('yes', 'no', 'unknown'),
    at: fc.constant(Date.parse('2026-03-01T12:00:00Z')),
    lastSync: fc.constantFrom(undefined, Date.parse('2026-03-01T11:55:00Z')),
  }),
});

const facts: fc.Arbitrary<RepairFacts> = fc.oneof(
  demotions,
  fc.record({ subject: fc.constant('volume' as const), volume: volumes, claim: readings }),
  fc.record({
    subject: fc.constant('claim' as const),
    claim: annotations.map((some) => ({ ...claimHere(''), metadata: { name: 'db', annotations: some } })),
  }),
);

const objectOf = (from: RepairFacts): KubernetesObject => {
  if (from.subject === 'demotion' || from.subject === 'consent' || from.subject === 'note') return from.after;
  return from.subject === 'volume' ? from.volume : from.claim;
};

const withObject = (from: RepairFacts, object: KubernetesObject): RepairFacts => {
  if (from.subject === 'demotion' || from.subject === 'consent' || from.subject === 'note')
    return { ...from, after: object as VolumeReplication };
  return from.subject === 'volume'
    ? { ...from, volume: object as PersistentVolume }
    : { ...from, claim: object };
};

/** Throws where an operation does not fit the object, as kube-apiserver refuses the whole patch then. */
const apply = <T extends object>(object: T, patch: readonly PatchOperation[]) =>
  jsonPatch.applyPatch(structuredClone(object), patch as jsonPatch.Operation[], true).newDocument as T;

/** Each leaf of an object by its pointer. Empty maps and lists have none, and are none for a server either. */
const leaves = (value: unknown, path = ''): [string, unknown][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) =>
        leaves(inner, `${path}/${jsonPatch.escapePathComponent(key)}`),
      )
    : [[path, value]];

const mayChange = [
  `/metadata/annotations/${jsonPatch.escapePathComponent(boundByController)}`,
  `/metadata/annotations/${jsonPatch.escapePathComponent(bindCompleted)}`,
  `/metadata/annotations/${jsonPatch.escapePathComponent(demotionAnnotation)}`,
  '/spec/claimRef',
  '/spec/persistentVolumeReclaimPolicy',
];

const holds = (check: (from: RepairFacts) => void): void =>
  fc.assert(fc.property(facts, check), { numRuns: 2_000 });

describe('whatever arrives', () => {
  it('its patch applies, and mending the result changes nothing', () => {
    holds((from) => {
      const mended = apply(objectOf(from), mend(from).patch);
      expect(mend(withObject(from, mended))).toEqual({ patch: [], done: [] });
    });
  });

  it('is told of exactly when something is mended', () => {
    holds((from) => {
      const { patch, done } = mend(from);
      expect(done.length > 0).toBe(patch.length > 0);
    });
  });

  it('each operation changes something, and no other could be left out', () => {
    holds((from) => {
      const { patch } = mend(from);
      const whole = apply(objectOf(from), patch);
      for (const skipped of patch)
        expect(
          apply(
            objectOf(from),
            patch.filter((operation) => operation !== skipped),
          ),
        ).not.toEqual(whole);
    });
  });

  it('nothing changes but the members that tell of another cluster, the policy and the mark of a demotion', () => {
    holds((from) => {
      const before = new Map(leaves(objectOf(from)));
      const after = new Map(leaves(apply(objectOf(from), mend(from).patch)));
      const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
        (path) => before.get(path) !== after.get(path),
      );
      expect(changed.filter((path) => !mayChange.some((allowed) => path.startsWith(allowed)))).toEqual([]);
    });
  });

  it('no map and no list is written as a whole, but annotations where there are none', () => {
    holds((from) => {
      const hasAnnotations = objectOf(from).metadata.annotations !== undefined;
      for (const operation of mend(from).patch)
        if (operation.op !== 'remove')
          expect(typeof operation.value).toBe(
            !hasAnnotations && operation.path === '/metadata/annotations' ? 'object' : 'string',
          );
    });
  });

  it('annotations stay a map of strings, or none', () => {
    holds((from) => {
      const left: unknown = apply(objectOf(from), mend(from).patch).metadata.annotations;
      if (left === undefined) return;
      expect(left).toBeTypeOf('object');
      for (const value of Object.values(left as object)) expect(value).toBeTypeOf('string');
    });
  });

  it('a volume is left alone that is reserved, whose claim is here, or of whose claim nothing is known', () => {
    holds((from) => {
      fc.pre(from.subject === 'volume');
      if (from.subject !== 'volume') return;
      const uid = from.volume.spec?.claimRef?.uid;
      const isHere = from.claim.known && from.claim.value?.metadata.uid === uid;
      fc.pre(!uid || isHere || !from.claim.known);
      expect(mend(from)).toEqual({ patch: [], done: [] });
    });
  });

  it('a volume of another cluster ends unbound or reserved, and kept', () => {
    holds((from) => {
      fc.pre(from.subject === 'volume' && from.claim.known);
      if (from.subject !== 'volume' || !from.claim.known) return;
      const uid = from.volume.spec?.claimRef?.uid;
      fc.pre(!!uid && from.claim.value?.metadata.uid !== uid);
      const { spec, metadata } = apply(from.volume, mend(from).patch);
      expect(spec?.persistentVolumeReclaimPolicy).toBe('Retain');
      expect(metadata.annotations?.[boundByController]).toBeUndefined();
      expect([undefined, 'name,namespace']).toContain(
        spec?.claimRef && Object.keys(spec.claimRef).sort().join(),
      );
    });
  });

  it('a demotion ends with a mark that is valid once it is stored, what stays demoted keeps its own, and nothing else gets one', () => {
    holds((from) => {
      if (from.subject !== 'demotion') return;
      const { before, after } = from;
      const mended = apply(after, mend(from).patch);
      const isDemotion =
        before.spec.replicationState === 'primary' && after.spec.replicationState !== 'primary';
      const isReplica = [before, after].every(({ spec }) => spec.replicationState === 'secondary');
      const stored = demotionOf({ ...mended, metadata: { ...mended.metadata, generation: 4 } }, undefined);
      const own = demotionOf(before, undefined);
      const noteOf = ({ metadata }: KubernetesObject) => metadata.annotations?.[demotionAnnotation];
      if (isDemotion) {
        expect(stored).toMatchObject({ kind: 'marked' });
        expect(stored.kind === 'marked' && isBetterNote(stored, from.note)).toBe(false);
      } else if (isReplica && own.kind === 'marked') {
        expect(stored).toMatchObject({ kind: 'marked' });
        expect(stored.kind === 'marked' && isBetterNote(stored, own)).toBe(false);
      } else expect(noteOf(mended)).toBe(noteOf(before));
    });
  });
});
