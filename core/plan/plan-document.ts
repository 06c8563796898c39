import { formatTime } from '../model/condition.ts';
import { volumeIdentityOf } from '../model/persistent-volume.ts';
import { readingOf } from '../model/reading-of.ts';
import type { Operation } from '../operation/read-record.ts';
import type { ClaimKey } from '../protection/claims-of-volume.ts';
import type { StepFacts } from '../step/step-facts.ts';
import { estimateStep } from './estimate-steps.ts';
import { lookAtGroup } from './look-at-group.ts';
import { lossesOf } from './losses-of-move.ts';
import {
  type GroupNow,
  type Loss,
  type MoveFacts,
  type MoveGroup,
  type MoveVerb,
  type SiteRole,
  type VolumeNow,
  workloadName,
} from './move.ts';
import { type PlannedStep, planGroup } from './plan-group.ts';
import { procedures } from './procedures.ts';
import type { StepKind, StepName } from './step-look.ts';
import { restoreObjects } from './steps/restore-objects.ts';
import { broughtToGroup, workloadsOfGroup } from './workloads-of-group.ts';

export const planVersion = 'cli.kubectl-dr.dev/v1alpha1';

/** One volume as the plan found it. */
export type PlannedVolume = {
  readonly group: string;
  readonly source: ClaimKey;
  readonly target: ClaimKey;
  readonly driver: string | null;
  readonly volumeHandle: string | null;
  readonly sourceRole: string;
  readonly targetRole: string;
};

/** One workload as the plan found it. */
export type PlannedWorkload = {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
};

/** One numbered step, for all groups together. */
export type PlanStep = {
  readonly number: number;
  readonly name: StepName;
  readonly title: string;
  readonly site: string;
  readonly objects: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[];
  readonly reads: string;
  readonly writes: string | null;
  readonly waitsFor: string | null;
  readonly undo: string | null;
  /** Whether the whole procedure can still be taken back after it. */
  readonly canUndoAfter: boolean;
  readonly estimateSeconds: number | null;
  readonly estimateSource: string | null;
  /** Groups for which it is over already, of all. */
  readonly groupsDone: number;
  readonly groups: number;
  /** Why no group needs it; null where one does. */
  readonly needlessAs: string | null;
};

/** What may be lost of one volume, and has to be accepted first. */
export type PlannedLoss = {
  readonly group: string;
  /** The claim on the target. */
  readonly claim: ClaimKey;
  readonly loss: Loss;
  /** What is lost, as one clause. */
  readonly loses: string;
  /** At the time of the plan: more cannot be lost; null where nobody knows. */
  readonly atMostSeconds: number | null;
  /** RFC 3339. */
  readonly lastSyncTime: string | null;
  /** Who tells of that sync, or why nobody knows one. */
  readonly why: string;
};

/** What a procedure is going to do: it can be kept, read by others, and run as long as its facts hold. */
export type PlanDocument = {
  readonly apiVersion: typeof planVersion;
  readonly kind: 'Plan';
  readonly verb: MoveVerb;
  readonly from: string;
  readonly to: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly volumes: readonly PlannedVolume[];
  readonly workloads: readonly PlannedWorkload[];
  readonly steps: readonly PlanStep[];
  readonly losses: readonly PlannedLoss[];
  readonly warnings: readonly string[];
};

const roleIn = (reading: VolumeNow['source']): string =>
  reading.known ? reading.value.role.role : 'unknown';

const identityIn = ({ source, target }: VolumeNow) => {
  const found = [source, target].flatMap((reading) => {
    const facts: StepFacts | undefined = reading.known ? reading.value : undefined;
    const identity = readingOf(() =>
      facts?.volume.known && facts.volume.value !== undefined
        ? volumeIdentityOf(facts.volume.value)
        : undefined,
    );
    return identity.known && identity.value !== undefined ? [identity.value] : [];
  });
  return found[0];
};

const volumesIn = (now: GroupNow): PlannedVolume[] =>
  now.volumes.map((it) => {
    const identity = identityIn(it);
    return {
      group: now.group.name,
      source: it.volume.source,
      target: it.volume.target,
      driver: identity?.driver ?? null,
      volumeHandle: identity?.volumeHandle ?? null,
      sourceRole: roleIn(it.source),
      targetRole: roleIn(it.target),
    };
  });

/** Those of the site that is moved from; where that cannot be read, those that are there or are brought. */
const workloadsIn = (now: GroupNow): PlannedWorkload[] => {
  const role: SiteRole = now.sites.source.workloads.known ? 'source' : 'target';
  const workloads = workloadsOfGroup(now, role);
  const seen = (workloads.known ? workloads.value : []).map((workload) => ({
    ...workload,
    kind: workload.resource.kind,
  }));
  const names = new Set(seen.map(workloadName));
  const brought = role === 'source' ? [] : broughtToGroup(now).filter((it) => !names.has(workloadName(it)));
  return [...seen, ...brought].map(({ kind, namespace, name, size }) => ({
    group: now.group.name,
    kind,
    namespace,
    name,
    replicas: now.sizesBefore.get(workloadName({ kind, namespace, name })) ?? size,
  }));
};

const lossesIn = (facts: MoveFacts, group: MoveGroup): PlannedLoss[] =>
  lossesOf(facts, [group], false).map(({ volume, loss, need: { loses, loss: rpo } }) => ({
    group: group.name,
    claim: volume.target,
    loss,
    loses,
    atMostSeconds: rpo.known ? Math.ceil(rpo.milliseconds / 1000) : null,
    lastSyncTime: rpo.known ? formatTime(rpo.lastSync) : null,
    why: rpo.known ? rpo.source : rpo.why,
  }));

/** The reason of all groups; undefined where one of them needs the step. */
const needlessFor = (kind: StepKind, groups: readonly GroupNow[]): string | undefined => {
  const reasons = groups.map((now) => kind.needlessAs?.(now));
  return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
};

const ofWorkloads: readonly StepName[] = ['Stop', 'Start', 'Ready'];

const objectsOf = (
  { name, site }: StepKind,
  volumes: readonly PlannedVolume[],
  { workloads, lacking }: Record<'workloads' | 'lacking', PlanStep['objects']>,
): PlanStep['objects'] => {
  if (name === 'Restore') return lacking;
  return ofWorkloads.includes(name)
    ? workloads.map(({ kind, namespace, name: called }) => ({ kind, namespace, name: called }))
    : volumes.map((volume) => ({ kind: 'PersistentVolumeClaim', ...volume[site] }));
};

/** What the target lacks, and is brought. */
const lackingIn = (now: GroupNow): PlanStep['objects'] =>
  restoreObjects.look(now).writes.map(({ object }) => object);

const orNull = (text: string): string | null => (text === '' ? null : text);

const isOver = (plan: readonly PlannedStep[], index: number): boolean =>
  plan.slice(0, index + 1).every(({ state }) => state === 'done');

/** Describes what is going to be done, from what both sites show now. `earlier`: finished operations, the latest first. */
export const planDocument = (
  facts: MoveFacts,
  groups: readonly MoveGroup[],
  { earlier, warnings }: { earlier: readonly Operation[]; warnings: readonly string[] },
): PlanDocument => {
  const now = groups.map((group) => lookAtGroup(facts, group));
  const plans = groups.map((group) => planGroup(facts, group));
  const volumes = now.flatMap(volumesIn);
  const workloads = now.flatMap(workloadsIn);
  const lacking = now.flatMap(lackingIn);
  const describe = (kind: StepKind, index: number): PlanStep => {
    const estimate = estimateStep(kind, now, earlier);
    return {
      number: index + 1,
      name: kind.name,
      title: kind.title,
      site: facts.sites[kind.site].site.name,
      objects: objectsOf(kind, volumes, { workloads, lacking }),
      reads: kind.reads,
      writes: orNull(kind.writes),
      waitsFor: orNull(kind.waitsFor),
      undo: orNull(kind.undo),
      canUndoAfter: kind.canUndoAfter,
      estimateSeconds: estimate === undefined ? null : Math.ceil(estimate.milliseconds / 1000),
      estimateSource: estimate?.source ?? null,
      groupsDone: plans.filter((plan) => isOver(plan, index)).length,
      groups: groups.length,
      needlessAs: needlessFor(kind, now) ?? null,
    };
  };
  return {
    apiVersion: planVersion,
    kind: 'Plan',
    verb: facts.verb,
    from: facts.sites.source.site.name,
    to: facts.sites.target.site.name,
    createdAt: formatTime(facts.now),
    volumes,
    workloads,
    steps: procedures[facts.verb].map(describe),
    losses: groups.flatMap((group) => lossesIn(facts, group)),
    warnings,
  };
};

const volumeKey = ({ source }: PlannedVolume): string => `${source.namespace}/${source.name}`;
const workloadKey = ({ kind, namespace, name }: PlannedWorkload): string => `${kind} ${namespace}/${name}`;

/** What has changed of things with a name, one clause each. */
const differences = <T extends object>(
  planned: readonly T[],
  found: readonly T[],
  { keyOf, fields }: { keyOf: (it: T) => string; fields: readonly (keyof T & string)[] },
): string[] => {
  const there = new Map(found.map((it) => [keyOf(it), it]));
  const known = new Set(planned.map(keyOf));
  const changed = planned.flatMap((it) => {
    const other = there.get(keyOf(it));
    if (other === undefined) return [`${keyOf(it)} is not there any more`];
    return fields
      .filter((field) => JSON.stringify(it[field]) !== JSON.stringify(other[field]))
      .map((field) => `${keyOf(it)}: ${field} was ${String(it[field])}, and is ${String(other[field])}`);
  });
  return [...changed, ...found.filter((it) => !known.has(keyOf(it))).map((it) => `${keyOf(it)} is new`)];
};

/** Why a plan that was kept is not what would be done now, one clause each; empty where its facts still hold. */
export const planDifferences = (planned: PlanDocument, now: PlanDocument): readonly string[] => [
  ...(['verb', 'from', 'to'] as const)
    .filter((field) => planned[field] !== now[field])
    .map((field) => `${field} was ${planned[field]}, and is ${now[field]}`),
  ...differences(planned.volumes, now.volumes, {
    keyOf: volumeKey,
    fields: ['driver', 'volumeHandle', 'sourceRole', 'targetRole', 'group'],
  }),
  ...differences(planned.workloads, now.workloads, { keyOf: workloadKey, fields: ['replicas'] }),
  ...differences(planned.steps, now.steps, {
    keyOf: ({ number, name, site }) => `step ${number}, ${name} on ${site}`,
    fields: ['groupsDone', 'writes', 'waitsFor'],
  }),
];
