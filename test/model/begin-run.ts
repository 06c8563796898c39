// A command before its first write: it looks, judges and asks as `kubectl dr` does.
import type { Operation } from '../../core/operation/read-record.ts';
import { chooseDirection, type Side } from '../../core/plan/choose-direction.ts';
import { lossesOf, lossKey } from '../../core/plan/losses-of-move.ts';
import { type MoveVerb, type MoveVolume, nameOfWorkload } from '../../core/plan/move.ts';
import { activeStep, planGroup } from '../../core/plan/plan-group.ts';
import {
  homeOf,
  indexOperations,
  type PairedVolume,
  unfinishedOperation,
} from '../../core/plan/recorded-moves.ts';
import type { Block } from '../../core/plan/step-look.ts';
import type { HandleMap } from '../../core/restore/map-handle.ts';
import { describeStep } from '../../core/step/step-facts.ts';
import type { AcceptedLoss, Losses } from '../../plugin/operation/ask-losses.ts';
import { newGroupState } from '../../plugin/operation/group-state.ts';
import { judgeOperation } from '../../plugin/operation/judge-operation.ts';
import { targetOfKeys } from '../../plugin/operation/parse-target.ts';
import type { PreparedOperation } from '../../plugin/operation/prepare-operation.ts';
import { createSession, recordedWorkloads, type Session } from '../../plugin/operation/session.ts';
import { type Bringing, bringFrom, nothing } from './brought-objects.ts';
import { type MovingWorld, siteNames } from './moving-world.ts';
import { holderOf, readRecords, rfc3339, writeRecord } from './operation-records.ts';
import { clockOf, type Operator, type Refused, type Run, reachesOf, saveRun } from './simulated-operator.ts';
import { claimNames, otherSite, type SiteNumber } from './simulated-storage.ts';
import { namespace } from './simulated-workloads.ts';

/** What is asked for: a verb, perhaps a site by name, and whether nothing is to be waited for. */
export type Asked = {
  readonly verb: MoveVerb;
  readonly to: SiteNumber | undefined;
  readonly isHurried: boolean;
};

/** How a command was answered before its first write. */
export type Begun = { readonly is: 'running' } | { readonly is: 'nothing to do' } | Refused;

const sideOf = (site: SiteNumber): Side => (site === 0 ? 'here' : 'there');
const siteOf = (side: Side): SiteNumber => (side === 'here' ? 0 : 1);
const numberOf = (name: string): SiteNumber => (name === siteNames[0] ? 0 : 1);

const pairs = claimNames.map((name) => ({ here: { namespace, name }, there: { namespace, name } }));

const paired = (world: MovingWorld): PairedVolume[] =>
  pairs.map((pair) => ({
    pair,
    identity: {
      driver: 'rbd.csi.ceph.com',
      volumeHandle: world.storage.handles[0][pair.here.name as 'data'],
    },
  }));

const roleOn = (operator: Operator, site: SiteNumber, claim: string) => {
  const here = operator.seen[site].live.show([]);
  const there = operator.seen[otherSite(site)].live.show([]);
  if (!here.view.known) return 'unknown' as const;
  const pair = { here: { site: here.site, view: here.view.value }, there };
  return describeStep(pair, { namespace, name: claim }).role.role;
};

const direct = (
  world: MovingWorld,
  operator: Operator,
  { verb, to }: { verb: Exclude<MoveVerb, 'undo'>; to: SiteNumber | undefined },
  operations: readonly Operation[],
) => {
  const names = { here: siteNames[0], there: siteNames[1] };
  const volumes = paired(world);
  const recorded = indexOperations(operations);
  const unfinished = unfinishedOperation(recorded, volumes);
  const isSame = unfinished?.verb.toLowerCase() === verb;
  return chooseDirection({
    verb,
    names,
    dark: { here: operator.seen[0].live.whyDark(), there: operator.seen[1].live.whyDark() },
    roles: claimNames.map((claim) => ({
      here: roleOn(operator, 0, claim),
      there: roleOn(operator, 1, claim),
    })),
    to: to === undefined ? undefined : siteNames[to],
    recorded: isSame
      ? sideOf(numberOf(unfinished.to.name))
      : verb === 'failback'
        ? homeOf(recorded, volumes, names)
        : undefined,
    // Who does not reach a site has not read its records.
    untold: operator.seen[0].live.whyDark() ?? operator.seen[1].live.whyDark(),
  });
};

const refused = (says: string, code: string): Refused => ({
  is: 'refused',
  codes: [code],
  says,
  next: undefined,
});

const refusedBy = (blocks: readonly Block[]): Refused => ({
  is: 'refused',
  codes: blocks.map(({ obstacle }) => obstacle.code),
  says: [...new Set(blocks.map(({ obstacle }) => obstacle.message))].join('; '),
  next: blocks.find(({ obstacle }) => obstacle.next !== undefined)?.obstacle.next,
});

/** Somebody else whose lease, as far as anybody tells, is not over. */
const rivalIn = (world: MovingWorld, operator: Operator, operations: readonly Operation[]) =>
  world.setup.hasLease
    ? operations.find((it) => ![undefined, operator.name].includes(holderOf(it, world.now)))
    : undefined;

/** `--map-volume-handle`, as whoever knows both Ceph clusters gives it. */
const handleMap = ({ setup, storage }: MovingWorld, source: SiteNumber, target: SiteNumber): HandleMap =>
  setup.hasOtherHandles
    ? claimNames.map((claim) => ({
        from: storage.handles[source][claim],
        to: storage.handles[target][claim],
      }))
    : [];

const prepare = (
  world: MovingWorld,
  operator: Operator,
  {
    asked: { verb },
    target,
    operations,
  }: { asked: Asked; target: SiteNumber; operations: readonly Operation[] },
): PreparedOperation => {
  const volumes = pairs.map(({ here }): MoveVolume => ({ source: here, target: here }));
  const source = otherSite(target);
  const recorded = indexOperations(operations);
  return {
    request: {
      verb,
      resync: false,
      extent: { workloads: true, secrets: false },
      className: undefined,
      volumeHandles: handleMap(world, source, target),
      consent: {},
      from: [],
      target: targetOfKeys(pairs.map(({ here }) => here)),
    },
    sites: { source: operator.seen[source].live, target: operator.seen[target].live },
    volumes,
    paired: new Map(paired(world).map((it) => [`${namespace}/${it.pair.here.name}`, it])),
    backup: undefined,
    known: { operations, withoutKind: [], untold: [] },
    recorded,
    unfinished: unfinishedOperation(recorded, paired(world)),
    unstoppable: [],
    now: () => clockOf(world, operator),
  } as unknown as PreparedOperation;
};

/** Whoever is asked accepts everything. */
const acceptAll = (session: Session, groups: Session['groups'], isHurried: boolean): Losses => ({
  accepted: new Map(
    lossesOf(session.facts(), groups, isHurried).map((loss): [string, AcceptedLoss] => [
      lossKey(loss.volume, loss.loss),
      { ...loss, maxLoss: 'unknown' },
    ]),
  ),
  denied: [],
});

const statusOf = (session: Session, unfinished: Operation | undefined, now: number): Run['status'] => {
  const { verb } = session.prepared.request;
  const shown = recordedWorkloads(session).map((workload) => ({
    apiVersion: workload.resource.version,
    kind: workload.resource.kind,
    name: workload.name,
    site: session.prepared.sites.source.site.name,
    replicas: session.sizesBefore.get(nameOfWorkload(workload)) ?? 0,
  }));
  const before = (unfinished?.workloads ?? []).map(({ namespace: _, ...workload }) => workload);
  return {
    phase: 'Running',
    startedAt: rfc3339(unfinished?.startedAt ?? now),
    workloads: verb === 'undo' || shown.length === 0 ? before : shown,
    ...(unfinished?.pointOfNoReturnAt !== undefined && {
      pointOfNoReturnAt: rfc3339(unfinished.pointOfNoReturnAt),
    }),
    ...(unfinished?.staleSite !== undefined && { staleSite: unfinished.staleSite }),
  };
};

/** What was begun and is not over, where another procedure begins. */
const supersede = (world: MovingWorld, operator: Operator, operation: Operation): void => {
  const [{ record } = {}] = operation.records;
  if (record === undefined) return;
  const status = { ...record.status, phase: 'Superseded' as const, endedAt: rfc3339(world.now) };
  writeRecord(world, reachesOf(operator), {
    name: operation.name,
    holder: '',
    spec: record.spec,
    status,
    claims: operation.volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim),
  });
};

const verbs = { relocate: 'Relocate', failover: 'Failover', failback: 'Failback', undo: 'Undo' } as const;

type Aim = { readonly target: SiteNumber; readonly undone: Operation | undefined };

/** Which way it goes; taken back is the latest that is not over, before its first promote. */
const aim = (
  world: MovingWorld,
  operator: Operator,
  { verb, to }: Asked,
  operations: readonly Operation[],
): Aim | Refused => {
  if (verb === 'undo') {
    const latest = operations.find(({ phase }) => ['Running', 'Failed', 'Left'].includes(phase));
    return latest === undefined || latest.pointOfNoReturnAt !== undefined
      ? refused('there is nothing to take back', 'AlreadyOver')
      : { target: numberOf(latest.from.name), undone: latest };
  }
  const direction = direct(world, operator, { verb, to }, operations);
  return direction.known
    ? { target: siteOf(direction.value), undone: undefined }
    : refused(direction.why, 'Direction');
};

/** The source where it is read, else the backup. */
const bringingOf = (
  world: MovingWorld,
  operator: Operator,
  { verb, source, backup }: { verb: MoveVerb; source: SiteNumber; backup: Bringing },
): Bringing => {
  if (verb === 'undo') return nothing;
  return operator.seen[source].live.whyDark() === undefined
    ? bringFrom(world.sites[source].guarded, {
        here: world.storage.handles[source],
        there: world.storage.handles[otherSite(source)],
      })
    : backup;
};

type Judged = { readonly open: Session['groups']; readonly unmoved: Refused | undefined };

const judge = (session: Session): Judged => {
  const { open, refused: against } = judgeOperation(session);
  const blocks = against.flatMap((it) => it.blocks);
  return { open, unmoved: against.length === 0 ? undefined : refusedBy(blocks) };
};

const isOver = (session: Session, groups: Session['groups']): boolean => {
  const facts = session.facts();
  return groups.every((group) => activeStep(planGroup(facts, group)) === undefined);
};

/** The operation that is gone on with, if any; another one that was begun is over. */
const takeUp = (
  world: MovingWorld,
  operator: Operator,
  { undone, verb, target }: Aim & { readonly verb: MoveVerb },
  unfinished: Operation | undefined,
): Operation | undefined => {
  if (undone !== undefined || unfinished === undefined) return undone;
  // A record is never written over while somebody else holds it, even by whoever does not wait for them.
  const holder = holderOf(unfinished, world.now);
  if (holder !== undefined && holder !== operator.name) return undefined;
  if (unfinished.verb === verbs[verb] && unfinished.to.name === siteNames[target]) return unfinished;
  supersede(world, operator, unfinished);
  return undefined;
};

const begin = (
  world: MovingWorld,
  operator: Operator,
  run: Omit<Run, 'name' | 'groups' | 'losses' | 'spec' | 'status'>,
  { open, aimed, asked }: { open: Session['groups']; aimed: Aim; asked: Asked },
): void => {
  const { verb, session, source, target } = run;
  const losses = acceptAll(session, open, asked.isHurried);
  session.accept(losses);
  const adopted = takeUp(world, operator, { ...aimed, verb }, session.prepared.unfinished);
  const status = statusOf(session, adopted, world.now);
  if (verb === 'failover' && losses.accepted.size > 0) status.staleSite = siteNames[source];
  operator.run = {
    ...run,
    name: adopted?.name ?? `${verb}-${world.now}-${operator.name}`,
    losses,
    groups: open.map((group) =>
      newGroupState(group, { source: siteNames[source], target: siteNames[target] }),
    ),
    spec: {
      verb: verbs[verb],
      from: { name: siteNames[source] },
      to: { name: siteNames[target] },
      by: operator.name,
    },
    status,
  };
  saveRun(world, operator, operator.run);
};

/** Everything of a command before its first write. `backup`: what it is given where the source cannot be read. */
export const beginRun = (world: MovingWorld, operator: Operator, asked: Asked, backup: Bringing): Begun => {
  const { verb } = asked;
  for (const seen of operator.seen) seen.lookAnew();
  if (operator.seen.every(({ live }) => live.whyDark() !== undefined))
    return refused('neither site can be read', 'Unreachable');
  const operations = readRecords(world, reachesOf(operator));
  const aimed = aim(world, operator, asked, operations);
  if ('is' in aimed) return aimed;
  const rival = rivalIn(world, operator, operations);
  if (rival !== undefined) return refused(`somebody is at ${rival.name}`, 'OperationTaken');
  const { target } = aimed;
  const source = otherSite(target);
  const bringing = bringingOf(world, operator, { verb, source, backup });
  const session = createSession(prepare(world, operator, { asked, target, operations }), bringing.source);
  const { open, unmoved } = judge(session);
  if (isOver(session, open)) return unmoved ?? { is: 'nothing to do' };
  begin(
    world,
    operator,
    { verb, source, target, session, bringing, refused: unmoved },
    { open, aimed, asked },
  );
  return { is: 'running' };
};
