import { greatestLoss, lossInShort } from '../../core/operation/data-loss.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import type { MoveVerb } from '../../core/plan/move.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { describeWorst, type Losses } from './ask-losses.ts';
import type { RunLog } from './run-log.ts';

/** As long as a record takes it. */
const longest = 250;

/** What a failover that goes on may lose: by what was accepted now, or in an earlier run; undefined where nothing was. */
export const riskOfFailover = (
  verb: MoveVerb,
  { accepted }: Losses,
  adopted: Pick<Operation, 'dataLoss'> | undefined,
): string | undefined => {
  if (verb !== 'failover') return undefined;
  const now = accepted.size === 0 ? undefined : oneLine(describeWorst(accepted.values()), longest);
  return greatestLoss([now, adopted?.dataLoss]);
};

/** Nobody can tell what it was: no other site ever had it. */
const thrownAway = (site: string): string => `unknown (what was written on ${site} alone was thrown away)`;

/** Of a return, or of what takes one back: that copy does not come back. */
const thrownAwayBy = ({ consents, steps, verb, phase, to }: RunLog): string | undefined => {
  if (!consents.some(({ accepts }) => accepts === 'resync')) return undefined;
  const resync = [...steps.values()].find(({ name }) => name === 'Resync');
  if (resync !== undefined) return thrownAway(resync.site);
  return verb === 'failback' && phase === 'Succeeded' ? thrownAway(to) : undefined;
};

/** Of a planned move whose target had not followed, or of which nobody can tell whether it had. */
const givenUpBy = ({ consents, promotedAt, from }: RunLog): string | undefined =>
  promotedAt !== undefined && consents.some(({ accepts }) => accepts === 'lose-since-promote')
    ? `unknown (what was written on ${from} since it became primary)`
    : undefined;

/** What has been lost so far, as the record tells it: undefined where nobody can tell yet, and of what was taken back. */
export const lossOf = (log: RunLog): string | undefined => {
  const thrown = thrownAwayBy(log);
  if (log.verb === 'undo' || log.phase === 'Undone') return thrown;
  const given = givenUpBy(log) ?? thrown;
  if (given !== undefined) return given;
  const isOver = log.phase === 'Succeeded' || log.phase === 'Failed';
  if (log.risk !== undefined && (log.promotedAt !== undefined || log.phase === 'Succeeded')) return log.risk;
  return isOver ? '0s' : undefined;
};

/** The same in the line that sums up. A return loses nothing of the site that it comes from. */
export const describeLoss = (log: RunLog): string => {
  const loss = lossOf(log);
  if (loss === undefined) return '';
  if (loss === '0s') return 'nothing lost';
  if (log.verb !== 'failback' || givenUpBy(log) === loss) return `lost: ${loss}`;
  return `nothing lost of ${log.from}; thrown away: what was written on ${log.to} alone (${lossInShort(loss)} how much)`;
};
