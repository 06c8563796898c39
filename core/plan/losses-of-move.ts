import { millisecondsOf } from '../model/api-time.ts';
import { isRefused } from '../model/site-refusal.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import { lossOf as lossOfDemotion } from '../step/decide-demote.ts';
import { decidePromote } from '../step/decide-promote.ts';
import { decideResync } from '../step/decide-resync.ts';
import type { ConsentNeed } from '../step/decision.ts';
import { followedBy } from '../step/followed-by.ts';
import { type RpoAtRisk, rpoBeforeRestore, type ToldSync } from '../step/rpo-at-risk.ts';
import { seenInTheDark } from '../step/seen-by-giver.ts';
import type { StepFacts } from '../step/step-facts.ts';
import { lookAtGroup } from './look-at-group.ts';
import { lossOfPromote } from './loss-of-promote.ts';
import type { GroupNow, Loss, MoveFacts, MoveGroup, MoveVolume, VolumeNow } from './move.ts';
import { promoteOptions } from './promote-options.ts';
import { isStale } from './stale-copy.ts';
import { replicationOf } from './steps/replication-steps.ts';

/** One volume of which something can be lost. */
export type LossAt = { readonly volume: MoveVolume; readonly loss: Loss; readonly need: ConsentNeed };

/** One text for each volume and loss. */
export const lossKey = (volume: MoveVolume, loss: Loss): string => `${loss} ${claimKeyText(volume.source)}`;

/** The source says that it is primary, and somebody knows that its storage is lost. */
const needBesidePrimary = (from: string, to: string, loss: RpoAtRisk): ConsentNeed => ({
  accepts: ['force-promote'],
  obstacles: [{ code: 'DR102', message: `${from} says that it is primary` }],
  loses: `what was written on ${from} and has not reached ${to} yet`,
  loss,
  seen: { ...seenInTheDark(loss), peer: 'primary' },
  besidePrimary: from,
});

/** The last sync as the primary itself tells it. */
const syncToldBy = (primary: StepFacts): ToldSync | undefined => {
  const at = millisecondsOf(replicationOf(primary)?.status?.lastSyncTime);
  return at === undefined ? undefined : { at, source: `as ${primary.here.name} tells` };
};

/** A claim that is yet to be restored is promoted by force where the source does not answer, or its storage is lost. */
const needBeforeRestore = (
  { volume, source }: VolumeNow,
  { sites, now, toldSync, besidePrimary }: GroupNow,
): ConsentNeed | undefined => {
  const [from, to] = [sites.source.site.name, sites.target.site.name];
  if (source.known) {
    const isAccepted = source.value.role.role === 'primary' && besidePrimary === from;
    const told = syncToldBy(source.value) ?? toldSync(volume);
    return isAccepted ? needBesidePrimary(from, to, rpoBeforeRestore(told, now)) : undefined;
  }
  const loss = rpoBeforeRestore(toldSync(volume), now);
  const { site, view } = sites.source;
  const login = isRefused(view)
    ? `. That is no sign that it is lost: log in again first (${site.kubectl} auth whoami)`
    : '';
  const message = `${from} cannot be asked whether it is primary: ${source.why}${login}`;
  return {
    accepts: ['force-promote'],
    obstacles: [{ code: 'DR102', message }],
    loses: `what was written on ${from} and has not reached ${to} yet`,
    loss,
    seen: seenInTheDark(loss),
  };
};

const needToPromote = (
  it: VolumeNow,
  group: GroupNow,
  isNothingAwaited: boolean,
): ConsentNeed | undefined => {
  if (!it.target.known) return undefined;
  const facts = it.target.value;
  const phase = facts.claim.known ? facts.claim.value?.status?.phase : undefined;
  if (phase !== 'Bound') return needBeforeRestore(it, group);
  const decision = decidePromote(facts, promoteOptions(group, it.volume));
  if (decision.kind !== 'write') return undefined;
  // What is handed over soon is waited for, unless somebody said beforehand that nothing is to be waited for.
  return decision.consent ?? (isNothingAwaited ? decision.handOver : undefined);
};

const isOrBecomesPrimary = ({ role: { role, wants } }: StepFacts): boolean =>
  role === 'primary' || wants === 'primary';

const needToResync = (it: VolumeNow, group: GroupNow): ConsentNeed | undefined => {
  const { source, target } = it;
  if (!source.known || !target.known) return undefined;
  // It is demoted first: what is asked about is what comes after that.
  const isBothPrimary = target.value.role.role === 'primary' && isOrBecomesPrimary(source.value);
  if (target.value.role.wants === 'resync' || !(isBothPrimary || isStale(it, group))) return undefined;
  const decision = decideResync(target.value, group);
  if (decision.kind === 'write') return decision.consent;
  const [from, to] = [group.sites.source.site.name, group.sites.target.site.name];
  return {
    accepts: [],
    obstacles: [],
    loses: `the copy on ${to}, with everything written there that has not reached ${from}; the one of ${from} replaces it`,
    loss: { known: false, why: 'nobody can tell what was written there alone' },
  };
};

/** A planned move waits until the target has followed; it loses something only where nobody can tell, or it is not to be waited for. */
const needToHandOver = (
  { source, isThrough }: VolumeNow,
  isNothingAwaited: boolean,
): ConsentNeed | undefined => {
  if (isThrough || !source.known || source.value.role.role !== 'primary') return undefined;
  const followed = followedBy(source.value);
  const isAtRisk = followed.state === 'unknown' || (followed.state === 'no' && isNothingAwaited);
  return isAtRisk ? lossOfDemotion(source.value, followed, []) : undefined;
};

/** What was demoted before this site had followed it: of a planned move that was begun by hand, or goes on. */
const needToPromoteDemoted = (it: VolumeNow, group: GroupNow): ConsentNeed | undefined => {
  if (it.isThrough || !it.target.known || !it.source.known || it.source.value.role.role === 'primary')
    return undefined;
  const decision = decidePromote(it.target.value, promoteOptions(group, it.volume));
  const consent = decision.kind === 'write' ? decision.consent : undefined;
  return consent?.accepts.every((action) => action === 'lose-since-promote') ? consent : undefined;
};

const needOfPlannedMove = (it: VolumeNow, group: GroupNow, isNothingAwaited: boolean): LossAt[] => {
  const need = needToHandOver(it, isNothingAwaited) ?? needToPromoteDemoted(it, group);
  return need === undefined ? [] : [{ volume: it.volume, loss: 'lose-since-promote', need }];
};

/** What each procedure can lose of a volume. */
const lossOf = (it: VolumeNow, group: GroupNow, isNothingAwaited: boolean): LossAt[] => {
  const { volume } = it;
  if (group.verb === 'failback') {
    const need = needToResync(it, group);
    // Whoever gives up the older copy gives up nothing of the good one: that is waited for.
    const planned = needOfPlannedMove(it, group, false);
    return need === undefined ? planned : [{ volume, loss: 'resync', need }, ...planned];
  }
  if (group.verb !== 'failover') return needOfPlannedMove(it, group, isNothingAwaited);
  const need = needToPromote(it, group, isNothingAwaited);
  return need === undefined ? [] : [{ volume, loss: lossOfPromote(need), need }];
};

/**
 * Everything that a procedure may lose, before anything is written. `isNothingAwaited`: a last snapshot that is on its way is given up,
 * too.
 */
export const lossesOf = (
  facts: MoveFacts,
  groups: readonly MoveGroup[],
  isNothingAwaited: boolean,
): readonly LossAt[] =>
  groups.flatMap((group) => {
    const now = lookAtGroup(facts, group);
    return now.volumes.flatMap((it) => lossOf(it, now, isNothingAwaited));
  });
