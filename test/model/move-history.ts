// Histories of two sites between which people move applications, while everything that can go wrong does.
import fc from 'fast-check';
import { consentAnnotation } from '../../core/consent.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { MoveVerb } from '../../core/plan/move.ts';
import { ApiError } from '../../kube/api-error.ts';
import { admitReplication } from './admit-replication.ts';
import { type Asked, type Begun, beginRun } from './begin-run.ts';
import { bringFrom } from './brought-objects.ts';
import { meddling } from './meddling.ts';
import { type History, step } from './move-command.ts';
import { checkReached, checkStorage, checkWrite, type Disturbances, sizesOn } from './move-invariants.ts';
import {
  actOnWorkloads,
  createMovingWorld,
  fireOn,
  type MovingWorld,
  pass,
  reach,
  runningOn,
  type Setup,
  settle,
} from './moving-world.ts';
import { createOperator, type Operator, type Run } from './simulated-operator.ts';
import { claimNames, otherSite, type SiteNumber } from './simulated-storage.ts';
import { writtenClaims } from './simulated-workloads.ts';
import { leaveRun, stepRun } from './step-run.ts';

export const createHistory = async (setup: Setup): Promise<History> => {
  const world = await createMovingWorld(setup);
  const disturbed = {
    hasTwoAtOnce: false,
    hadTwoAtOnce: false,
    replications: false,
    sizes: false,
    deletions: false,
  };
  const operator = (index: 0 | 1): Operator =>
    createOperator(world, index, (it, site, written) => checkWrite(world, it, disturbed, { site, written }));
  return {
    world,
    operators: [operator(0), operator(1)],
    backup: bringFrom(world.sites[0].guarded, {
      here: world.storage.handles[0],
      there: world.storage.handles[1],
    }),
    disturbed,
    lastAsked: undefined,
    before: undefined,
  };
};

const sizesOfBoth = (world: MovingWorld) => [sizesOn(world, 0), sizesOn(world, 1)];

/** Whether promises that hold among people who leave each other alone are void. */
export const isDisturbed = ({ hasTwoAtOnce, replications, deletions }: Disturbances): boolean =>
  hasTwoAtOnce || replications || deletions;

/** What was taken back is as it was when it began. */
const checkUndone = ({ world, before, disturbed }: History, run: Run): void => {
  checkReached(world, { verb: 'undo', target: run.target }, { ...disturbed, sizes: true });
  if (disturbed.sizes || before?.name !== run.name) return;
  const [was, is] = [before.sizes[run.target], sizesOn(world, run.target)];
  if (JSON.stringify(was) !== JSON.stringify(is))
    throw new Error(`taken back, sizes were ${JSON.stringify(was)} and are ${JSON.stringify(is)}`);
};

/** One that begins in the middle of another one is taken back to before that one, as far as both come from the same site. */
const rememberSizes = (history: History, { name, source, session }: Run): void => {
  const { before, world } = history;
  const isFirst = session.prepared.unfinished === undefined;
  if (isFirst) history.before = { name, source, sizes: sizesOfBoth(world) };
  else history.before = before?.source === source ? { ...before, name } : undefined;
};

const readableSite = ({ seen }: Operator): SiteNumber => (seen[0].live.whyDark() === undefined ? 0 : 1);

/** Whoever fails over to a site that is primary already goes on with its copy, whatever the lost one holds. */
const contest = ({ bytes, storage }: MovingWorld, target: SiteNumber): void => {
  for (const name of claimNames)
    if (bytes.goodSite(name) !== target && storage.roleOf(target, name) === 'primary') bytes.contest(name);
};

export const begin = (history: History, operator: Operator, asked: Asked): Begun => {
  const { world, operators, disturbed, backup } = history;
  const begun = beginRun(world, operator, asked, backup);
  if (asked.verb === 'failover' && begun.is !== 'refused')
    contest(world, operator.run?.target ?? asked.to ?? readableSite(operator));
  if (begun.is !== 'running' || operator.run === undefined) return begun;
  if (operators.every(({ run }) => run !== undefined)) disturbed.hasTwoAtOnce = true;
  if (asked.verb !== 'undo') {
    history.lastAsked = { ...asked, to: operator.run.target };
    if (history.before?.name !== operator.run.name) rememberSizes(history, operator.run);
  }
  return begun;
};

export const proceed = async (history: History, operator: Operator): Promise<void> => {
  const { world, disturbed } = history;
  world.steps += 1;
  await stepRun(world, operator, (run) => {
    if (isDisturbed(disturbed) || run.refused !== undefined) return;
    if (run.verb === 'undo') checkUndone(history, run);
    else checkReached(world, run, disturbed);
  });
};

/** Whatever writes, writes. */
export const writeBytes = ({ world }: History, site: SiteNumber): void => {
  if (!world.sites[site].guarded.isUp) return;
  for (const claim of writtenClaims(runningOn(world, site))) {
    const written = world.storage.write(site, claim);
    if (written !== undefined) world.bytes.noteWrite(site, claim, written, world.now);
  }
};

const site = fc.constantFrom<SiteNumber>(0, 1);
const who = fc.constantFrom<0 | 1>(0, 0, 1);
const mostly = fc.integer({ min: 0, max: 3 }).map((n) => n > 0);
const seldom = fc.integer({ min: 0, max: 4 }).map((n) => n === 0);
const nameOf = (number: SiteNumber): string => (number === 0 ? 'a' : 'b');

const start = fc
  .tuple(
    who,
    fc.constantFrom<MoveVerb>('relocate', 'relocate', 'failover', 'failback', 'failback', 'undo'),
    fc.option(site, { freq: 1 }),
    seldom,
  )
  .map(([index, verb, to, isHurried]) => {
    const named = verb === 'failback' || to === null ? undefined : to;
    const says = `operator ${index} begins: ${verb}${named === undefined ? '' : ` to ${nameOf(named)}`}${isHurried ? ', accepting everything beforehand' : ''}`;
    return step(says, (history) => {
      const operator = history.operators[index];
      if (operator.run === undefined) begin(history, operator, { verb, to: named, isHurried });
    });
  });

/** What anybody would do, by what is so. */
const sensible = ({ world }: History): Asked => {
  const good = world.bytes.goodSite('data');
  const other = otherSite(good);
  const isHurried = false;
  if (!world.sites[good].guarded.isUp) return { verb: 'failover', to: undefined, isHurried };
  const isSplit = world.storage.roleOf(other, 'data') === 'primary';
  return isSplit
    ? { verb: 'failback', to: undefined, isHurried }
    : { verb: 'relocate', to: other, isHurried };
};

const startSensibly = who.map((index) =>
  step(`operator ${index} begins what is called for`, (history) => {
    const operator = history.operators[index];
    if (operator.run === undefined) begin(history, operator, sensible(history));
  }),
);

const setUp = ({ world }: History, number: SiteNumber, isUp: boolean): void => {
  const { guarded, controller } = world.sites[number];
  if (isUp && !guarded.isUp) controller.restart();
  guarded.isUp = isUp;
  reach(world);
};

const disaster = who.map((index) =>
  step(`the site of the applications is lost, and operator ${index} fails over`, (history) => {
    const operator = history.operators[index];
    setUp(history, history.world.bytes.goodSite('data'), false);
    operator.run = undefined;
    begin(history, operator, { verb: 'failover', to: undefined, isHurried: false });
  }),
);

const comeBack = fc.constant(
  step('both sites are up, and hear each other', (history) => {
    history.world.linkUp = true;
    setUp(history, 0, true);
    setUp(history, 1, true);
  }),
);

const takeBack = who.map((index) =>
  step(`operator ${index} stops, and takes it back`, (history) => {
    const operator = history.operators[index];
    if (operator.run?.status.pointOfNoReturnAt !== undefined) return;
    if (operator.run !== undefined) leaveRun(history.world, operator);
    begin(history, operator, { verb: 'undo', to: undefined, isHurried: false });
  }),
);

const look = fc.tuple(mostly, fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }));

const lookAnew = ({ seen }: Operator, [isWhole, a, b]: readonly [boolean, number, number]): void => {
  seen[0].lookAnew(isWhole ? -1 : a);
  seen[1].lookAnew(isWhole ? -1 : b);
};

const go = fc
  .tuple(who, look, fc.constantFrom('none', 'none', 'none', 'before', 'after'), seldom)
  .map(([index, looks, fault, lags]) =>
    step(
      `operator ${index} goes on${looks[0] ? '' : `, seeing a by ${looks[1]} and b by ${looks[2]}`}${fault === 'none' ? '' : `; its next write fails ${fault} it is made`}${lags ? '; watches lag' : ''}`,
      async (history) => {
        const operator = history.operators[index];
        operator.fault = fault as Operator['fault'];
        for (const seen of operator.seen) seen.lags = lags;
        lookAnew(operator, looks);
        await proceed(history, operator);
        operator.fault = 'none';
      },
    ),
  );

const goOn = fc
  .tuple(who, fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1_000, max: 15_000 }))
  .map(([index, rounds, ms]) =>
    step(`${rounds} times everybody works for ${ms} ms and operator ${index} goes on`, async (history) => {
      const operator = history.operators[index];
      for (let round = 0; round < rounds; round += 1) {
        await settle(history.world, ms);
        writeBytes(history, 0);
        writeBytes(history, 1);
        for (const seen of operator.seen) {
          seen.lags = false;
          seen.lookAnew();
        }
        await proceed(history, operator);
        checkStorage(history.world);
      }
    }),
  );

/** Everybody works, and an operator goes on at once, until it is at its end. */
const hurry = async (history: History, operator: Operator, ms: number): Promise<void> => {
  for (let round = 0; round < mostHurriedRounds && operator.run !== undefined; round += 1) {
    await settle(history.world, ms);
    for (const seen of operator.seen) {
      seen.lags = false;
      seen.lookAnew();
    }
    await proceed(history, operator);
    checkStorage(history.world);
  }
};

const mostHurriedRounds = 60;

const isUpThere = ({ world }: History, { run }: Operator): boolean =>
  run !== undefined && writtenClaims(runningOn(world, run.target)).length > 0;

/** Faster than the daemons of the storages look: the site that was left does not follow yet. */
const handBack = fc.tuple(who, fc.integer({ min: 200, max: 2_000 })).map(([index, ms]) =>
  step(
    `operator ${index} moves the applications, leaves it once they are up, and moves them back, every ${ms} ms`,
    async (history) => {
      const operator = history.operators[index];
      if (operator.run === undefined) begin(history, operator, sensible(history));
      for (let round = 0; round < mostHurriedRounds && !isUpThere(history, operator); round += 1) {
        if (operator.run === undefined) return;
        await settle(history.world, ms);
        for (const seen of operator.seen) seen.lookAnew();
        await proceed(history, operator);
        checkStorage(history.world);
      }
      operator.run = undefined;
      writeBytes(history, 0);
      writeBytes(history, 1);
      begin(history, operator, sensible(history));
      await hurry(history, operator, ms);
    },
  ),
);

const crash = who.map((index) =>
  step(`operator ${index} crashes`, ({ operators }) => {
    operators[index].run = undefined;
  }),
);

const leave = who.map((index) =>
  step(`operator ${index} leaves it as it is`, ({ world, operators }) => {
    const { run } = operators[index];
    if (run !== undefined && run.status.pointOfNoReturnAt === undefined) leaveRun(world, operators[index]);
  }),
);

const fail = fc
  .tuple(site, mostly)
  .map(([number, isUp]) =>
    step(`site ${nameOf(number)} ${isUp ? 'is up' : 'goes dark'}`, (history) => setUp(history, number, isUp)),
  );

const link = mostly.map((isUp) =>
  step(`the link between the sites is ${isUp ? 'up' : 'cut'}`, ({ world }) => {
    world.linkUp = isUp;
    reach(world);
  }),
);

const cut = fc.tuple(who, site, mostly).map(([index, number, reaches]) =>
  step(`operator ${index} ${reaches ? 'reaches' : 'does not reach'} ${nameOf(number)}`, ({ operators }) => {
    operators[index].cut[number] = !reaches;
  }),
);

const act = site.map((number) =>
  step(`the controller of ${nameOf(number)} acts`, async ({ world }) => {
    const { guarded, controller } = world.sites[number];
    if (guarded.isUp) await controller.act();
  }),
);

const restart = site.map((number) =>
  step(`the controller of ${nameOf(number)} restarts`, ({ world }) =>
    world.sites[number].controller.restart(),
  ),
);

const loseAnswer = site.map((number) =>
  step(`the driver of ${nameOf(number)} answers its next promote with an error`, ({ world }) =>
    world.sites[number].controller.loseAnswer(),
  ),
);

const catchUp = site.map((number) =>
  step(`the webhook of ${nameOf(number)} catches up`, ({ world }) => world.sites[number].guarded.catchUp()),
);

const work = fc.tuple(site, fc.nat({ max: 9 })).map(([number, choice]) =>
  step(`something happens to the workloads of ${nameOf(number)} (${choice})`, ({ world }) => {
    if (world.sites[number].guarded.isUp) actOnWorkloads(world, number, choice);
  }),
);

const write = site.map((number) =>
  step(`the applications of ${nameOf(number)} write`, (history) => writeBytes(history, number)),
);

const wait = fc
  .integer({ min: 1, max: 40_000 })
  .map((ms) => step(`${ms} ms pass`, ({ world }) => pass(world, ms)));

const fire = site.map((number) =>
  step(`the hour of the CronJobs of ${nameOf(number)} strikes`, ({ world }) => {
    if (world.sites[number].guarded.isUp) fireOn(world, number);
  }),
);

const consentToLose = (now: number): string =>
  JSON.stringify({
    accepts: ['lose-since-promote', 'demote-in-use'],
    maxLoss: 'unknown',
    by: 'admin',
    expires: new Date(now + 10 * 60_000).toISOString(),
  });

/** Asks for secondary with consent; whether the guard let it in. */
const demoteByHand = async (
  { world }: History,
  number: SiteNumber,
  oldObject: VolumeReplication,
): Promise<boolean> => {
  const { guarded: site } = world.sites[number];
  const now = world.now + world.setup.siteSkew[number];
  const { metadata, spec } = oldObject;
  const object: VolumeReplication = {
    ...oldObject,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [consentAnnotation]: consentToLose(now) },
    },
    spec: { ...spec, replicationState: 'secondary', autoResync: false },
  };
  try {
    await admitReplication({ site, told: world, now }, { object, oldObject, user: 'admin' });
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
};

/** A failover that was a mistake, or a site that came back: a person ends one of two primaries, and its writes with it. */
const giveUp = site.map((number) =>
  step(`a person gives up what is written on ${nameOf(number)} alone, by demoting it`, async (history) => {
    const { world, disturbed } = history;
    const { guarded } = world.sites[number];
    if (!guarded.isUp) return;
    for (const name of claimNames) {
      const oldObject = guarded.replication(name);
      const isSplit = ([0, 1] as const).every((it) => world.storage.roleOf(it, name) === 'primary');
      if (oldObject === undefined || !isSplit || !(await demoteByHand(history, number, oldObject))) continue;
      disturbed.replications = true;
      world.bytes.contest(name);
      world.bytes.noteThrownAway(number, name);
    }
  }),
);

const steps = fc.oneof(
  { weight: 3, arbitrary: start },
  { weight: 4, arbitrary: startSensibly },
  { weight: 2, arbitrary: disaster },
  { weight: 3, arbitrary: comeBack },
  { weight: 1, arbitrary: takeBack },
  { weight: 10, arbitrary: go },
  { weight: 7, arbitrary: goOn },
  { weight: 1, arbitrary: handBack },
  { weight: 1, arbitrary: crash },
  { weight: 1, arbitrary: leave },
  { weight: 2, arbitrary: fail },
  { weight: 1, arbitrary: link },
  { weight: 2, arbitrary: cut },
  { weight: 6, arbitrary: act },
  { weight: 1, arbitrary: restart },
  { weight: 1, arbitrary: loseAnswer },
  { weight: 3, arbitrary: catchUp },
  { weight: 6, arbitrary: work },
  { weight: 3, arbitrary: write },
  { weight: 4, arbitrary: wait },
  { weight: 1, arbitrary: fire },
  { weight: 6, arbitrary: meddling },
  { weight: 1, arbitrary: giveUp },
);

export const setups: fc.Arbitrary<Setup> = fc.record({
  layout: fc.constantFrom('together', 'apart'),
  isRestored: fc.boolean(),
  hasOtherHandles: seldom,
  hasLease: mostly,
  forcePolicy: fc.constantFrom('consent', 'consent', 'upstream'),
  hasMeddlers: seldom,
  siteSkew: fc
    .tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }))
    .map(([a, b]) => [a * 1_000, b * 1_000] as const),
  operatorSkew: fc
    .tuple(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -60, max: 60 }))
    .map(([a, b]) => [a * 1_000, b * 1_000] as const),
});

/** `replayPath`: as a failure tells it. */
export const histories = (
  longest: number,
  replayPath?: string,
): fc.Arbitrary<Iterable<fc.AsyncCommand<object, History>>> =>
  fc.commands([steps], {
    maxCommands: longest,
    size: 'max',
    ...(replayPath !== undefined && { replayPath }),
  });

/** Everything is mended, whoever was at work has gone, and leases run out. */
export const endFaults = async (history: History): Promise<void> => {
  const { world, operators } = history;
  world.linkUp = true;
  world.gitOps.clear();
  for (const { number } of world.sites) setUp(history, number, true);
  for (const operator of operators) {
    operator.run = undefined;
    operator.fault = 'none';
    operator.cut.fill(false);
    for (const seen of operator.seen) seen.lags = false;
  }
  for (let round = 0; round < 4; round += 1) await settle(world, 10_000);
};

/** Pods end and start one after the other, so that a command sees them do so. */
const podChangesARound = 3;

/** Lets one command run to its end; what it ended with. */
export const runToEnd = async (
  history: History,
  asked: Asked,
): Promise<Begun | { readonly is: 'late' | 'ended'; readonly run: Run }> => {
  const [operator] = history.operators;
  const begun = begin(history, operator, asked);
  const { run } = operator;
  if (begun.is !== 'running' || run === undefined) return begun;
  for (let round = 0; round < 120; round += 1) {
    if (operator.run === undefined) return { is: 'ended', run };
    for (const seen of operator.seen) seen.lookAnew();
    await proceed(history, operator);
    await settle(history.world, 5_000, podChangesARound);
    writeBytes(history, 0);
    writeBytes(history, 1);
    checkStorage(history.world);
  }
  return { is: 'late', run };
};
