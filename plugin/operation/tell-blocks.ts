import { messageOf } from '../../core/model/error.ts';
import type { GuardAnswer } from '../../core/plan/guard-answer.ts';
import { whereOtherwise } from '../../core/plan/judge-move.ts';
import type { MoveFacts, MoveVolume, SiteRole } from '../../core/plan/move.ts';
import type { Block, MoveWrite, Wait } from '../../core/plan/step-look.ts';
import type { RestoreConflict } from '../../core/restore/conflict.ts';
import { nextInMove } from '../../core/restore/conflict-next.ts';
import { shellWord } from '../../core/rules/guard/commands.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import type { SiteName } from '../../core/status/snapshot.ts';
import { forSite } from '../../core/step/rule-obstacles.ts';
import type { Outcome } from '../progress/outcome.ts';
import { describeFailure } from '../step/step-failure.ts';
import type { GroupEnd, GroupState } from './group-state.ts';
import type { Progress, Told } from './progress/progress.ts';

/** What stands against a group, told once each. */
export const tellBlocks = (
  blocks: readonly Block[],
  group: string,
  facts: MoveFacts,
  progress: Progress,
): Outcome => {
  for (const { site, object, obstacle, isRule } of blocks)
    progress.tell({
      type: isRule ? 'Refused' : 'Failed',
      group,
      site: facts.sites[site].site.name,
      object,
      message: obstacle.message,
      code: obstacle.code,
      next: obstacle.next,
    });
  return blocks.some(({ isRule }) => !isRule) ? 'Failed' : 'Refused';
};

/** What stands against restoring what a group needs, told once each. */
export const tellConflicts = (
  conflicts: readonly RestoreConflict[],
  group: string,
  target: SiteName,
  progress: Progress,
): void => {
  for (const conflict of conflicts)
    progress.tell({
      type: 'Failed',
      group,
      site: target.name,
      object: conflict.object,
      message: `${oneLine(conflict.fact, 500)}; ${group} is not moved`,
      code: 'RestoreConflict',
      next: oneLine(nextInMove(conflict, target), 600),
    });
};

/** The guard of the target can read the source, which this machine cannot: where that one lives, the volumes move by plan. */
export const tellGuardRefusal = (
  { target: claim }: MoveVolume,
  { code, message, isSourcePrimary }: GuardAnswer,
  { sites, commandFor }: MoveFacts,
  progress: Progress,
): void => {
  const [source, { site }] = [sites.source.site, sites.target];
  const access = isSourcePrimary
    ? `; the guard of ${site.name} can read ${source.name}, though this machine cannot: regain access to it (${source.kubectl} auth whoami), and move the volume by plan. Nothing was changed`
    : '';
  progress.tell({
    type: 'Refused',
    site: site.name,
    object: { kind: 'PersistentVolumeClaim', ...claim },
    message: `${oneLine(forSite(message, site), 1_600)}${access}`,
    code,
    ...(isSourcePrimary && { next: commandFor('relocate', site) }),
  });
};

const ofWrite = ({ site, object }: MoveWrite, facts: MoveFacts) => ({
  site: facts.sites[site as SiteRole].site.name,
  object,
});

const failureOf = (write: MoveWrite, error: unknown, facts: MoveFacts): Omit<Told, 'group'> => {
  const { type, code, message, next } = describeFailure(error, facts.sites[write.site].site);
  return {
    ...ofWrite(write, facts),
    type: type === 'Refused' ? 'Refused' : 'Failed',
    message: message ?? messageOf(error),
    code,
    next,
  };
};

/** A write that failed, and is tried again: what stands in its way passes by itself, or somebody has to know of it. */
export const describeRetry = (write: MoveWrite, error: unknown, facts: MoveFacts): Omit<Told, 'group'> => {
  const { message, ...told } = failureOf(write, error, facts);
  return { ...told, type: 'Warning', message: `${message}; it is tried again` };
};

const tellUnready = (waits: readonly Wait[], group: string, facts: MoveFacts, progress: Progress): void => {
  for (const { site, object, why } of waits)
    progress.tell({
      type: 'Failed',
      group,
      site: facts.sites[site].site.name,
      object,
      message: `the volumes are primary, and it is not ready after 5m: ${why}`,
      code: 'NotReady',
      next: `${facts.sites[site].site.kubectl} -n ${object.namespace} describe ${object.kind.toLowerCase()} ${object.name}`,
    });
};

const tellDark = (
  end: Extract<GroupEnd, { is: 'dark' }>,
  group: string,
  facts: MoveFacts,
  progress: Progress,
) => {
  const [wait] = end.waits;
  if (wait === undefined) return;
  const { site } = facts.sites[wait.site];
  progress.tell({
    type: 'Failed',
    group,
    site: site.name,
    message: `it has not answered for a minute: ${wait.why}`,
    code: 'SiteDark',
    next: whereOtherwise(facts, wait.site),
  });
};

/** Who wrote which field, and when. */
const showManagers = (write: MoveWrite, facts: MoveFacts): string | undefined => {
  if (write.kind !== 'replication') return undefined;
  const { namespace, name } = write.key;
  const { kubectl } = facts.sites[write.site].site;
  return `${kubectl} -n ${shellWord(namespace)} get vr ${shellWord(name)} -o yaml --show-managed-fields`;
};

/** How a group ended, where it was not to its end. */
export const tellEnd = (state: GroupState, facts: MoveFacts, progress: Progress): Outcome => {
  const { end } = state;
  const group = state.group.name;
  switch (end?.is) {
    case 'done':
      return 'Done';
    case 'blocked':
      return tellBlocks(end.blocks, group, facts, progress);
    case 'failed': {
      const told = failureOf(end.write, end.error, facts);
      progress.tell({ ...told, group });
      return told.type === 'Refused' ? 'Refused' : 'Failed';
    }
    case 'restarted':
      progress.tell({
        ...ofWrite(end.write, facts),
        type: 'Failed',
        group,
        message: 'somebody starts it again each time it is stopped: find out who, and pause that first',
        code: 'StartedAgain',
      });
      return 'Failed';
    case 'set back': {
      const { write, who } = end;
      progress.tell({
        ...ofWrite(write, facts),
        type: 'Failed',
        group,
        message: `${who}, after it was changed: find out who, and pause that first`,
        code: 'SetBack',
        next: showManagers(write, facts),
      });
      return 'Failed';
    }
    case 'unready':
      tellUnready(end.waits, group, facts, progress);
      return 'Failed';
    case 'dark':
      tellDark(end, group, facts, progress);
      return 'Failed';
    default:
      return 'Failed';
  }
};
