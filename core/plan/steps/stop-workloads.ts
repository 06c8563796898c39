import { leftNothing } from '../../following/demotion.ts';
import { drCommand } from '../../status/dr-command.ts';
import { replicationOfVolume } from '../../status/replication.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import { isRunning } from '../../workload/is-running.ts';
import { stopPatch } from '../../workload/stop-workload.ts';
import type { Workload } from '../../workload/workload.ts';
import { losesClaims } from '../claims-kept.ts';
import type { GroupNow, SiteRole } from '../move.ts';
import {
  type Block,
  claimObject,
  done,
  type MoveWrite,
  type StepKind,
  together,
  unknownWait,
  workloadObject,
} from '../step-look.ts';
import { workloadsOfGroup } from '../workloads-of-group.ts';
import { replicationOf } from './replication-steps.ts';

const stop = (site: SiteRole, workload: Workload): MoveWrite[] => {
  const patch = stopPatch(workload);
  if (patch === undefined) return [];
  const object = workloadObject(workload);
  return [{ kind: 'workload', site, object, workload, does: 'stop', size: 0, patch }];
};

/** What a return stops runs on an older copy; whether it does is told by the other site alone. */
const whyNotKnown = (now: GroupNow, site: SiteRole): string | undefined => {
  const dark = site === 'target' ? now.volumes.find(({ source }) => !source.known) : undefined;
  return dark?.source.known === false ? dark.source.why : undefined;
};

const isPrimary = ({ role: { role, wants } }: StepFacts): boolean =>
  role === 'primary' || wants === 'primary';

/**
 * The side that was demoted may have what the other one lacks: made primary again, it is what a return goes by. Where it is known to have
 * nothing of its own, there is nothing to return: it follows in a while, or the status tells why it does not.
 */
const wayOut = (demoted: StepFacts): 'promote' | 'status' => {
  const replication = replicationOf(demoted);
  return replication !== undefined && leftNothing(replicationOfVolume(replication).demotion)
    ? 'status'
    : 'promote';
};

/** The only primary of a volume is no older copy that could be made anew. */
const onlyPrimaries = ({ volumes, sites }: GroupNow): Block[] =>
  volumes.flatMap(({ volume, source, target, isThrough }) => {
    if (isThrough || !source.known || !target.known) return [];
    if (isPrimary(source.value) || !isPrimary(target.value)) return [];
    const [from, to] = [sites.source.site, sites.target.site];
    const message = `${to.name} is primary, and ${from.name} is not: no other copy is there to resync the one on ${to.name} from`;
    const next = drCommand(from, wayOut(source.value), volume.source);
    const object = claimObject(volume, 'target');
    return [{ site: 'target', object, obstacle: { code: 'DR108', message, next }, isRule: true }];
  });

/** Nothing is stopped for volumes that have gone over already. */
const look = (now: GroupNow, site: SiteRole) => {
  const [first] = now.volumes.filter(({ isThrough }) => !isThrough);
  if (first === undefined) return done;
  const dark = whyNotKnown(now, site);
  if (dark !== undefined) return together([unknownWait(first.volume, 'source', dark)]);
  const blocks = site === 'target' ? onlyPrimaries(now) : [];
  if (blocks.length > 0) return together([{ blocks }]);
  const workloads = workloadsOfGroup(now, site);
  if (!workloads.known) return together([unknownWait(first.volume, site, workloads.why)]);
  const running = workloads.value.filter(isRunning);
  const kept = running.flatMap((workload) => losesClaims(now, site, workload));
  if (kept.length > 0) return together([{ blocks: kept }]);
  return together(running.map((workload) => ({ writes: stop(site, workload) })));
};

/** Nothing may write while a volume changes its side. */
export const stopWorkloads = (site: SiteRole): StepKind => ({
  name: 'Stop',
  site,
  title: 'Stop the workloads',
  reads: 'workloads that mount the claims',
  writes: 'replicas 0, or suspended; how many there were, as an annotation',
  waitsFor: '',
  undo: 'Start them as before',
  canUndoAfter: true,
  look: (now) => look(now, site),
});
