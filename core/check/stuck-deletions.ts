import { millisecondsOf } from '../model/api-time.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import { replicationNames } from '../model/volume-replication.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { listNames } from '../rules/guard/list-names.ts';
import { oneLine } from '../rules/one-line.ts';
import { formatAge } from '../status/age.ts';
import { settleTime } from '../status/patience.ts';
import type { CheckedNamespace, SiteFacts } from './facts.ts';
import { type Check, type FindingLevel, finding, type Seen } from './finding.ts';
import { onEachSite } from './on-each.ts';

type StuckKind =
  | 'VolumeReplication'
  | 'VolumeGroupReplication'
  | 'PersistentVolumeClaim'
  | 'PersistentVolume'
  | 'Namespace';

/** One object that should be gone. */
type Stuck = { readonly kind: StuckKind; readonly object: KubernetesObject; readonly site: SiteFacts };

const words: Readonly<Record<StuckKind, string>> = {
  VolumeReplication: 'vr',
  VolumeGroupReplication: 'vgr',
  PersistentVolumeClaim: 'pvc',
  PersistentVolume: 'pv',
  Namespace: 'namespace',
};

/** What stands behind one finalizer, as one clause; undefined where this is not the explanation. */
type Explanation = (stuck: Stuck, finalizer: string) => string | undefined;

const textIn = (object: KubernetesObject, field: string): string => {
  const status = object['status'] as Record<string, unknown> | undefined;
  const text = status?.[field];
  return typeof text === 'string' ? oneLine(text) : '';
};

const mirroringFirst: Explanation = ({ kind, object }, finalizer) => {
  const { finalizer: ofVolume, groupFinalizer } = replicationNames;
  const isReplication = kind === 'VolumeReplication' || kind === 'VolumeGroupReplication';
  if (!isReplication || ![ofVolume, groupFinalizer].includes(finalizer as typeof ofVolume)) return undefined;
  const message = textIn(object, 'message');
  return `its controller, which has to end mirroring at the driver first${message === '' ? '' : ` (its status says: ${message})`}`;
};

const replicationFirst: Explanation = ({ kind, object }, finalizer) => {
  const { pvcFinalizer, groupFinalizer, pvcOwnerAnnotation, pvcGroupOwnerAnnotation } = replicationNames;
  if (kind !== 'PersistentVolumeClaim') return undefined;
  const owner = (annotation: string): string =>
    object.metadata.annotations?.[annotation] ?? 'of unknown name';
  if (finalizer === pvcFinalizer) return `VolumeReplication ${owner(pvcOwnerAnnotation)}, which protects it`;
  return finalizer === groupFinalizer
    ? `VolumeGroupReplication ${owner(pvcGroupOwnerAnnotation)}, which protects it`
    : undefined;
};

const podsFirst: Explanation = ({ kind, object, site }, finalizer) => {
  if (kind !== 'PersistentVolumeClaim' || finalizer !== 'kubernetes.io/pvc-protection') return undefined;
  const { namespace = '', name = '' } = object.metadata;
  const pods = readingOf(() => site.view.podsUsing({ namespace, name }));
  const named = pods.known && pods.value.length > 0 ? `: ${listNames(pods.value)}` : '';
  return `the pods that use it${named}`;
};

const claimFirst: Explanation = ({ kind, object }, finalizer) => {
  if (kind !== 'PersistentVolume' || finalizer !== 'kubernetes.io/pv-protection') return undefined;
  const spec = object['spec'] as { claimRef?: { namespace?: string; name?: string } } | undefined;
  return spec?.claimRef === undefined
    ? 'the PV controller'
    : `claim ${spec.claimRef.namespace}/${spec.claimRef.name}, which it is bound to`;
};

const detachFirst: Explanation = ({ site, object }, finalizer) => {
  if (!finalizer.startsWith('external-attacher/')) return undefined;
  const nodes = readingOf(() => site.view.nodesOf(object.metadata.name ?? ''));
  const named = nodes.known && nodes.value.length > 0 ? ` from ${listNames(nodes.value)}` : '';
  return `its detachment${named}`;
};

const provisionerFirst: Explanation = (_, finalizer) =>
  finalizer === 'external-provisioner.volume.kubernetes.io/finalizer'
    ? 'the provisioner, which has to delete the volume'
    : undefined;

const explanations: readonly Explanation[] = [
  mirroringFirst,
  replicationFirst,
  podsFirst,
  claimFirst,
  detachFirst,
  provisionerFirst,
];

const explain = (stuck: Stuck, finalizer: string): string => {
  for (const explanation of explanations) {
    const text = explanation(stuck, finalizer);
    if (text !== undefined) return `${finalizer} waits for ${text}`;
  }
  return `${oneLine(finalizer)} waits for whoever put it there`;
};

/** The API server says of a namespace what is left in it. */
const remainsIn = ({ status }: CheckedNamespace): string[] =>
  (status?.conditions ?? [])
    .filter((condition) => condition.status === 'True' && /Remaining$|Failure$/.test(condition.type))
    .map(({ message = '' }) => oneLine(message));

const chainOf = (stuck: Stuck): string => {
  const { kind, object } = stuck;
  const waits =
    kind === 'Namespace'
      ? remainsIn(object)
      : (object.metadata.finalizers ?? []).map((name) => explain(stuck, name));
  return waits.length === 0 ? 'nothing shows what it waits for' : waits.join('; ');
};

const isMirroring = ({ metadata }: KubernetesObject): boolean =>
  (metadata.finalizers ?? []).some((finalizer) => finalizer.startsWith(replicationNames.finalizer));

/** The replication holds its claim, so it is the one to look at. */
const nextFor = ({ kind, object, site }: Stuck): string => {
  const { namespace, name = '', annotations } = object.metadata;
  const where = namespace === undefined ? '' : ` -n ${shellWord(namespace)}`;
  const owner =
    kind === 'PersistentVolumeClaim' ? annotations?.[replicationNames.pvcOwnerAnnotation] : undefined;
  return owner === undefined
    ? `${site.site.kubectl}${where} describe ${words[kind]} ${shellWord(name)}`
    : `${site.site.kubectl}${where} describe vr ${shellWord(owner)}`;
};

const levelOf = ({ kind, object }: Stuck): FindingLevel =>
  kind === 'Namespace' || !isMirroring(object) ? 'warning' : 'error';

const judge = (stuck: Stuck, now: number): readonly Seen[] => {
  const { kind, object, site } = stuck;
  const since = millisecondsOf(object.metadata.deletionTimestamp);
  if (since === undefined || now - since <= settleTime) return [];
  const { namespace, name = '' } = object.metadata;
  const warning = isMirroring(object)
    ? '; do not take the finalizer off: mirroring would stay on with nobody to end it'
    : '';
  return [
    finding('DR407', levelOf(stuck), {
      site,
      object: { kind, namespace, name },
      message: `is being deleted for ${formatAge(now - since)}: ${chainOf(stuck)}${warning}`,
      next: nextFor(stuck),
    }),
  ];
};

const ofKind = (site: SiteFacts, kind: StuckKind, objects: readonly KubernetesObject[]): readonly Stuck[] =>
  objects.map((object) => ({ kind, object, site }));

/** One list that may not be read leaves the others to be looked at. */
const lists: readonly ((site: SiteFacts) => readonly Stuck[])[] = [
  (site) => ofKind(site, 'VolumeReplication', knownValue(site.objects).replications),
  (site) => ofKind(site, 'VolumeGroupReplication', knownValue(site.objects).groups),
  (site) => ofKind(site, 'PersistentVolumeClaim', knownValue(knownValue(site.objects).claims)),
  (site) => ofKind(site, 'PersistentVolume', knownValue(knownValue(site.objects).volumes)),
  (site) => ofKind(site, 'Namespace', knownValue(site.namespaces)),
];

/** DR407. Which finalizers hold an object, and what each of them waits for. */
export const stuckDeletions: Check = {
  name: 'StuckDeletions',
  codes: ['DR407'],
  look: (facts) =>
    lists.flatMap((list) =>
      onEachSite(facts, (site) => list(site).flatMap((stuck) => judge(stuck, facts.now))),
    ),
};
