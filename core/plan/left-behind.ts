import { knownValue, readingOf } from '../model/reading-of.ts';
import type { ClaimKey } from '../protection/claims-of-volume.ts';
import { protectorsOf } from '../protection/protectors.ts';
import { drCommand } from '../status/dr-command.ts';
import { type Workload, workloadText } from '../workload/workload.ts';
import { type GroupNow, type MoveSite, workloadName } from './move.ts';
import type { Block } from './step-look.ts';
import { type ClaimUse, useOfClaim } from './usable-claim.ts';
import { broughtToGroup, workloadsOfGroup } from './workloads-of-group.ts';

// Half an application does not move: its pods would start on neither site.

/** What will run on the target, as far as it tells which claims its pods mount there. */
type Runs = { readonly text: string; readonly namespace: string; readonly claims: readonly string[] };

const isWanted = (now: GroupNow, workload: Workload): boolean => {
  const { size, sizeBefore = 0, hasEnded, isMadeByAnother } = workload;
  const recorded = now.sizesBefore.get(workloadName({ ...workload, kind: workload.resource.kind })) ?? 0;
  return !hasEnded && !isMadeByAnother && Math.max(size, sizeBefore, recorded) > 0;
};

const readOn = (now: GroupNow, role: 'source' | 'target'): Runs[] => {
  const workloads = workloadsOfGroup(now, role);
  return (workloads.known ? workloads.value : [])
    .filter((workload) => isWanted(now, workload))
    .map((workload) => ({ ...workload, text: workloadText(workload) }));
};

const broughtAlong = (now: GroupNow): Runs[] =>
  broughtToGroup(now)
    .filter(({ size }) => size > 0)
    .map((workload) => ({ ...workload, text: workloadName(workload), claims: workload.mounts }));

/** Each once: what the source or a backup tells of it, else what the target has of it. */
const willRun = (now: GroupNow): readonly Runs[] => [
  ...new Map(
    [...readOn(now, 'target'), ...broughtAlong(now), ...readOn(now, 'source')].map((it) => [it.text, it]),
  ).values(),
];

type Beside = {
  readonly runs: Runs;
  readonly key: ClaimKey;
  readonly use: Exclude<ClaimUse, { is: 'usable' }>;
};

/** Claims that a workload mounts, that do not move with the group, and that its pods cannot mount on the target. */
const besideOf = (now: GroupNow, runs: Runs): Beside[] => {
  const moving = new Set(
    now.group.volumes.flatMap(({ source, target }) =>
      [source, target].map((it) => `${it.namespace}/${it.name}`),
    ),
  );
  const { source, target } = now.sites;
  return runs.claims
    .filter((name) => !moving.has(`${runs.namespace}/${name}`))
    .flatMap((name) => {
      const key = { namespace: runs.namespace, name };
      const use = useOfClaim(target, source, key);
      return use.is === 'usable' ? [] : { runs, key, use };
    });
};

const allBeside = (now: GroupNow): readonly Beside[] => {
  if (now.verb === 'undo' || !now.withWorkloads) return [];
  if (now.volumes.every(({ isThrough }) => isThrough)) return [];
  return willRun(now).flatMap((runs) => besideOf(now, runs));
};

/** In a disaster it is too late to protect the rest: warn, and block nothing. */
const isOnlyTold = ({ verb }: GroupNow, { use }: Beside): boolean =>
  verb === 'failover' && use.is === 'absent';

/** All of what the application mounts, and that something protects. */
const wholeCommand = (now: GroupNow, beside: readonly Beside[]): string => {
  const { verb, sites, group, commandFor } = now;
  const claims = [...group.volumes.map(({ source }) => source), ...beside.map(({ key }) => key)];
  const named = [...new Map(claims.map((key) => [`${key.namespace}/${key.name}`, key])).values()];
  return commandFor(verb === 'undo' ? 'relocate' : verb, sites.target.site, {
    claims: named,
    to: sites.target.site.name,
  });
};

/** Nobody knows of a site that cannot be read: then whoever protects it is told that it is so already. */
const isProtectedOn = ({ view }: MoveSite, key: ClaimKey): boolean => {
  const found = readingOf(() => knownValue(protectorsOf(knownValue(view), key, knownValue(view).claim(key))));
  return found.known && found.value.length > 0;
};

const blockOf = (now: GroupNow, { runs, key, use }: Beside, whole: string): Block => {
  const object = { kind: 'PersistentVolumeClaim', ...key };
  const { source, target } = now.sites;
  if (use.is === 'absent' && isProtectedOn(source, key)) {
    const message = `${runs.text} mounts it as well, and it neither moves along nor is on ${target.site.name}: its pods would not start there. Move all of it`;
    return { site: 'source', object, obstacle: { code: 'LeftBehind', message, next: whole }, isRule: false };
  }
  if (use.is === 'absent') {
    const message = `${runs.text} mounts it as well, and it neither moves along nor is on ${target.site.name}: its pods would not start there. Protect it, and move it along`;
    const next = drCommand(source.site, 'protect', key);
    return { site: 'source', object, obstacle: { code: 'NotProtected', message, next }, isRule: false };
  }
  const message = `${runs.text} mounts it as well, and it does not move along: it ${use.why}, so that the application would run on neither site. Move all of it, or say --no-workloads`;
  return { site: 'target', object, obstacle: { code: 'LeftBehind', message, next: whole }, isRule: false };
};

/** What stands against moving a group: claims that its workloads mount, and that would be of no use to them on the target. */
export const leftBehind = (now: GroupNow): readonly Block[] => {
  const found = allBeside(now).filter((beside) => !isOnlyTold(now, beside));
  if (found.length === 0) return [];
  const whole = wholeCommand(
    now,
    found.filter(({ use, key }) => use.is !== 'absent' || isProtectedOn(now.sites.source, key)),
  );
  return found.map((beside) => blockOf(now, beside, whole));
};

/** What a failover does without: one clause each. */
export const doneWithout = (now: GroupNow): readonly string[] =>
  allBeside(now)
    .filter((beside) => isOnlyTold(now, beside))
    .map(
      ({ runs, key, use }) =>
        `${runs.text} mounts claim ${key.namespace}/${key.name} as well, which ${use.why}: its pods wait until somebody makes it there`,
    );
