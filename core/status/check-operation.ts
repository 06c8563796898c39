import { millisecondsOf } from '../model/api-time.ts';
import { isAtWork } from '../operation/is-at-work.ts';
import type { VolumeOperation } from '../operation/operation-of-volume.ts';
import { isResumable, type Operation, stepOf } from '../operation/read-record.ts';
import { oneLine } from '../rules/one-line.ts';
import { formatAge } from './age.ts';
import { type DrVerb, drCommand } from './dr-command.ts';
import { type PairFacts, type SideFacts, sidesOf } from './facts.ts';
import { elapsed } from './patience.ts';
import { type Verdict, type VerdictCheck, verdict } from './verdict.ts';

// Checks of whole procedures: what a running operation explains, and what one that stopped left behind.

/** What the last operation on the volume means now. */
type Standing = 'running' | 'stopped' | 'over';

const standingOf = (operation: Operation, now: number): Standing => {
  // One that nobody writes to explains nothing any more: a volume without a primary is then nobody's business.
  if (operation.phase === 'Running') return isAtWork(operation, now) ? 'running' : 'stopped';
  return isResumable(operation) ? 'stopped' : 'over';
};

const who = ({ verb, by }: Operation): string => `${verb.toLowerCase()} by ${oneLine(by, 80)}`;

const atStep = (operation: Operation): string => {
  const step = stepOf(operation);
  return step === undefined ? '' : ` at step ${oneLine(step.name, 63)}`;
};

/** `relocate by alice, at step Demote since 3m`. */
const runningText = (operation: Operation, now: number): string => {
  const step = stepOf(operation);
  const since = elapsed(millisecondsOf(step?.startedAt) ?? operation.startedAt, now);
  return `${who(operation)},${atStep(operation)}${since === undefined ? '' : ` since ${formatAge(since)}`}`;
};

/** `relocate by alice stopped at step Promote 12m ago: time was up`. */
const stoppedText = (operation: Operation, now: number): string => {
  const silentFor = elapsed(operation.lastHeardAt, now);
  if (operation.phase === 'Running')
    return `${who(operation)} has not been heard of for ${formatAge(silentFor ?? 0)},${atStep(operation)}`;
  const since = elapsed(operation.endedAt, now);
  const when = since === undefined ? '' : ` ${formatAge(since)} ago`;
  const why = operation.message ? `: ${oneLine(operation.message, 200)}` : '';
  return `${who(operation)} stopped${atStep(operation)}${when}${why}`;
};

/** A command about the operation, on a site that has its record. */
const operationCommand = (verb: DrVerb, { operation, namespace }: VolumeOperation, facts: PairFacts) => {
  const holders = operation.records.filter((seen) => seen.namespace === namespace);
  const site = sidesOf(facts)
    .map((side) => side.site)
    .find(({ context }) => holders.some((seen) => seen.site.context === context));
  return drCommand(site ?? facts.here.site, verb, { namespace, name: operation.name });
};

/**
 * Whether it was being taken back when it stopped, by the steps that no procedure makes on its own way: promoting where it came from, or
 * withdrawing the promote where it goes to. A failback demotes there, too. Once it goes on it notes the point of no return again.
 */
const isBeingTakenBack = ({ verb, from, to, steps, pointOfNoReturnAt }: Operation): boolean =>
  pointOfNoReturnAt === undefined &&
  steps.some(
    ({ name, site }) =>
      (name === 'Promote' && site === from.name) ||
      (name === 'Demote' && site === to.name && verb !== 'Failback'),
  );

/** What ends an operation that stopped in the middle, in the direction that it was going in. */
const goOnCommand = (last: VolumeOperation, facts: PairFacts): string =>
  operationCommand(isBeingTakenBack(last.operation) ? 'undo' : 'resume', last, facts);

/** Takes the last operation back, where it is one that stopped. */
export const undoOf = (facts: PairFacts): string | undefined =>
  facts.operation !== undefined && standingOf(facts.operation.operation, facts.now) === 'stopped'
    ? operationCommand('undo', facts.operation, facts)
    : undefined;

/** A procedure that is worked on explains whatever state its volumes are in on the way. */
export const operationRunning: VerdictCheck = (facts) => {
  const { operation: last, now } = facts;
  if (last === undefined || standingOf(last.operation, now) !== 'running') return undefined;
  return verdict('Moving', {
    reason: 'Operation',
    message: runningText(last.operation, now),
    next: operationCommand('history', last, facts),
  });
};

/** A procedure that stopped between demote and promote: nobody but its successor brings the volume back. What is to become primary may be it. */
export const operationStopped: VerdictCheck = (facts) => {
  const { operation: last, now } = facts;
  if (last === undefined || standingOf(last.operation, now) !== 'stopped') return undefined;
  // One site alone, or two that may be of different volumes, do not tell that there is no primary.
  if (facts.there === undefined || facts.unmatched !== undefined) return undefined;
  if (sidesOf(facts).some(({ role: { role, wants } }) => role === 'primary' || wants === 'primary'))
    return undefined;
  const failing = sidesOf(facts).find(({ role }) => role.progress === 'failing');
  const why = failing === undefined ? '' : `; ${failing.site.name}: ${failing.role.why}`;
  return verdict('NoPrimary', {
    reason: 'OperationStopped',
    message: `no site is primary: ${stoppedText(last.operation, now)}${why}`,
    next: goOnCommand(last, facts),
  });
};

/** Only a disaster goes on without the site that it moves away from; nothing does without the one that it moves to. */
const canGoOn = (operation: Operation, facts: PairFacts): boolean => {
  const dark = sidesOf(facts).filter(({ unreadable }) => unreadable !== undefined);
  const isForward = operation.verb === 'Failover' && !isBeingTakenBack(operation);
  return dark.length === 0 || (isForward && dark.every(({ site }) => site.name !== operation.to.name));
};

const ownReasons: readonly string[] = ['Operation', 'OperationStopped'];

/**
 * The side that a forced failover left behind: it has been primary since before. One that was promoted again later is not what the
 * record speaks of.
 */
export const staleSideOf = (facts: PairFacts): SideFacts | undefined => {
  const { staleSite, verb, startedAt, phase } = facts.operation?.operation ?? {};
  if (verb !== 'Failover' || phase !== 'Succeeded' || startedAt === undefined) return undefined;
  return sidesOf(facts).find(
    ({ site, role }) => site.name === staleSite && role.since !== undefined && role.since < startedAt,
  );
};

/** Any other verdict, with what the volume's last operation has to do with it. Neither its name nor its level changes. */
export const withOperation = (found: Verdict, facts: PairFacts): Verdict => {
  const { operation: last, now } = facts;
  if (last === undefined || ownReasons.includes(found.reason)) return found;
  const { operation } = last;
  const standing = standingOf(operation, now);
  if (standing === 'over') return found;
  if (standing === 'running')
    return { ...found, message: `${found.message}; ${runningText(operation, now)}` };
  const message = `${found.message}; ${stoppedText(operation, now)}`;
  if (!canGoOn(operation, facts)) return { ...found, message };
  const goOn = goOnCommand(last, facts);
  // Of what is well, nothing is more urgent than to go on.
  return found.next === undefined || found.name === 'Protected'
    ? { ...found, message, next: goOn }
    : { ...found, message: `${message}; continue it with "${goOn}"` };
};
