import { resources } from '../../core/model/resource.ts';
import type { MoveVerb } from '../../core/plan/move.ts';
import type { Block } from '../../core/plan/step-look.ts';
import type { Asked } from './begin-run.ts';
import type { History } from './move-command.ts';
import { isDisturbed, runToEnd } from './move-history.ts';
import { checkReached } from './move-invariants.ts';
import { settle } from './moving-world.ts';
import { takeNamedPatch } from './named-patch.ts';
import { type NamedStep, stepNamedIn, takeNamedStep } from './named-step.ts';
import type { Refused, Run } from './simulated-operator.ts';
import { type ClaimName, claimNames, otherSite, type SiteNumber } from './simulated-storage.ts';
import { workloadKinds } from './simulated-workloads.ts';
import { statusAdvises } from './status-advice.ts';

const nothingAsked: Asked = { verb: 'relocate', to: 1, isHurried: false };
const mostAttempts = 12;
const mostLooks = 4;

/** The goal is not reached, though nothing is lost. */
class NotReached extends Error {}

/** One volume was promoted, and the other was not before its source came back: there is no one way for both, and a person says which. */
const isTorn = ({ world: { bytes, storage } }: History): boolean => {
  const standing = (claim: ClaimName): string =>
    [bytes.goodSite(claim), storage.roleOf(0, claim), storage.roleOf(1, claim)].join(' ');
  return standing('data') !== standing('wal');
};

/** Where the older copies are. */
const staleSite = ({ world }: History): SiteNumber => otherSite(world.bytes.goodSite(claimNames[0]));

const advised = (history: History, asked: Asked, { next, codes, says }: Refused): Asked => {
  const verb = /\bkubectl dr (relocate|failover|failback)\b/.exec(next ?? '')?.[1] as MoveVerb | undefined;
  if (codes.includes('Direction') && !isTorn(history)) return { ...asked, to: staleSite(history) };
  // Demoted on one site, and not there yet on the other one: `status` tells of it, and forward is where it goes on.
  if (codes.includes('NotProtected') && asked.verb !== 'relocate')
    return { verb: 'relocate', to: otherSite(asked.to ?? staleSite(history)), isHurried: false };
  if (verb === undefined || verb === asked.verb)
    throw new NotReached(`${asked.verb} is refused, and nothing is advised: ${codes}: ${says}; ${next}`);
  return { verb, to: undefined, isHurried: false };
};

/** What a run that did not end was at. */
const standsAt = (result: Awaited<ReturnType<typeof runToEnd>>): string => {
  if (!('run' in result)) return result.is;
  return result.run.groups
    .map(({ end, steps }) => {
      const step = steps.find((it) => it.state === 'active');
      if (end !== undefined) return JSON.stringify(end);
      return step && 'look' in step ? `${step.kind.name} ${JSON.stringify(step.look)}` : '';
    })
    .join('; ')
    .slice(0, 600);
};

/**
 * Everything is where it is to be, and nothing is sent back: the other copy is in split brain. That is no end of a relocate to where the
 * volumes were already, and a return mends it.
 */
const waitsForSplitCopy = ({ world }: History, { groups, source }: Run): boolean =>
  groups.every(({ end, steps }) => {
    const active = steps.find(({ state }) => state === 'active');
    return end?.is === 'done' || active?.kind.name === 'Reverse';
  }) &&
  claimNames.some((claim) => {
    const status = world.storage.arrays[source].mirrorStatus(world.storage.handles[source][claim]);
    return typeof status !== 'string' && status.state === 'up+error';
  });

type Result = Awaited<ReturnType<typeof runToEnd>>;

/**
 * Both volumes are where they count, and nowhere else: one of them never left, and a return of both is refused for it.
 */
const isAtHome = ({ world: { bytes, storage } }: History): boolean =>
  claimNames.every((claim) => {
    const home = bytes.goodSite(claim);
    return (
      home === bytes.goodSite('data') &&
      storage.roleOf(home, claim) === 'primary' &&
      storage.roleOf(otherSite(home), claim) !== 'primary'
    );
  });

const isReached = (history: History, asked: Asked, result: Result): boolean => {
  if (
    asked.verb === 'failback' &&
    result.is === 'ended' &&
    result.run.refused !== undefined &&
    isAtHome(history)
  )
    return true;
  if (result.is === 'nothing to do') return true;
  if (result.is === 'late') return waitsForSplitCopy(history, result.run);
  if (result.is !== 'ended' || result.run.refused !== undefined || result.run.status.phase !== 'Succeeded')
    return false;
  checkReached(history.world, result.run, history.disturbed);
  return true;
};

/** What a person does next; undefined where nothing helps. */
const nextAsked = (history: History, asked: Asked, result: Result): Asked | undefined => {
  if (result.is === 'refused') return advised(history, asked, result);
  // What stops in its middle though nothing fails any more is no way to an end.
  if (result.is !== 'ended' || result.run.refused === undefined) return undefined;
  return advised(history, asked, result.run.refused);
};

const stopEverything = async (history: History, site: SiteNumber): Promise<void> => {
  const { simulated } = history.world.sites[site].guarded;
  history.disturbed.sizes = true;
  for (const resource of workloadKinds)
    for (const object of simulated.all(resource)) {
      const size = resource === resources.cronJobs ? { suspend: true } : { replicas: 0 };
      simulated.store(resource, { ...object, spec: { ...(object['spec'] as object), ...size } });
    }
  for (let round = 0; round < 4; round += 1) await settle(history.world, 10_000, 20);
};

/** Makes the step that is named, and those that its own refusals name. */
const followSteps = async (history: History, first: NamedStep): Promise<void> => {
  let step: NamedStep | undefined = first;
  const taken = new Set<string>();
  while (step !== undefined) {
    const key = JSON.stringify(step);
    const end = await takeNamedStep(history, step);
    if (end.is === 'done') return;
    // What runs there is stopped first, as the refusal says.
    if (end.codes.includes('DR109') && !taken.has(`stopped for ${key}`)) {
      taken.add(`stopped for ${key}`);
      await stopEverything(history, step.site);
      continue;
    }
    // Longer than a schedule takes to begin, and its first sync to arrive.
    if (end.next?.includes('--for=condition=Followed') && !taken.has(`waited for ${key}`)) {
      taken.add(`waited for ${key}`);
      for (let round = 0; round < 20; round += 1) await settle(history.world, 15_000);
      continue;
    }
    if (taken.has(key)) throw new NotReached(`${key} leads in a circle: ${end.says}`);
    taken.add(key);
    step = stepNamedIn(end.next ?? '');
    if (step === undefined)
      throw new NotReached(`${key} is refused, and nothing is advised: ${end.says}; ${end.next}`);
  }
};

/** What a look at the status tells passes with the next sync, or it names a step. */
const followStatus = async (history: History): Promise<void> => {
  for (let round = 0; round < 8; round += 1) await settle(history.world, 15_000);
  for (const step of statusAdvises(history.world).flatMap((next) => stepNamedIn(next) ?? []))
    await followSteps(history, step);
};

/** What stopped a run in its middle. */
const blocksOf = (result: Result): readonly Block[] =>
  result.is === 'ended'
    ? result.run.groups.flatMap(({ end }) => (end?.is === 'blocked' ? end.blocks : []))
    : [];

/** The command that is named as the next one, before the run or in its middle. */
const nextNamed = (result: Result): string | undefined => {
  if (result.is === 'refused') return result.next;
  if (result.is !== 'ended') return undefined;
  const inTheMiddle = blocksOf(result).find(({ obstacle }) => obstacle.next !== undefined)?.obstacle.next;
  return result.run.refused?.next ?? inTheMiddle;
};

/** A loss that showed only on the way is asked about when the command is run again. */
const asksAgain = (result: Result): boolean => blocksOf(result).some(({ need }) => need !== undefined);

const run = async (history: History, first: Asked): Promise<void> => {
  let asked = first;
  let looks = 0;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const result = await runToEnd(history, asked);
    if (isReached(history, asked, result)) return;
    const step = stepNamedIn(nextNamed(result) ?? '');
    if (step !== undefined && attempt < mostAttempts - 1) {
      await followSteps(history, step);
      continue;
    }
    if (takeNamedPatch(history.world, nextNamed(result) ?? '')) continue;
    if (nextNamed(result)?.startsWith('kubectl dr status ') && looks < mostLooks) {
      looks += 1;
      await followStatus(history);
      continue;
    }
    const next = nextAsked(history, asked, result) ?? (asksAgain(result) ? asked : undefined);
    if (next === undefined || attempt === mostAttempts - 1)
      throw new NotReached(`${asked.verb} to ${asked.to} does not reach its goal: ${standsAt(result)}`);
    asked = next;
  }
};

/**
 * Once nothing fails any more, the same command again reaches its goal, or names the one that does. Where two were at it at once, or
 * somebody changed replications by hand, it may have to refuse, and a person decides; but nothing may be lost.
 */
export const bringToRest = async (history: History): Promise<void> => {
  const isTangled = isDisturbed(history.disturbed);
  const hadTwoAtOnce = history.disturbed.hasTwoAtOnce;
  Object.assign(history.disturbed, { hadTwoAtOnce, hasTwoAtOnce: false, replications: false });
  const asked = history.lastAsked ?? nothingAsked;
  try {
    await run(history, asked);
    if (asked.verb === 'failover') await run(history, { verb: 'failback', to: undefined, isHurried: false });
  } catch (error) {
    const needsPerson = isTangled || isTorn(history);
    if (!(error instanceof NotReached) || !needsPerson) throw error;
  }
};
