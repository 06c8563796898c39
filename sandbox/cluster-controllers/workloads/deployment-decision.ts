import { isDeepStrictEqual } from 'node:util';
import { resources } from '../../../core/model/resource.ts';
import { type Decision, type Effect, only, settled } from '../runtime/decision.ts';
import { setStatus, withoutZeros } from './pod-making.ts';
import { isFailure } from './replica-set-decision.ts';
import { templateHash } from './template-hash.ts';
import {
  controllerReference,
  type Deployment,
  type PodTemplate,
  type ReplicaSet,
  type WorkloadCondition,
} from './workload-objects.ts';

const revisionAnnotation = 'deployment.kubernetes.io/revision';
const hashLabel = 'pod-template-hash';
const sets = resources.replicaSets;
const deployments = resources.deployments;

/** A deployment with the replica sets it owns. */
export type DeploymentFacts = {
  deployment: Deployment;
  replicaSets: readonly ReplicaSet[];
  /** Pods of those sets that have not gone yet, leaving ones included. */
  oldPods: number;
  /** RFC 3339, in seconds. */
  now: string;
};

const withoutHash = (template: PodTemplate | undefined): unknown => {
  const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {};
  return JSON.parse(JSON.stringify({ ...template, metadata: { ...template?.metadata, labels } }));
};

const isSetOf = (deployment: Deployment, set: ReplicaSet): boolean =>
  isDeepStrictEqual(withoutHash(set.spec?.template), withoutHash(deployment.spec?.template));

const revisionOf = (set: ReplicaSet): number => Number(set.metadata.annotations?.[revisionAnnotation] ?? 0);
const wantedOf = (set: ReplicaSet): number => set.spec?.replicas ?? 1;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const resolve = (value: number | string | undefined, replicas: number, roundUp: boolean): number => {
  if (typeof value === 'number') return value;
  const share = (Number.parseInt(value ?? '25%', 10) / 100) * replicas;
  return roundUp ? Math.ceil(share) : Math.floor(share);
};

/** How many pods more, and how many fewer, than wanted may exist during an update. */
const limitsOf = (deployment: Deployment, replicas: number): { surge: number; unavailable: number } => {
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  const surge = resolve(rolling?.maxSurge, replicas, true);
  const unavailable = resolve(rolling?.maxUnavailable, replicas, false);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
};

const scaleTo = (set: ReplicaSet, replicas: number): Effect[] =>
  wantedOf(set) === replicas
    ? []
    : [{ act: 'patch', resource: sets, object: set, body: { spec: { replicas } } }];

const makeSet = (deployment: Deployment, revision: number, replicas: number): Effect => {
  const template = deployment.spec?.template;
  const hash = templateHash(template);
  const labels = { ...template?.metadata?.labels, [hashLabel]: hash };
  const selector = deployment.spec?.selector ?? {};
  return {
    act: 'create',
    resource: sets,
    object: {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${deployment.metadata.name ?? ''}-${hash}`,
        namespace: deployment.metadata.namespace ?? '',
        labels,
        annotations: { [revisionAnnotation]: String(revision) },
        ownerReferences: [controllerReference(deployments, deployment)],
      },
      spec: {
        replicas,
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
        template: { ...template, metadata: { ...template?.metadata, labels } },
      },
    },
  };
};

/** The old sets' new sizes: pods that are not available go first, available ones only as far as the strategy allows. */
const shrinkOld = (
  facts: DeploymentFacts,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Effect[] => {
  const { deployment, replicaSets } = facts;
  const replicas = deployment.spec?.replicas ?? 1;
  const least = replicas - limitsOf(deployment, replicas).unavailable;
  const missingNew = current === undefined ? 0 : wantedOf(current) - (current.status?.availableReplicas ?? 0);
  let removable = sum(replicaSets.map(wantedOf)) - least - missingNew;
  return old.flatMap((set) => {
    const cut = Math.max(0, Math.min(removable, wantedOf(set)));
    removable -= cut;
    return scaleTo(set, wantedOf(set) - cut);
  });
};

const roll = (
  facts: DeploymentFacts,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Effect[] => {
  const { deployment, replicaSets } = facts;
  const replicas = deployment.spec?.replicas ?? 1;
  const isRecreate = deployment.spec?.strategy?.type === 'Recreate';
  if (isRecreate && old.some((set) => wantedOf(set) > 0)) return old.flatMap((set) => scaleTo(set, 0));
  if (isRecreate && facts.oldPods > 0) return [];
  const room = replicas + limitsOf(deployment, replicas).surge - sum(replicaSets.map(wantedOf));
  const first = Math.max(0, Math.min(replicas, room));
  if (current === undefined) {
    return [makeSet(deployment, Math.max(0, ...old.map(revisionOf)) + 1, isRecreate ? replicas : first)];
  }
  const size = wantedOf(current);
  const grown = size > replicas ? replicas : Math.min(replicas, size + Math.max(0, room));
  return [...scaleTo(current, isRecreate ? replicas : grown), ...shrinkOld(facts, current, old)];
};

const condition = (
  old: readonly WorkloadCondition[],
  next: Pick<WorkloadCondition, 'type' | 'status' | 'reason' | 'message'>,
  now: string,
): WorkloadCondition => {
  const before = old.find(({ type }) => type === next.type);
  if (before?.status === next.status && before.reason === next.reason && before.message === next.message)
    return before;
  const since = before?.status === next.status ? before.lastTransitionTime : now;
  return { ...next, lastUpdateTime: now, lastTransitionTime: since };
};

const countStatus = (
  facts: DeploymentFacts,
  current: ReplicaSet | undefined,
  revision: number | undefined,
): Effect[] => {
  const { deployment, replicaSets, now } = facts;
  const replicas = deployment.spec?.replicas ?? 1;
  const total = sum(replicaSets.map((set) => set.status?.replicas ?? 0));
  const available = sum(replicaSets.map((set) => set.status?.availableReplicas ?? 0));
  const updated = current?.status?.replicas ?? 0;
  const isAvailable = available >= replicas - limitsOf(deployment, replicas).unavailable;
  const isComplete = updated === replicas && total === replicas && available >= replicas;
  const old = deployment.status?.conditions ?? [];
  const name = current?.metadata.name ?? '';
  const counts = withoutZeros({
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: total,
    updatedReplicas: updated,
    readyReplicas: sum(replicaSets.map((set) => set.status?.readyReplicas ?? 0)),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, Math.max(total, replicas) - available),
  });
  const status = {
    ...counts,
    conditions: [
      condition(
        old,
        isAvailable
          ? {
              type: 'Available',
              status: 'True',
              reason: 'MinimumReplicasAvailable',
              message: 'Deployment has minimum availability.',
            }
          : {
              type: 'Available',
              status: 'False',
              reason: 'MinimumReplicasUnavailable',
              message: 'Deployment does not have minimum availability.',
            },
        now,
      ),
      condition(
        old,
        isComplete
          ? {
              type: 'Progressing',
              status: 'True',
              reason: 'NewReplicaSetAvailable',
              message: `ReplicaSet "${name}" has successfully progressed.`,
            }
          : {
              type: 'Progressing',
              status: 'True',
              reason: 'ReplicaSetUpdated',
              message: `ReplicaSet "${name}" is progressing.`,
            },
        now,
      ),
      ...(current?.status?.conditions ?? []).filter(isFailure),
    ],
  };
  return setStatus(
    deployments,
    deployment,
    status,
    revision === undefined ? {} : { [revisionAnnotation]: String(revision) },
  );
};

/** A set that is rolled back to becomes the newest revision again. */
const newestRevision = (current: ReplicaSet, old: readonly ReplicaSet[]): number => {
  const newest = Math.max(0, ...old.map(revisionOf));
  return revisionOf(current) > newest ? revisionOf(current) : newest + 1;
};

const forgetOldSets = (deployment: Deployment, old: readonly ReplicaSet[]): Effect[] => {
  const idle = old
    .filter((set) => wantedOf(set) === 0 && (set.status?.replicas ?? 0) === 0)
    .toSorted((left, right) => revisionOf(right) - revisionOf(left));
  return idle
    .slice(deployment.spec?.revisionHistoryLimit ?? 10)
    .map((set) => ({ act: 'delete', resource: sets, object: set }));
};

/** One step of a deployment towards its template and size: new set up, old sets down, within the limits of its strategy. */
export const decideDeployment = (facts: DeploymentFacts): Decision => {
  const { deployment, replicaSets } = facts;
  if (deployment.metadata.deletionTimestamp !== undefined) return settled;
  const current = replicaSets.find((set) => isSetOf(deployment, set));
  const old = replicaSets.filter((set) => set !== current);
  const revision = current === undefined ? undefined : newestRevision(current, old);
  if (current !== undefined && revision !== undefined && revisionOf(current) !== revision) {
    const annotations = { [revisionAnnotation]: String(revision) };
    return only({ act: 'patch', resource: sets, object: current, body: { metadata: { annotations } } });
  }
  const isPaused = deployment.spec?.paused === true;
  const steps = isPaused
    ? scaleCurrent(deployment, current)
    : [...roll(facts, current, old), ...forgetOldSets(deployment, old)];
  return { effects: [...steps, ...countStatus(facts, current, revision)] };
};

/** A paused deployment is still scaled. */
const scaleCurrent = (deployment: Deployment, current: ReplicaSet | undefined): Effect[] =>
  current === undefined ? [] : scaleTo(current, deployment.spec?.replicas ?? 1);
