import { type ClaimKey, claimKeyText } from '../protection/claims-of-volume.ts';
import { warningsOfManagers } from '../protection/managers-of-replication.ts';
import type { RuleCode } from '../rules/rule-code.ts';
import { formatAge } from '../status/age.ts';
import { isLate } from '../status/lag.ts';
import { elapsed, firstSyncPatience } from '../status/patience.ts';
import { isRunning } from '../workload/is-running.ts';
import { workloadText } from '../workload/workload.ts';
import type { GroupNow, VolumeNow } from './move.ts';
import { lagOfVolume } from './sync-of-volume.ts';
import { weighCopies } from './weigh-copies.ts';
import { missingOnTarget, workloadsOfGroup } from './workloads-of-group.ts';

// What a person should know before a move, though no rule stands against it: one clause each.

/** What is paused along needs no warning. */
const managerWarnings = (now: GroupNow): string[] => {
  const workloads = workloadsOfGroup(now, 'source');
  if (!workloads.known || now.verb === 'failover') return [];
  return workloads.value.flatMap((workload) =>
    workload.managers.flatMap(({ name, warning, pause }) =>
      warning === undefined || pause !== undefined ? [] : `${workloadText(workload)}: ${name} ${warning}`,
    ),
  );
};

/** They write what they want again, at either site, in the middle of the move. */
const replicationManagers = ({ volumes, verb }: GroupNow): string[] =>
  volumes.flatMap(({ source, target, isThrough }) =>
    isThrough
      ? []
      : (verb === 'failover' ? [target] : [source, target]).flatMap((reading) => {
          if (!reading.known || !reading.value.protectors.known) return [];
          const { name } = reading.value.here;
          return reading.value.protectors.value.flatMap((protector) => warningsOfManagers(protector, name));
        }),
  );

/** Said before anything is taken down: after that it is too late to make them. */
const notRunThere = (now: GroupNow): string[] => {
  if (now.verb === 'undo' || now.volumes.every(({ isThrough }) => isThrough)) return [];
  const { name } = now.sites.target.site;
  return missingOnTarget(now).map(
    (workload) =>
      `${workloadText(workload)} is not on ${name}, and nothing brings it: nothing starts it there, and it is down until somebody makes it`,
  );
};

/** Something that speaks against a move just now, with the code of the rule that says so. */
export type Doubt = { readonly code: RuleCode; readonly message: string };

type Late = { readonly claim: ClaimKey; readonly milliseconds: number; readonly why: string };

/** How much later than its schedule allows the target has what the source writes; undefined where it is not, or nobody knows. */
const lateness = ({ volume, source, isThrough }: VolumeNow, now: number): Late | undefined => {
  if (isThrough || !source.known || source.value.role.role !== 'primary') return undefined;
  const claim = volume.source;
  const { milliseconds, intervals = 0, ...lag } = lagOfVolume(source.value, now);
  if (milliseconds !== undefined) {
    const why = `the last sync was ${formatAge(milliseconds)} ago, ${intervals.toFixed(1)} intervals`;
    return isLate({ milliseconds, intervals, ...lag }) ? { claim, milliseconds, why } : undefined;
  }
  const { schedule } = lag;
  const since = elapsed(source.value.role.since, now);
  if (since === undefined || !schedule.known || schedule.value.kind !== 'interval') return undefined;
  const patience = firstSyncPatience(schedule.value.milliseconds);
  const why = `no sync has been complete since it became primary ${formatAge(since)} ago`;
  return since > patience ? { claim, milliseconds: since, why } : undefined;
};

/** The application would be stopped, and wait for whatever is missing on the target, however long that takes. */
const lateSyncs = (group: GroupNow): Doubt[] => {
  const { verb, volumes, now, sites } = group;
  const runs = workloadsOfGroup(group, 'source');
  // What is down already, by a move that is gone on with, is up again soonest if nobody is asked.
  const isDown = runs.known && !runs.value.some(isRunning);
  const all = verb === 'relocate' && !isDown ? volumes.flatMap((volume) => lateness(volume, now) ?? []) : [];
  const [worst, ...more] = all.toSorted((a, b) => b.milliseconds - a.milliseconds);
  if (worst === undefined) return [];
  const others = more.length === 0 ? '' : ` (and ${more.length} more are late)`;
  return [
    {
      code: 'DR303',
      message: `claim ${claimKeyText(worst.claim)}: ${worst.why}${others}: the application would be down until ${sites.target.site.name} has what is missing; see to the link first`,
    },
  ];
};

/** Demoted, and not seen to have arrived: a failover waits for it, as a link that comes back brings everything. */
const notHandedOver = ({ verb, volumes, sites, group, isAccepted }: GroupNow): string[] => {
  const { source, target } = sites;
  const isWaitedFor = volumes.some((it) => {
    if (verb !== 'failover' || it.isThrough || !it.source.known) return false;
    const { role, inSync } = it.source.value.role;
    return role === 'secondary' && !inSync && !isAccepted(it.volume, 'force-promote');
  });
  return isWaitedFor
    ? [
        `${group.name}: ${source.site.name} is demoted, and its last snapshot has not been seen to arrive on ${target.site.name}: it is waited for, and nothing is lost. Without the link it does not arrive: give --yes --accept-data-loss=unknown to do without it, or go back to ${source.site.name} with kubectl dr undo`,
      ]
    : [];
};

/** What speaks against a move just now: nothing is lost by it, and a person may want to wait all the same. */
export const doubtsAbout = (now: GroupNow): readonly Doubt[] => lateSyncs(now);

/** What comes of a move beside what it is for. */
export const warningsAbout = (now: GroupNow): readonly string[] => [
  ...new Set([
    ...managerWarnings(now),
    ...replicationManagers(now),
    ...notRunThere(now),
    ...notHandedOver(now),
    ...weighCopies(now),
  ]),
];
