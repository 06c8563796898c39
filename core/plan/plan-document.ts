import { volumeIdentityOf } from '../model/persistent-volume.ts';
import { readingOf } from '../model/reading-of.ts';
import type { Operation } from '../operation/read-record.ts';
import type { ClaimKey } from '../protection/claims-of-volume.ts';
import type { StepFacts } from '../step/step-facts.ts';
import { estimateStep } from './estimate-steps.ts';
import { lookAtGroup } from './look-at-group.ts';
import {
  type GroupNow,
  type MoveFacts,
  type MoveGroup,
  type MoveVerb,
  nameOfWorkload,
  type SiteRole,
  type VolumeNow,
} from './move.ts';
import { type PlannedStep, planGroup } from './plan-group.ts';
import { procedures } from './procedures.ts';
import type { StepKind, StepName } from './step-look.ts';
import { workloadsOfGroup } from './workloads-of-group.ts';

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

const workloadsIn = (now: GroupNow): PlannedWorkload[] => {
  const role: SiteRole = now.sites.source.workloads.known ? 'source' : 'target';
  const workloads = workloadsOfGroup(now, role);
  if (!workloads.known) return [];
  return workloads.value.map((workload) => ({
    group: now.group.name,
    kind: workload.resource.kind,
    namespace: workload.namespace,
    name: workload.name,
    replicas: now.sizesBefore.get(nameOfWorkload(workload)) ?? workload.size,
  }));
};

const ofWorkloads: readonly StepName[] = ['Stop', 'Start', 'Ready'];

const objectsOf = (
  { name, site }: StepKind,
  volumes: readonly PlannedVolume[],
  workloads: readonly PlannedWorkload[],
): PlanStep['objects'] =>
  ofWorkloads.includes(name)
    ? workloads.map(({ kind, namespace, name: called }) => ({ kind, namespace, name: called }))
    : volumes.map((volume) => ({ kind: 'PersistentVolumeClaim', ...volume[site] }));

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
  const describe = (kind: StepKind, index: number): PlanStep => {
    const estimate = estimateStep(kind, now, earlier);
    return {
      number: index + 1,
      name: kind.name,
      title: kind.title,
      site: facts.sites[kind.site].site.name,
      objects: objectsOf(kind, volumes, workloads),
      reads: kind.reads,
      writes: orNull(kind.writes),
      waitsFor: orNull(kind.waitsFor),
      undo: orNull(kind.undo),
      canUndoAfter: kind.canUndoAfter,
      estimateSeconds: estimate === undefined ? null : Math.ceil(estimate.milliseconds / 1000),
      estimateSource: estimate?.source ?? null,
      groupsDone: plans.filter((plan) => isOver(plan, index)).length,
      groups: groups.length,
    };
  };
  return {
    apiVersion: planVersion,
    kind: 'Plan',
    verb: facts.verb,
    from: facts.sites.source.site.name,
    to: facts.sites.target.site.name,
    createdAt: `${new Date(facts.now).toISOString().slice(0, 19)}Z`,
    volumes,
    workloads,
    steps: procedures[facts.verb].map(describe),
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
