import { isRefused } from '../model/site-refusal.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { drCommand } from '../status/dr-command.ts';
import { decideDemote } from '../step/decide-demote.ts';
import { decidePromote } from '../step/decide-promote.ts';
import type { Obstacle } from '../step/decision.ts';
import type { StepFacts } from '../step/step-facts.ts';
import { claimsNotKept } from './claims-kept.ts';
import { unknownIds } from './ids-of-target.ts';
import { doneWithout, leftBehind } from './left-behind.ts';
import { lookAtGroup } from './look-at-group.ts';
import type { GroupNow, MoveFacts, MoveGroup, SiteRole, VolumeNow } from './move.ts';
import { copiesNotFound } from './not-found-there.ts';
import { unpromotableLater } from './promotable-later.ts';
import { promoteOptions } from './promote-options.ts';
import { isFollowing, isSaidStale } from './stale-copy.ts';
import { type Block, claimObject, type StepObject } from './step-look.ts';
import { refusalsOf } from './steps/replication-steps.ts';
import { mappingsWithoutEffect, notCopies, takersOfVolumes, unknownNames } from './volume-blocks.ts';
import { type Doubt, doubtsAbout, warningsAbout } from './warn-of-move.ts';

/** What stands against the move of a group before its first write, and what a person should know: one clause each. */
export type Judgement = {
  readonly blocks: readonly Block[];
  /** What speaks against it just now; a person may go on all the same, as nothing is lost by it. */
  readonly doubts: readonly Doubt[];
  readonly warnings: readonly string[];
};

type Check = (now: GroupNow) => readonly Block[];

const block = (site: Block['site'], object: StepObject, { code, message, next }: Obstacle): Block => ({
  site,
  object,
  obstacle: { code, message, next },
  isRule: code.startsWith('DR'),
});

const isPlanned = ({ verb }: GroupNow): boolean => verb !== 'failover';

/**
 * What is left to do where a site does not let us in: to log in. Where it does not answer: the other one takes over, or, of a move that is taken back, whatever it was moved to.
 * What returns goes on running where it is.
 */
export const whereOtherwise = (
  { verb, sites, commandFor }: Pick<MoveFacts, 'verb' | 'sites' | 'commandFor'>,
  dark: SiteRole,
): string | undefined => {
  if (isRefused(sites[dark].view)) return `${sites[dark].site.kubectl} auth whoami`;
  if (verb === 'failback') return dark === 'source' ? commandFor('failover', sites.target.site) : undefined;
  const other = sites[dark === 'source' ? 'target' : 'source'];
  const isTakeover = dark === 'source' ? verb === 'relocate' : verb === 'undo';
  return isTakeover && other.view.known ? commandFor('failover', other.site) : undefined;
};

/** What was to return is lost where it ran, and is not primary where it goes: that one takes over. */
const isLostToReturn = ({ volumes }: GroupNow, dark: SiteRole): boolean =>
  dark === 'source' && !volumes.every(({ target }) => target.known && target.value.role.role === 'primary');

/** Without both sites a planned move does not begin, and without the target nothing does. */
const siteUnknown: Check = (now) => {
  const { verb, sites, volumes } = now;
  const [first] = volumes;
  if (first === undefined) return [];
  return (['source', 'target'] as const).flatMap((role) => {
    const { site, view } = sites[role];
    if (view.known || (role === 'source' && verb === 'failover')) return [];
    const object = claimObject(first.volume, role);
    const isReturn = verb === 'failback' && !isRefused(view) && !isLostToReturn(now, role);
    const waits = isReturn ? ': a return begins once it answers' : '';
    const next = isReturn ? `${site.kubectl} get --raw=/readyz` : whereOtherwise(now, role);
    return [
      block(role, object, {
        code: 'Unknown',
        message: `${site.name} cannot be read: ${view.why}${waits}`,
        next,
      }),
    ];
  });
};

/** In use, and not followed yet: the steps before the demotion end that, or say what has to be accepted. */
const endedBySteps: readonly string[] = ['DR109', 'DR113'];

/** Everything else stands against the demotion. */
const cannotDemote = (now: GroupNow, { volume, source, isThrough }: VolumeNow): readonly Block[] => {
  if (isThrough || !source.known || source.value.role.role === 'secondary') return [];
  const decision = decideDemote(source.value, now);
  if (decision.kind !== 'refuse') return [];
  return refusalsOf(decision, { site: 'source', object: claimObject(volume, 'source') }).filter(
    ({ obstacle }) => !endedBySteps.includes(obstacle.code),
  );
};

const undemotable: Check = (now) =>
  isPlanned(now) && now.verb !== 'undo' ? now.volumes.flatMap((volume) => cannotDemote(now, volume)) : [];

/** A source that is not primary, of a volume that is not under way. */
const isNoSource = ({ role: { role } }: StepFacts): boolean => role === 'none' || role === 'resyncing';

const noSource: Check = ({ volumes, verb, sites }) =>
  verb === 'failover' || verb === 'undo'
    ? []
    : volumes.flatMap(({ volume, source, isThrough }) => {
        if (isThrough || !source.known || !isNoSource(source.value)) return [];
        const { name } = sites.source.site;
        const { role } = source.value.role;
        const message = `${name} is ${role === 'none' ? 'no side' : role} of the volume: there is nothing to move away from it`;
        const next = drCommand(sites.source.site, 'status', volume.source);
        return [block('source', claimObject(volume, 'source'), { code: 'NotProtected', message, next })];
      });

/** Two primaries, or an older copy on the target: a planned move would go over it. */
const targetNotReady: Check = (now) =>
  now.verb !== 'relocate'
    ? []
    : now.volumes.flatMap((it) => {
        const { volume, source, target, isThrough } = it;
        if (isThrough || !target.known || !source.known) return [];
        const { role, wants } = target.value.role;
        // One that was asked to take over by force does so whenever its controller comes back.
        const isPrimary = (role === 'primary' || wants === 'primary') && source.value.role.role === 'primary';
        // Once the source is demoted nothing tells any more whether the target followed it: a return writes that down before.
        if (!isPrimary && !isSaidStale(it, now)) return [];
        const name = now.sites.target.site.name;
        const message = isPrimary
          ? `${name} is primary, too, or is to become so: one of the two holds an older copy`
          : `the copy on ${name} is older than that of ${now.sites.source.site.name}, as far as is known, and nothing tells that it was made anew`;
        // A return begins at a primary: where nothing is, the side with the good copy becomes primary again first.
        const next =
          source.value.role.role === 'secondary'
            ? drCommand(now.sites.source.site, 'promote', volume.source)
            : now.commandFor('failback', now.sites.source.site);
        return [block('target', claimObject(volume, 'target'), { code: 'DR102', message, next })];
      });

/**
 * In split brain a replica fails for as long as its primary runs; once both are demoted, nothing shows it any more. Of a copy that is said
 * to be older that is no news.
 */
const targetFails: Check = (now) =>
  now.verb !== 'relocate'
    ? []
    : now.volumes.flatMap((it) => {
        const { volume, source, target, isThrough } = it;
        if (isSaidStale(it, now)) return [];
        if (isThrough || !target.known || !source.known || isFollowing(target.value)) return [];
        const { role, progress, why } = target.value.role;
        if (role !== 'secondary' || progress !== 'failing' || source.value.role.role !== 'primary') return [];
        const { sites } = now;
        const { site } = sites.target;
        const message = `the copy on ${site.name} does not follow ${sites.source.site.name}: ${why}`;
        const next = drCommand(site, 'status', volume.target);
        return [block('target', claimObject(volume, 'target'), { code: 'Unknown', message, next })];
      });

/**
 * A takeover that was asked for while the other site was dark, and that came back first: its consent covers no primary, so nothing may ever
 * come of it. A return would demote the only primary for it.
 */
const takeoverPending: Check = ({ verb, volumes, sites }) =>
  verb !== 'failback'
    ? []
    : volumes.flatMap(({ volume, source, target, isThrough }) => {
        if (isThrough || !source.known || !target.known) return [];
        const { role, wants } = source.value.role;
        if (wants !== 'primary' || role === 'primary' || target.value.role.role !== 'primary') return [];
        const [from, to] = [sites.source.site, sites.target.site];
        const message = `${from.name} was asked to become primary and is not, and ${to.name} is: a return would leave no primary. Withdraw that request, or wait until ${from.name} is primary`;
        const next = drCommand(from, 'demote', volume.source);
        return [block('source', claimObject(volume, 'source'), { code: 'DR102', message, next })];
      });

/** The source answers, and is primary: nothing needs to be forced. */
const sourceIsPrimary: Check = ({ verb, volumes, sites, commandFor, besidePrimary }) =>
  verb !== 'failover'
    ? []
    : volumes.flatMap(({ volume, source, target, isThrough }) => {
        if (isThrough || !source.known || source.value.role.role !== 'primary') return [];
        const { site } = sites.source;
        const isSplit = target.known && target.value.role.role === 'primary';
        if (!isSplit && besidePrimary === site.name) return [];
        const message = isSplit
          ? `${site.name} answers, and both sites are primary: one of the two holds an older copy, which has to be made anew`
          : `${site.name} answers, and is primary: nothing has to be lost. Only where its storage is lost though its API answers, say --accept-second-primary=${shellWord(site.name)}`;
        const next = isSplit ? commandFor('failback', sites.target.site) : commandFor('relocate', site);
        return [block('source', claimObject(volume, 'source'), { code: 'DR102', message, next })];
      });

/** The same code as at the promote itself, of what can be said beforehand: a claim that is yet to be restored cannot be. */
const unpromotable: Check = (now) =>
  now.verb !== 'failover'
    ? []
    : now.volumes.flatMap(({ volume, target, source }) => {
        if (
          !target.known ||
          (source.known && source.value.role.role === 'primary' && now.besidePrimary === undefined)
        )
          return [];
        const decision = decidePromote(target.value, promoteOptions(now, volume));
        if (decision.kind !== 'refuse') return [];
        return refusalsOf(decision, { site: 'target', object: claimObject(volume, 'target') }).filter(
          ({ obstacle }) => !['NotFound', 'NotBound'].includes(obstacle.code),
        );
      });

/** Of a failover what is found now; of any procedure what will still be so when it comes to the promote. */
const cannotPromote: Check = (now) => {
  const later = unpromotableLater(now);
  return later.length > 0 ? later : unpromotable(now);
};

/** In order: a site that is not known first, as what else is found may come of that. */
const checks: readonly Check[] = [
  siteUnknown,
  notCopies,
  unknownNames,
  mappingsWithoutEffect,
  copiesNotFound,
  unknownIds,
  takersOfVolumes,
  claimsNotKept,
  takeoverPending,
  sourceIsPrimary,
  targetNotReady,
  targetFails,
  noSource,
  undemotable,
  leftBehind,
  cannotPromote,
];

/** What is no copy is refused by whoever looks at it first: that names both volumes. */
const withoutRepeats = (blocks: readonly Block[]): readonly Block[] => {
  const isSame = (a: Block, b: Block): boolean =>
    a.obstacle.code === b.obstacle.code &&
    a.object.namespace === b.object.namespace &&
    a.object.name === b.object.name;
  return blocks.filter(
    (one, at) => one.obstacle.code !== 'DR115' || blocks.findIndex((other) => isSame(one, other)) === at,
  );
};

/** Everything that stands against a group before anything is written. */
export const judgeGroup = (facts: MoveFacts, group: MoveGroup): Judgement => {
  const now = lookAtGroup(facts, group);
  return {
    blocks: withoutRepeats(checks.flatMap((check) => check(now))),
    doubts: doubtsAbout(now),
    warnings: [...warningsAbout(now), ...doneWithout(now)],
  };
};
