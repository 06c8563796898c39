import { known, unknown } from '../../../../core/model/reading.ts';
import type {
  ClaimFacts,
  DefinitionFacts,
  NamespaceFacts,
  NeededFacts,
  VolumeFacts,
} from '../../../../core/rules/protection-facts.ts';
import { promotion, replication, volume } from './facts.ts';
import { judgeCases } from './judged-cases.ts';

const vr = replication({ name: 'db' });
const vgr = replication({ kind: 'VolumeGroupReplication', name: 'all' });

const claim = (differs: Partial<ClaimFacts> = {}): ClaimFacts => ({
  subject: 'claim',
  namespace: 'shop',
  name: 'db',
  isTerminating: false,
  protectedBy: known([vr]),
  takesAlong: known([]),
  namespaceTerminating: known(false),
  ...differs,
});
const pv = (differs: Partial<VolumeFacts> = {}): VolumeFacts => ({
  subject: 'volume',
  operation: 'DELETE',
  name: 'pvc-4e8a1c3d',
  before: volume(),
  after: undefined,
  protectedBy: known([vr]),
  ...differs,
});
const namespace = (differs: Partial<NamespaceFacts> = {}): NamespaceFacts => ({
  subject: 'namespace',
  name: 'shop',
  isTerminating: false,
  replications: known([vr]),
  takesAlong: known([]),
  ...differs,
});

const definition = (differs: Partial<DefinitionFacts> = {}): DefinitionFacts => ({
  subject: 'definition',
  name: 'volumereplications.replication.storage.openshift.io',
  isTerminating: false,
  replications: known([vr]),
  ...differs,
});

const copied = {
  volumeName: 'copy',
  claimName: 'db',
  policy: 'Delete',
  protectedBy: [replication({ namespace: 'bank', name: 'cash' })],
};

const needed = (differs: Partial<NeededFacts> = {}): NeededFacts => ({
  subject: 'needed',
  kind: 'VolumeReplicationClass',
  name: 'rbd-5m',
  isTerminating: false,
  replications: known([]),
  standby: known([]),
  ...differs,
});

judgeCases('DR111', [
  {
    title: 'a claim under protection',
    given: claim(),
    refused: [
      'claim shop/db is protected by VolumeReplication shop/db',
      'Without its claim a replication can neither be moved nor ended',
      'kubectl -n shop delete vr db',
    ],
  },
  {
    title: 'a claim that a group takes in',
    given: claim({ protectedBy: known([vgr]) }),
    refused: [
      'protected by VolumeGroupReplication shop/all',
      'Take the claim out of the group first',
      `kubectl -n shop get vgr all -o jsonpath='{.spec.source.selector}'`,
      'kubectl -n shop delete vgr all',
    ],
  },
  {
    title: 'a claim under twofold protection',
    given: claim({ protectedBy: known([vr, vgr]) }),
    refused: ['VolumeReplication shop/db, VolumeGroupReplication shop/all', '(and so for each)'],
  },
  { title: 'a claim that nothing protects', given: claim({ protectedBy: known([]) }), passes: true },
  {
    title: 'a claim whose PV takes along what is protected through another claim',
    given: claim({ protectedBy: known([]), takesAlong: known([copied]) }),
    refused: [
      'PV copy of claim shop/db has reclaim policy Delete, and its volume is protected by VolumeReplication bank/cash',
      'The volume would be deleted with the claim',
      `kubectl patch pv copy -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
    ],
  },
  {
    title: 'whether it would take a protected volume along is unknown: refused',
    given: claim({ protectedBy: known([]), takesAlong: unknown('not synced') }),
    refused: ['cannot tell whether a protected volume would go with claim shop/db (not synced)'],
  },
  {
    title: 'a claim under protection whose PVs are unknown is refused once',
    given: claim({ takesAlong: unknown('not synced') }),
    refused: ['claim shop/db is protected by VolumeReplication shop/db'],
  },
  {
    title: 'a namespace whose PVs take along what is protected from another one',
    given: namespace({
      replications: known([]),
      takesAlong: known([copied, { ...copied, volumeName: 'second', claimName: 'logs' }]),
    }),
    refused: ['PV copy of claim shop/db', '(and so with PV second)', 'kubectl patch pv copy second -p'],
  },
  {
    title: 'whether the claim is protected is unknown: refused',
    given: claim({ protectedBy: unknown('not synced') }),
    refused: ['cannot tell whether claim shop/db is protected (not synced)'],
  },
  {
    title: 'a claim that was deleted before goes on',
    given: claim({ isTerminating: true, protectedBy: unknown('not synced') }),
    passes: true,
  },
  {
    title: 'a claim in a namespace that is being deleted goes with it',
    given: claim({ namespaceTerminating: known(true), protectedBy: unknown('not synced') }),
    passes: true,
  },
  {
    title: 'whether the namespace is being deleted is unknown: the claim is judged',
    given: claim({ namespaceTerminating: unknown('not synced') }),
    refused: ['claim shop/db is protected'],
  },
  {
    title: 'a PV under protection',
    given: pv(),
    refused: ['PV pvc-4e8a1c3d is protected by VolumeReplication shop/db', 'kubectl -n shop delete vr db'],
  },
  { title: 'a PV that nothing protects', given: pv({ protectedBy: known([]) }), passes: true },
  {
    title: 'whether the PV is protected is unknown: refused',
    given: pv({ protectedBy: unknown('not synced') }),
    refused: ['cannot tell whether PV pvc-4e8a1c3d is protected (not synced)'],
  },
  {
    title: 'a PV that was deleted before goes on',
    given: pv({
      before: { ...volume(), metadata: { name: 'pv', deletionTimestamp: '2026-03-01T12:00:00Z' } },
    }),
    passes: true,
  },
  {
    title: 'a PV that is changed is not deleted',
    given: pv({ operation: 'UPDATE', after: volume() }),
    passes: true,
  },
  {
    title: 'a namespace with replications that protect',
    given: namespace({ replications: known([vr, vgr]) }),
    refused: [
      'namespace shop holds VolumeReplication shop/db, VolumeGroupReplication shop/all',
      'Everything in it would go',
      'kubectl -n shop get vr,vgr',
    ],
  },
  {
    title: 'a namespace with a hundred of them',
    given: namespace({
      replications: known(Array.from({ length: 100 }, (_, at) => replication({ name: `db-${at}` }))),
    }),
    refused: ['VolumeReplication shop/db-4 and 95 more'],
  },
  { title: 'a namespace without', given: namespace({ replications: known([]) }), passes: true },
  {
    title: 'what a namespace holds is unknown: refused',
    given: namespace({ replications: unknown('not synced') }),
    refused: [
      'cannot tell whether namespace shop holds replications that protect (not synced)',
      'kubectl -n kubectl-dr logs deployment/dr-webhook',
    ],
  },
  {
    title: 'a namespace that is being deleted goes on',
    given: namespace({ isTerminating: true, replications: unknown('not synced') }),
    passes: true,
  },
  {
    title: 'the definition of a kind of which some protect',
    given: definition({ replications: known([vr, replication({ namespace: 'bank', name: 'cash' })]) }),
    refused: [
      'CustomResourceDefinition volumereplications.replication.storage.openshift.io holds VolumeReplication shop/db, VolumeReplication bank/cash',
      "with each primary the other site's copy",
      'kubectl get vr,vgr -A',
    ],
  },
  {
    title: 'a definition of which none protects',
    given: definition({ replications: known([]) }),
    passes: true,
  },
  {
    title: 'whether some of a kind protect is unknown: refused',
    given: definition({ replications: unknown('not synced') }),
    refused: ['holds replications that protect (not synced)'],
  },
  {
    title: 'a definition that is being deleted goes on',
    given: definition({ isTerminating: true, replications: unknown('not synced') }),
    passes: true,
  },
  {
    title: 'a class that replications name',
    given: needed({ replications: known([vr]) }),
    refused: [
      'VolumeReplicationClass rbd-5m is needed by VolumeReplication shop/db',
      'a failover to this site ends there',
      'kubectl get vr,vgr -A',
    ],
  },
  {
    title: 'a class by which restored claims are to be promoted',
    given: needed({ standby: known(['shop/db']) }),
    refused: [
      'VolumeReplicationClass rbd-5m is needed to promote claim shop/db',
      'kubectl -n shop annotate pvc db kubectl-dr.dev/replication-class-',
    ],
  },
  { title: 'a class that nothing needs', given: needed(), passes: true },
  {
    title: 'whether replications need a class is unknown: refused',
    given: needed({ replications: unknown('not synced') }),
    refused: ['is needed by replications (not synced)'],
  },
  {
    title: 'whether restored claims need a class is unknown: refused',
    given: needed({ standby: unknown('not synced') }),
    refused: ['whether restored claims need VolumeReplicationClass rbd-5m (not synced)'],
  },
  {
    title: 'a class that is being deleted goes on',
    given: needed({ isTerminating: true, replications: known([vr]) }),
    passes: true,
  },
  { title: 'a change of a replication deletes nothing', given: promotion(), passes: true },
]);
