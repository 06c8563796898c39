import { isAskedForPrimary, isPromoteInVain } from '../../core/plan/asked-for-primary.ts';
import { drCommand } from '../../core/status/dr-command.ts';
import { type CarryOut, type Going, targetName } from './going.ts';
import { isPastReturn } from './run-log.ts';

/** About the operation, at the site that is there in any case. */
const commandAbout = (run: CarryOut, verb: 'resume' | 'undo' | 'history', name: string): string => {
  const [first] = run.session.prepared.volumes;
  const namespace = first?.target.namespace ?? 'default';
  return drCommand(run.session.prepared.sites.target.site, verb, { namespace, name });
};

/** What a person is told of a run that ends in the middle. */
export const tellLeft = (
  { run, log, keeper }: Going,
  why: string,
  type: 'Info' | 'TimedOut' = 'Info',
): void => {
  const { name } = keeper;
  const site = targetName(run);
  const facts = run.session.facts();
  // Nobody finds by its name what no site has on record; the same command goes on by what the sites show.
  if (!keeper.isKept()) {
    const { verb } = facts;
    const next = verb === 'undo' ? undefined : facts.commandFor(verb, run.session.prepared.sites.target.site);
    run.progress.tell({ type, site, message: `${why}; no site has it on record`, next });
    return;
  }
  const isPast = isPastReturn(log) && isAskedForPrimary(facts, run.groups);
  // After a promote in vain, going on would only fail again.
  if (facts.verb === 'undo' || (!isPast && isPromoteInVain(facts, run.groups))) {
    run.progress.tell({ type, site, message: why, next: commandAbout(run, 'undo', name) });
    return;
  }
  const undo = isPast ? '' : `; it can be taken back instead: ${commandAbout(run, 'undo', name)}`;
  run.progress.tell({ type, site, message: `${why}${undo}`, next: commandAbout(run, 'resume', name) });
};

/** Says that the undo is incomplete, and that undo continues it. */
export const tellNotBack = ({ run, keeper }: Going): void => {
  const message = 'it could not be taken back as a whole';
  const next = keeper.isKept() ? commandAbout(run, 'undo', keeper.name) : undefined;
  run.progress.tell({ type: 'Info', site: targetName(run), message, next });
};

/** What is to be done now that it is done, and under which name it can be found. */
export const tellNext = ({ run, log, keeper }: Going): void => {
  const { session, progress } = run;
  const site = session.prepared.sites.target.site;
  if (log.verb === 'failover') {
    const fact =
      log.staleSite === undefined
        ? `once ${log.from} is back, it can be returned to`
        : `the copy on ${log.from} is older now; once that site is back, it can be returned to`;
    const next = session.facts().commandFor('failback', site);
    progress.tell({ type: 'Info', site: site.name, message: fact, next });
  }
  if (keeper.isKept())
    progress.tell({
      type: 'Info',
      site: site.name,
      message: `on record as ${keeper.name}`,
      next: commandAbout(run, 'history', keeper.name),
    });
};
