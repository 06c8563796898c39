import { restoreAnnotations } from '../backup/restore-annotations.ts';
import type { ConsentAction } from '../consent.ts';
import type { VolumeIdentity } from '../model/persistent-volume.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import type { Protector } from '../protection/protectors.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { drCommand } from '../status/dr-command.ts';
import { chooseClass } from './choose-class.ts';
import { type ConsentNeed, cannot, type Decision, type StepWrite } from './decision.ts';
import { isConsentedTo, judgeStep, withWish } from './judge-step.ts';
import { newReplication } from './new-replication.ts';
import { whyNoCopy } from './no-copy.ts';
import { ownReplication, terminating, whyAnotherClass } from './own-replication.ts';
import { type RpoAtRisk, rpoAtRisk, type ToldSync } from './rpo-at-risk.ts';
import { ruleObstacles } from './rule-obstacles.ts';
import { seenByGiver } from './seen-by-giver.ts';
import { noMarks } from './stale-mark.ts';
import { roleOf, type StepFacts } from './step-facts.ts';

/** What a person said about a promote. */
export type PromoteOptions = {
  /** `--class`: of a VolumeReplication that is created. */
  readonly className?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Until when this copy has everything, as a backup or a record at hand tells. */
  readonly told?: ToldSync | undefined;
  /** The volume that a backup of the other site has under the name of the claim. */
  readonly backedUpAs?: VolumeIdentity | undefined;
  /** The site that may stay primary beside this one, as somebody said who knows that its storage is lost though its API answers. */
  readonly besidePrimary?: string | undefined;
};

/** The replication before and after, and how to write the difference. */
type Change = {
  readonly before: VolumeReplication | undefined;
  readonly after: VolumeReplication;
};

/** Asks for primary and is not seen to be it: as if it were asked for now, so that the rules look at it as it was before. */
const undecided = (replication: VolumeReplication): VolumeReplication => {
  if (replication.spec.replicationState !== 'primary') return replication;
  const { metadata, ...before } = withWish(replication, 'secondary');
  return { ...before, metadata: { ...metadata, generation: (metadata.generation ?? 1) - 1 } };
};

/** As on the other site; where that is lost, as `restore` noted; else under the claim's name. */
const nameFor = ({ claim, peer, key, site }: StepFacts): string | undefined => {
  const there = peer.replication?.kind === 'VolumeReplication' ? peer.replication.object : undefined;
  const annotations = claim.known ? claim.value?.metadata.annotations : undefined;
  const names = [there?.metadata.name, annotations?.[restoreAnnotations.replicationName], key.name];
  return names.find((name) => name !== undefined && site.replication(key.namespace, name) === undefined);
};

const classFor = ({ claim, peer }: StepFacts, named: string | undefined): string | undefined => {
  const there = peer.replication?.kind === 'VolumeReplication' ? peer.replication.object : undefined;
  const annotations = claim.known ? claim.value?.metadata.annotations : undefined;
  return named ?? there?.spec.volumeReplicationClass ?? annotations?.[restoreAnnotations.replicationClass];
};

const changeTo = (
  facts: StepFacts,
  replication: VolumeReplication | undefined,
  options: PromoteOptions,
): Change | Decision => {
  if (replication !== undefined)
    return { before: undecided(replication), after: withWish(replication, 'primary') };
  const choice = chooseClass(facts, classFor(facts, options.className));
  if ('obstacle' in choice) return { kind: 'refuse', isRule: false, obstacles: [choice.obstacle] };
  const name = nameFor(facts);
  if (name === undefined)
    return cannot(
      'Ambiguous',
      `VolumeReplication ${facts.key.namespace}/${facts.key.name} is there already, for another claim`,
    );
  return { before: undefined, after: newReplication(facts.key, { name, className: choice.className }) };
};

/** The claim as the other site calls it: names need not be equal. */
const claimThere = (key: StepFacts['key'], replication: Protector | undefined): StepFacts['key'] =>
  replication?.kind === 'VolumeReplication'
    ? {
        namespace: replication.object.metadata.namespace ?? key.namespace,
        name: replication.object.spec.dataSource.name,
      }
    : key;

/** What is left where the other site cannot step down any more: its API answers, and nothing can write there. */
const whereStorageIsLost = ({ here, there, key }: StepFacts): string =>
  there === undefined
    ? ''
    : `. Only where its storage is lost though its API answers: ${drCommand(here, 'promote', key)} --accept-second-primary=${shellWord(there.name)}`;

/** The other site answers, and is primary: nobody needs to force anything, the step to be made is there. */
const stepDownThere = (
  facts: StepFacts,
  obstacles: ConsentNeed['obstacles'],
): readonly ConsentNeed['obstacles'][number][] => {
  const { there, peer } = facts;
  const next = there && drCommand(there, 'demote', claimThere(facts.key, peer.replication));
  return obstacles.map((obstacle) => ({
    ...obstacle,
    message: `${obstacle.message}${obstacle.code === 'DR102' ? whereStorageIsLost(facts) : ''}`,
    next,
  }));
};

const isForced = (obstacles: ConsentNeed['obstacles']): boolean =>
  obstacles.some(({ code }) => code !== 'DR113');

/** What lets a promote pass that these rules stand against. */
const acceptedBy = (obstacles: ConsentNeed['obstacles']): readonly ConsentAction[] => [
  ...(isForced(obstacles) ? (['force-promote'] as const) : []),
  ...(obstacles.some(({ code }) => code === 'DR113') ? (['lose-since-promote'] as const) : []),
];

const notFollowed = ({ there, here }: StepFacts): RpoAtRisk => ({
  known: false,
  why: `${there?.name ?? 'the other site'} does not show that ${here.name} had followed it when it was demoted`,
});

const consentFor = (
  facts: StepFacts,
  obstacles: ConsentNeed['obstacles'],
  { now, told }: PromoteOptions,
): ConsentNeed => {
  const loss = isForced(obstacles) ? rpoAtRisk(facts, now, told) : notFollowed(facts);
  return {
    accepts: acceptedBy(obstacles),
    obstacles,
    loses: `what was written on ${facts.there?.name ?? 'another site'} and has not reached ${facts.here.name} yet`,
    loss,
    seen: seenByGiver(facts, 'force-promote', loss),
    besidePrimary: facts.peer.view.state === 'primary' ? facts.there?.name : undefined,
  };
};

const refuse = (obstacles: ConsentNeed['obstacles']): Decision => ({
  kind: 'refuse',
  isRule: true,
  obstacles,
});

/**
 * The other site is demoted, and does not show yet that its last snapshot is here. dr-controller's promote then waits for the storage;
 * kubernetes-csi-addons forces it at once, and what was written last is lost.
 */
const handOverFor = (facts: StepFacts): ConsentNeed | undefined => {
  const { role, inSync } = roleOf(facts.peer.replication);
  // With autoResync a demoted side reads resyncing, and has as much to hand over.
  if (!['secondary', 'resyncing'].includes(role) || inSync) return undefined;
  const [there, here] = [facts.there?.name ?? 'the other site', facts.here.name];
  const loss: RpoAtRisk = {
    known: false,
    why: `${there} is demoted, and does not show yet that its last snapshot has arrived`,
  };
  return {
    accepts: ['force-promote'],
    obstacles: [],
    loses: `what was written on ${there} last and has not reached ${here} yet`,
    loss,
    seen: seenByGiver(facts, 'force-promote', loss),
  };
};

const writeOf = (replication: VolumeReplication | undefined, after: VolumeReplication): StepWrite =>
  replication === undefined
    ? { kind: 'create', object: after }
    : { kind: 'ask', before: replication, replicationState: 'primary', annotations: noMarks };

/** What has been asked for already; undefined where something is to be decided. */
const settledAlready = (
  facts: StepFacts,
  replication: VolumeReplication | undefined,
  className: string | undefined,
): Decision | undefined => {
  if (replication?.metadata.deletionTimestamp !== undefined) return terminating(facts, replication);
  const contradiction = replication && whyAnotherClass(facts, replication, className);
  if (contradiction !== undefined) return contradiction;
  const { role, wants, progress } = facts.role;
  return role === 'primary' && wants === 'primary' && progress === 'settled'
    ? { kind: 'unchanged', message: `is primary on ${facts.here.name} already` }
    : undefined;
};

const whyNotBound = ({ claim, key, here }: StepFacts): Decision | undefined => {
  const phase = claim.known ? claim.value?.status?.phase : undefined;
  if (phase === 'Bound') return undefined;
  return cannot(
    'NotBound',
    `claim ${key.namespace}/${key.name} on ${here.name} is ${phase ?? 'without a phase'}, not Bound: no controller promotes it`,
    `${here.kubectl} -n ${key.namespace} describe pvc ${key.name}`,
  );
};

/**
 * How the volume of a claim becomes primary here. Where the other site is known to be primary nothing is forced, unless somebody says that
 * this one is to be primary beside it; where it cannot be told, a person has to accept what would be lost.
 */
export const decidePromote = (facts: StepFacts, options: PromoteOptions): Decision => {
  const own = ownReplication(facts);
  if ('obstacle' in own) return own.obstacle;
  const { replication } = own;
  const early =
    whyNoCopy(facts, options.backedUpAs) ??
    settledAlready(facts, replication, options.className) ??
    whyNotBound(facts);
  if (early !== undefined) return early;
  const change = changeTo(facts, replication, options);
  if ('kind' in change) return change;
  const { now } = options;
  const verdict = judgeStep(facts, change, {
    withoutPeer: 'refuse',
    offers: ['force-promote', 'lose-since-promote'],
    now,
  });
  const waived = ruleObstacles(verdict.waived, facts.here);
  const isBesidePrimary = facts.peer.view.state === 'primary' && isForced(waived);
  const isRefusedBeside = isBesidePrimary && options.besidePrimary !== (facts.there?.name ?? '');
  const open = isRefusedBeside ? stepDownThere(facts, waived) : waived;
  if (verdict.refusals.length > 0) return refuse([...open, ...ruleObstacles(verdict.refusals, facts.here)]);
  const isAsked = replication?.spec.replicationState === 'primary';
  const hasConsent =
    replication !== undefined &&
    acceptedBy(waived).every((action) =>
      isConsentedTo(facts, { replication, before: change.before }, { action, now }),
    );
  const { namespace = '', name = '' } = change.after.metadata;
  const key = { namespace, name };
  if (isAsked && (waived.length === 0 || hasConsent)) return { kind: 'await', key };
  if (isRefusedBeside) return refuse(open);
  return {
    kind: 'write',
    key,
    writes: [writeOf(replication, change.after)],
    message: `promoted by VolumeReplication ${key.name} of class ${change.after.spec.volumeReplicationClass}`,
    consent: waived.length === 0 ? undefined : consentFor(facts, waived, options),
    handOver: handOverFor(facts),
  };
};
