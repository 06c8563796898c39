// Manifests of the right kinds with anything in them: they are refused in one line, or planned; nothing else happens.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectFault } from '../../../core/backup/object-fault.ts';
import { DrError } from '../../../core/model/error.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { apiVersionOf, resources } from '../../../core/model/resource.ts';
import { sameNames } from '../../../core/restore/map-names.ts';
import { pairVolumes } from '../../../core/restore/pair-volumes.ts';
import { planRestore } from '../../../core/restore/plan-restore.ts';
import { rememberReplications } from '../../../core/restore/replication-memory.ts';
import { selectObjects } from '../../../core/restore/select-objects.ts';
import { viewTarget } from '../../../core/restore/target.ts';
import { wantRestore } from '../../../core/restore/want-restore.ts';
import { planDocument } from '../../../plugin/restore/print-plan.ts';
import { sortSources } from '../../../plugin/restore/sort-sources.ts';
import { pv, pvc, storageClass, targetFacts } from '../../core/restore/objects.ts';

const word = fc.constantFrom(
  'db',
  'pv-db',
  'shop',
  'gold',
  '10Gi',
  'ReadWriteOnce',
  'PersistentVolumeClaim',
  '',
);
const anything = fc.oneof(word, fc.jsonValue({ maxDepth: 3 }));

const fieldsOf = (...names: string[]) =>
  fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: names.length });

const metadata = fc.record(
  {
    name: fc.constantFrom('db', 'pv-db', 'gold'),
    namespace: fc.constantFrom('shop', 'shop', 'other', null),
    labels: fc.option(fc.dictionary(word, word), { nil: null }),
    annotations: fc.dictionary(word, word),
    ownerReferences: fc.constant([{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'x', controller: true }]),
    uid: word,
  },
  { requiredKeys: ['name', 'namespace'] },
);

const kinds = [
  resources.namespaces,
  resources.storageClasses,
  resources.volumeReplicationClasses,
  resources.configMaps,
  resources.secrets,
  resources.services,
  resources.persistentVolumes,
  resources.persistentVolumeClaims,
  resources.deployments,
  resources.statefulSets,
  resources.daemonSets,
  resources.cronJobs,
  resources.jobs,
  resources.volumeReplications,
  resources.volumeGroupReplications,
];

const spec = fc.oneof(
  fieldsOf('csi', 'claimRef', 'capacity', 'accessModes', 'storageClassName', 'volumeMode'),
  fieldsOf('resources', 'volumeName', 'accessModes', 'storageClassName', 'selector'),
  fieldsOf('dataSource', 'volumeReplicationClass', 'source', 'volumeGroupReplicationClassName'),
  fieldsOf(
    'replicas',
    'template',
    'volumeClaimTemplates',
    'jobTemplate',
    'suspend',
    'provisioner',
    'parameters',
  ),
  anything,
);

const arbitraryObject = fc
  .record({
    resource: fc.constantFrom(...kinds),
    metadata,
    spec,
    rest: fieldsOf('data', 'parameters', 'provisioner', 'status', 'type'),
  })
  .map(({ resource, rest, ...object }) => ({
    ...rest,
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    ...object,
  }));

const plan = (objects: readonly KubernetesObject[]) => {
  const sorted = sortSources(
    objects.map((object) => ({ object, origin: 'any.yaml' })),
    { withWorkloads: true },
  );
  const chosen = selectObjects(sorted, { namespace: 'shop', claims: [], labels: undefined });
  const { pairs, conflicts } = pairVolumes(chosen.claims, chosen.volumes);
  const target = viewTarget(targetFacts());
  const { wanted } = wantRestore({
    pairs,
    others: chosen.others,
    maps: { ...sameNames, namespaces: new Map([['shop', 'drill']]) },
    handleTold: () => undefined,
    volumeThere: target.volume,
    remembered: rememberReplications({ index: undefined, replications: chosen.replications }),
    claimUid: () => undefined,
    targetClasses: new Map([['gold', storageClass()]]),
    hasNamespace: () => false,
    transform: (object) => object,
    sourceClusterUid: undefined,
    existing: 'update',
    claimRef: 'reserve',
  });
  return planRestore(wanted, target, conflicts);
};

test('manifests with anything in them are planned or refused with a stable code', () => {
  fc.assert(
    fc.property(fc.array(arbitraryObject, { maxLength: 3 }), (objects) => {
      // What the parser of manifests lets through.
      fc.pre(objects.every((object) => objectFault(object) === undefined));
      const sources = [...(objects as unknown as KubernetesObject[]), pv('web'), pvc('web')];
      try {
        const planned = plan(sources);
        JSON.stringify(planDocument(planned, { target: 'cluster-2', source: null, leftOut: [] }));
      } catch (error) {
        expect(error).toBeInstanceOf(DrError);
      }
    }),
    { numRuns: 2000 },
  );
});
