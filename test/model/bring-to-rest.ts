import type { MoveVerb } from '../../core/plan/move.ts';
import type { Asked } from './begin-run.ts';
import { type History, runToEnd } from './move-history.ts';
import { checkReached } from './move-invariants.ts';
import type { Refused } from './simulated-operator.ts';
import { claimNames, otherSite, type SiteNumber } from './simulated-storage.ts';

const nothingAsked: Asked = { verb: 'relocate', to: 1, isHurried: false };
const mostAttempts = 8;

/** Where not every volume is good. */
const staleSite = ({ world }: History): SiteNumber => otherSite(world.bytes.goodSite(claimNames[0]));

const advised = (history: History, asked: Asked, { next, codes, says }: Refused): Asked => {
  const verb = /\bkubectl dr (relocate|failover|failback)\b/.exec(next ?? '')?.[1] as MoveVerb | undefined;
  if (codes.includes('Direction')) return { ...asked, to: staleSite(history) };
  // Demoted on one site, and not there yet on the other one: `status` tells of it, and forward is where it goes on.
  if (codes.includes('NotProtected') && asked.verb !== 'relocate')
    return { verb: 'relocate', to: otherSite(asked.to ?? staleSite(history)), isHurried: false };
  if (verb === undefined || verb === asked.verb)
    throw new Error(`${asked.verb} is refused, and nothing is advised: ${codes}: ${says}; ${next}`);
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

const run = async (history: History, first: Asked): Promise<void> => {
  let asked = first;
  for (let attempt = 0; ; attempt += 1) {
    const result = await runToEnd(history, asked);
    if (result.is === 'nothing to do') return;
    const refused = result.is === 'refused' ? result : result.is === 'ended' ? result.run.refused : undefined;
    if (refused === undefined && result.is === 'ended' && result.run.status.phase === 'Succeeded') {
      checkReached(history.world, result.run, history.disturbed);
      return;
    }
    if (attempt === mostAttempts || result.is === 'late')
      throw new Error(`${asked.verb} to ${asked.to} does not reach its goal: ${standsAt(result)}`);
    if (refused !== undefined) asked = advised(history, asked, refused);
  }
};

/** Once nothing fails any more, the same command again reaches its goal, or names the one that does. */
export const bringToRest = async (history: History): Promise<void> => {
  Object.assign(history.disturbed, { hasTwoAtOnce: false, replications: false });
  const asked = history.lastAsked ?? nothingAsked;
  await run(history, asked);
  if (asked.verb === 'failover') await run(history, { verb: 'failback', to: undefined, isHurried: false });
};
