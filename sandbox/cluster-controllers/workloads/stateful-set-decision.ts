import type { PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import { type Decision, type Effect, settled } from '../runtime/decision.ts';
import { isStale, keepOwners } from './claim-retention.ts';
import { makePod, removePod, setStatus } from './pod-making.ts';
import { templateHash } from './template-hash.ts';
import { isActive, isFinished, isReady, type Pod, type StatefulSet } from './workload-objects.ts';

const revisionLabel = 'controller-revision-hash';

/** A stateful set with its pods and the claims that are there already. */
export type StatefulSetFacts = {
  set: StatefulSet;
  pods: readonly Pod[];
  claimOf: (name: string) => PersistentVolumeClaim | undefined;
};

const revisionOf = (set: StatefulSet): string =>
  `${set.metadata.name ?? ''}-${templateHash(set.spec?.template)}`;

const ordinalOf = (set: StatefulSet, pod: Pod): number => {
  const prefix = `${set.metadata.name ?? ''}-`;
  const name = pod.metadata.name ?? '';
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^\d+$/.test(rest) ? Number(rest) : -1;
};

const claimTemplates = (set: StatefulSet): readonly PersistentVolumeClaim[] =>
  (set.spec?.volumeClaimTemplates ?? []) as PersistentVolumeClaim[];

const claimName = (set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string =>
  `${template.metadata.name ?? ''}-${set.metadata.name ?? ''}-${ordinal}`;

/** The claims of an ordinal that are there. */
const claimsOf = ({ set, claimOf }: StatefulSetFacts, ordinal: number): PersistentVolumeClaim[] =>
  claimTemplates(set).flatMap((template) => claimOf(claimName(set, template, ordinal)) ?? []);

const makeClaims = ({ set, claimOf }: StatefulSetFacts, ordinal: number): Effect[] =>
  claimTemplates(set)
    .filter((template) => claimOf(claimName(set, template, ordinal)) === undefined)
    .map((template) => ({
      act: 'create',
      resource: resources.persistentVolumeClaims,
      object: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: claimName(set, template, ordinal),
          namespace: set.metadata.namespace ?? '',
          labels: { ...template.metadata.labels, ...set.spec?.selector?.matchLabels },
          ...(template.metadata.annotations !== undefined && { annotations: template.metadata.annotations }),
        },
        ...(template.spec !== undefined && { spec: template.spec }),
      },
    }));

const makeMember = (facts: StatefulSetFacts, ordinal: number): Effect[] => {
  const { set } = facts;
  const name = `${set.metadata.name ?? ''}-${ordinal}`;
  if (claimsOf(facts, ordinal).some((claim) => isStale(claim, name))) return [];
  const claims = claimTemplates(set).map((template) => ({
    name: template.metadata.name ?? '',
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
  }));
  const own = new Set(claims.map((claim) => claim.name));
  const adapt = (pod: Pod): Pod => ({
    ...pod,
    spec: {
      ...pod.spec,
      hostname: name,
      ...(set.spec?.serviceName !== undefined && { subdomain: set.spec.serviceName }),
      volumes: [...claims, ...(pod.spec?.volumes ?? []).filter((volume) => !own.has(volume.name))],
    },
  });
  const labels = {
    [revisionLabel]: revisionOf(set),
    'statefulset.kubernetes.io/pod-name': name,
    'apps.kubernetes.io/pod-index': String(ordinal),
  };
  const failure = `Create Pod ${name} in StatefulSet ${set.metadata.name ?? ''} failed error`;
  const order = { resource: resources.statefulSets, owner: set, template: set.spec?.template, failure };
  return [...makeClaims(facts, ordinal), makePod({ ...order, labels, name, adapt })];
};

/** In order: what is missing below an ordinal is made, and is ready, before the next one's turn. */
const fillUp = (facts: StatefulSetFacts, wanted: readonly number[]): Effect[] => {
  const { set, pods } = facts;
  const isParallel = set.spec?.podManagementPolicy === 'Parallel';
  const effects: Effect[] = [];
  for (const ordinal of wanted) {
    const pod = pods.find((one) => ordinalOf(set, one) === ordinal);
    if (pod === undefined) effects.push(...makeMember(facts, ordinal));
    else if (isFinished(pod) && pod.metadata.deletionTimestamp === undefined) effects.push(removePod(pod));
    if (!isParallel && (pod === undefined || !isActive(pod) || !isReady(pod))) break;
  }
  return effects;
};

/** Claims know who takes them along before any pod goes. Those of a pod that is going, and is to come again, are left as they are. */
const ownClaims = (facts: StatefulSetFacts, wanted: readonly number[]): Effect[] =>
  facts.pods.flatMap((pod) => {
    const ordinal = ordinalOf(facts.set, pod);
    const isWanted = wanted.includes(ordinal);
    if (isWanted && !isActive(pod)) return [];
    return keepOwners(claimsOf(facts, ordinal), { set: facts.set, pod, isWanted });
  });

/** From the highest ordinal down, one at a time unless the set is parallel. */
const giveUp = ({ set, pods }: StatefulSetFacts, wanted: readonly number[]): Effect[] => {
  const surplus = pods
    .filter((pod) => !wanted.includes(ordinalOf(set, pod)))
    .toSorted((left, right) => ordinalOf(set, right) - ordinalOf(set, left));
  if (set.spec?.podManagementPolicy === 'Parallel') return surplus.filter(isActive).map(removePod);
  const [last] = surplus;
  return last === undefined || last.metadata.deletionTimestamp !== undefined ? [] : [removePod(last)];
};

/** One outdated pod at a time, from the highest ordinal down, while all others are ready. */
const update = ({ set, pods }: StatefulSetFacts, wanted: readonly number[]): Effect[] => {
  if (set.spec?.updateStrategy?.type === 'OnDelete') return [];
  if (pods.length < wanted.length || !pods.every((pod) => isActive(pod) && isReady(pod))) return [];
  const partition = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  const outdated = pods
    .filter((pod) => pod.metadata.labels?.[revisionLabel] !== revisionOf(set))
    .filter((pod) => ordinalOf(set, pod) >= partition)
    .toSorted((left, right) => ordinalOf(set, right) - ordinalOf(set, left));
  return outdated.slice(0, 1).map(removePod);
};

const count = ({ set, pods }: StatefulSetFacts, wanted: readonly number[]): Effect[] => {
  const revision = revisionOf(set);
  const active = pods.filter(isActive);
  const ready = active.filter(isReady).length;
  const updated = active.filter((pod) => pod.metadata.labels?.[revisionLabel] === revision);
  const isComplete =
    updated.length === wanted.length && updated.every(isReady) && active.length === wanted.length;
  const before = set.status?.['currentRevision'];
  const current = isComplete || typeof before !== 'string' || before === '' ? revision : before;
  return setStatus(resources.statefulSets, set, {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: active.length,
    readyReplicas: ready,
    availableReplicas: ready,
    currentReplicas: active.filter((pod) => pod.metadata.labels?.[revisionLabel] === current).length,
    updatedReplicas: updated.length,
    currentRevision: current,
    updateRevision: revision,
  });
};

const staleAfterMs = 500;

/** A claim that waits for the collector brings no look of its own. */
const waitsForCollector = (facts: StatefulSetFacts, wanted: readonly number[]): boolean =>
  wanted.some((ordinal) =>
    claimsOf(facts, ordinal).some((claim) => isStale(claim, `${facts.set.metadata.name ?? ''}-${ordinal}`)),
  );

/** One step of a stateful set: grow in order, shrink from the top, then renew what is outdated; and count. */
export const decideStatefulSet = (facts: StatefulSetFacts): Decision => {
  const { set } = facts;
  if (set.metadata.deletionTimestamp !== undefined) return settled;
  const start = set.spec?.ordinals?.start ?? 0;
  const wanted = Array.from({ length: set.spec?.replicas ?? 1 }, (_, index) => start + index);
  const steps = [fillUp, giveUp, update]
    .map((step) => step(facts, wanted))
    .find((effects) => effects.length > 0);
  const effects = [...ownClaims(facts, wanted), ...(steps ?? []), ...count(facts, wanted)];
  return { effects, ...(waitsForCollector(facts, wanted) && { againAfterMs: staleAfterMs }) };
};
