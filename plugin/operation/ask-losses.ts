import { DrError } from '../../core/model/error.ts';
import { lookAtGroup } from '../../core/plan/look-at-group.ts';
import type { GroupNow, Loss, MoveFacts, MoveGroup, MoveVolume, VolumeNow } from '../../core/plan/move.ts';
import { isStale } from '../../core/plan/stale-copy.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { decidePromote } from '../../core/step/decide-promote.ts';
import { decideResync } from '../../core/step/decide-resync.ts';
import type { ConsentNeed } from '../../core/step/decision.ts';
import { describeRpo, isNoWorse, type RpoAtRisk } from '../../core/step/rpo-at-risk.ts';
import { askConsent } from '../consent/ask-consent.ts';
import { consentText } from '../consent/consent-text.ts';
import type { Io } from '../io.ts';
import type { ConsentOptions } from '../step/parse-step-flags.ts';

/** One volume of which something can be lost. */
export type LossAt = { readonly volume: MoveVolume; readonly loss: Loss; readonly need: ConsentNeed };

/** A loss that a person accepted, as it was shown to them. */
export type AcceptedLoss = LossAt & {
  /** A duration or `unknown`. */
  readonly maxLoss: string;
};

/** What a person said about losses, by volume and loss. */
export type Losses = {
  readonly accepted: ReadonlyMap<string, AcceptedLoss>;
  readonly denied: readonly (LossAt & { readonly why: string })[];
};

/** One text for each volume and loss. */
export const lossKey = (volume: MoveVolume, loss: Loss): string => `${loss} ${claimKeyText(volume.source)}`;

/** What is known before the claim is there: the backup tells of a last sync, or nothing does. */
const rpoOfBackup = (lastSync: number | undefined, now: number): RpoAtRisk =>
  lastSync === undefined || lastSync > now
    ? { known: false, why: 'no sync is known here' }
    : { known: true, milliseconds: now - lastSync, lastSync, source: 'as the backup knew' };

/** A claim that is yet to be restored is promoted by force where the source does not answer. */
const needBeforeRestore = (
  { volume, source }: VolumeNow,
  { sites, now, backedUpSync }: GroupNow,
): ConsentNeed | undefined => {
  if (source.known) return undefined;
  const [from, to] = [sites.source.site.name, sites.target.site.name];
  const message = `${from} cannot be asked whether it is primary: ${source.why}`;
  return {
    annotation: 'force-promote',
    obstacles: [{ code: 'DR102', message }],
    loses: `what was written on ${from} and has not reached ${to} yet`,
    loss: rpoOfBackup(backedUpSync(volume), now),
  };
};

const needToPromote = (it: VolumeNow, group: GroupNow, options: ConsentOptions): ConsentNeed | undefined => {
  if (!it.target.known) return undefined;
  const facts = it.target.value;
  const phase = facts.claim.known ? facts.claim.value?.status?.phase : undefined;
  if (phase !== 'Bound') return needBeforeRestore(it, group);
  const { className, now, backedUpSync } = group;
  const decision = decidePromote(facts, { className, now, backedUp: backedUpSync(it.volume) });
  if (decision.kind !== 'write') return undefined;
  // What is handed over soon is waited for, unless somebody said beforehand that nothing is to be waited for.
  return decision.consent ?? (options.yes && options.accepted === 'unknown' ? decision.handOver : undefined);
};

const needToResync = (it: VolumeNow, group: GroupNow): ConsentNeed | undefined => {
  const { source, target } = it;
  if (!source.known || !target.known) return undefined;
  // It is demoted first: what is asked about is what comes after that.
  const isBothPrimary = target.value.role.role === 'primary' && source.value.role.role === 'primary';
  if (target.value.role.wants === 'resync' || !(isBothPrimary || isStale(it, group))) return undefined;
  const decision = decideResync(target.value, group);
  if (decision.kind === 'write') return decision.consent;
  const [from, to] = [group.sites.source.site.name, group.sites.target.site.name];
  return {
    annotation: undefined,
    obstacles: [],
    loses: `the copy on ${to}, with whatever was written there since ${from} became primary; the one of ${from} replaces it`,
    loss: { known: false, why: 'nobody can tell what was written there alone' },
  };
};

/** Everything that a procedure may lose, before anything is written. */
export const lossesOf = (
  facts: MoveFacts,
  groups: readonly MoveGroup[],
  options: ConsentOptions,
): readonly LossAt[] =>
  groups.flatMap((group) => {
    const now = lookAtGroup(facts, group);
    return now.volumes.flatMap((it): LossAt[] => {
      const isReturn = facts.verb === 'failback';
      const need = isReturn
        ? needToResync(it, now)
        : facts.verb === 'failover'
          ? needToPromote(it, now, options)
          : undefined;
      const loss: Loss = isReturn ? 'resync' : 'force-promote';
      return need === undefined ? [] : [{ volume: it.volume, loss, need }];
    });
  });

/** Asks once for all of them. */
export const askLosses = async (
  losses: readonly LossAt[],
  facts: MoveFacts,
  options: ConsentOptions,
  io: Io,
): Promise<Losses> => {
  if (losses.length === 0) return { accepted: new Map(), denied: [] };
  const isReturn = facts.verb === 'failback';
  const question = {
    siteName: facts.sites.target.site.name,
    what: isReturn ? 'throws its copy away' : 'becomes primary by force',
    items: losses.map(({ volume, need }) => ({ key: volume.target, need })),
  };
  const answers = await askConsent(question, options, io);
  const accepted = new Map<string, AcceptedLoss>();
  const denied: (LossAt & { why: string })[] = [];
  for (const loss of losses) {
    const answer = answers.get(claimKeyText(loss.volume.target));
    if (answer?.granted) accepted.set(lossKey(loss.volume, loss.loss), { ...loss, maxLoss: answer.maxLoss });
    else denied.push({ ...loss, why: answer?.why ?? 'nobody was asked' });
  }
  return { accepted, denied };
};

const moreAtRisk = ({ volume }: LossAt, now: RpoAtRisk): DrError =>
  new DrError({
    code: 'MoreAtRisk',
    message: `claim ${claimKeyText(volume.target)}: more is at risk now than was shown: ${describeRpo(now)}`,
    hint: 'run the command again: it asks anew',
  });

/** The text of the annotation for a loss that was accepted. It throws where more is at risk now than was shown. */
export const consentFor =
  (
    losses: Losses,
    { by, reason, now }: { by: string; reason: string | undefined; now: () => number },
  ): ((volume: MoveVolume, loss: Loss, need: ConsentNeed) => string | undefined) =>
  (volume, loss, need) => {
    const found = losses.accepted.get(lossKey(volume, loss));
    if (found === undefined) return undefined;
    if (!isNoWorse(found.need.loss, need.loss)) throw moreAtRisk(found, need.loss);
    const action = loss === 'resync' ? 'resync' : 'force-promote';
    return consentText({ action, maxLoss: found.maxLoss, by, reason }, now());
  };

/** The worst of all losses, as a summary tells it. */
export const describeWorst = (losses: Iterable<LossAt>): string => {
  const all = [...losses].map(({ need }) => need.loss);
  const unknownOne = all.find((loss) => !loss.known);
  if (unknownOne !== undefined) return describeRpo(unknownOne);
  const [worst] = all.toSorted((a, b) => (b.known ? b.milliseconds : 0) - (a.known ? a.milliseconds : 0));
  return worst === undefined ? '0s' : describeRpo(worst);
};
