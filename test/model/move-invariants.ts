// What must hold in every history, whoever does what.

import { consentAnnotation } from '../../core/consent.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { MoveWrite } from '../../core/plan/step-look.ts';
import { type MovingSite, type MovingWorld, runningOn } from './moving-world.ts';
import type { Written } from './served-cluster.ts';
import type { Operator, Run } from './simulated-operator.ts';
import { type ClaimName, claimNames, otherSite, type SiteNumber } from './simulated-storage.ts';
import { namespace, sizeOf, usesOf, workloadsOf } from './simulated-workloads.ts';

/** What makes a promise void that only holds among people who do not disturb each other. */
export type Disturbances = {
  hasTwoAtOnce: boolean;
  /** There were two at once before, and their records contradict each other. */
  hadTwoAtOnce: boolean;
  replications: boolean;
  sizes: boolean;
  deletions: boolean;
};

const replicationsOf = ({ guarded }: MovingSite, claim: string): VolumeReplication[] =>
  guarded.simulated
    .all<VolumeReplication>(resources.volumeReplications)
    .filter(({ spec }) => spec.dataSource.name === claim);

const hasAccepted = ({ sites, primacies }: MovingWorld, claim: string): boolean =>
  sites.some((site) =>
    replicationsOf(site, claim).some(
      ({ metadata }) => primacies.get(metadata.uid ?? '')?.accepted !== undefined,
    ),
  );

/** After every step: no two primaries that nobody agreed to, and no write that is nowhere. */
export const checkStorage = (world: MovingWorld): void => {
  for (const claim of claimNames) {
    const primaries = world.sites.filter(({ number }) => world.storage.roleOf(number, claim) === 'primary');
    if (primaries.length > 1 && !hasAccepted(world, claim))
      throw new Error(`${claim}: both sites are primary, and nobody agreed to it`);
  }
  world.bytes.check();
};

const isReplication = ({ resource }: Written): boolean => resource.kind === 'VolumeReplication';

const isPrimary = ({ spec, status }: VolumeReplication): boolean =>
  spec.replicationState === 'primary' || status?.state === 'Primary';

const checkDemotion = (world: MovingWorld, site: MovingSite, written: Written): void => {
  const [before, after] = [written.before, written.after] as [
    VolumeReplication | undefined,
    VolumeReplication,
  ];
  if (before === undefined || !isPrimary(before) || after.spec.replicationState !== 'secondary') return;
  const claim = after.spec.dataSource.name;
  const uses = usesOf(runningOn(world, site.number), claim);
  if (uses.length > 0)
    throw new Error(`${claim} is demoted on ${site.guarded.name} under ${uses.join(', ')}`);
  if (after.spec.autoResync === true) throw new Error(`${claim} is demoted with autoResync`);
};

/** What is thrown away has to be an older copy, or one of two that somebody went on with: two at once may each mean another one. */
const noteResync = (
  { bytes }: MovingWorld,
  { hasTwoAtOnce, hadTwoAtOnce }: Disturbances,
  { site, written: { after } }: { site: MovingSite; written: Written },
): void => {
  const { spec } = after as VolumeReplication;
  if (spec.replicationState !== 'resync') return;
  const claim = spec.dataSource.name as ClaimName;
  if (hasTwoAtOnce || hadTwoAtOnce) bytes.contest(claim);
  bytes.noteThrownAway(site.number, claim);
};

/** Whoever asks for a copy again that a person has given up meanwhile, and that was not demoted yet, goes on with it all the same. */
const noteGoingOn = (
  { bytes, storage }: MovingWorld,
  { site, written: { before, after } }: { site: MovingSite; written: Written },
): void => {
  const [was, is] = [before, after] as [VolumeReplication | undefined, VolumeReplication];
  const asks = is.spec.replicationState === 'primary' && was?.spec.replicationState !== 'primary';
  const claim = is.spec.dataSource.name as ClaimName;
  if (!asks || bytes.goodSite(claim) === site.number) return;
  if (storage.roleOf(site.number, claim) === 'primary') bytes.contest(claim);
};

const claimsOfRun = ({ groups }: Run, claim: string): ClaimName[] =>
  (
    groups.find(({ group }) => group.volumes.some(({ source }) => source.name === claim))?.group.volumes ?? []
  ).map(({ source }) => source.name as ClaimName);

/** A volume is promoted only where no other of its group is still primary on the other site, and with everything that was written. */
const checkPromotion = (world: MovingWorld, run: Run, site: MovingSite, written: Written): void => {
  const [before, after] = [written.before, written.after] as [
    VolumeReplication | undefined,
    VolumeReplication,
  ];
  const asks = after.spec.replicationState === 'primary' && before?.spec.replicationState !== 'primary';
  if (!asks || after.metadata.annotations?.[consentAnnotation] !== undefined || run.verb === 'failover')
    return;
  const name = after.spec.dataSource.name as ClaimName;
  if (run.verb !== 'undo' && !world.bytes.holdsAll(site.number, name))
    throw new Error(`${name} is to be promoted before its last writes have arrived`);
  for (const claim of claimsOfRun(run, name))
    if (world.storage.roleOf(otherSite(site.number), claim) === 'primary')
      throw new Error(
        `${after.spec.dataSource.name} is promoted while ${claim} of its group is still primary`,
      );
};

const checkWorkload = (
  world: MovingWorld,
  run: Run,
  write: Extract<MoveWrite, { kind: 'workload' }>,
): void => {
  const claims = write.workload.claims as readonly ClaimName[];
  if (run.verb === 'failback' && write.does === 'stop' && write.site === 'source')
    for (const claim of claims)
      if (!world.bytes.isFollowing(run.target, claim))
        throw new Error(`${write.object.name} is stopped before the other site's copy of ${claim} follows`);
  if (write.does === 'start')
    for (const claim of claims)
      if (world.storage.roleOf(run.target, claim) !== 'primary')
        throw new Error(`${write.object.name} is started while ${claim} cannot be written`);
};

/** Before each write of an operator. */
export const checkWrite = (
  world: MovingWorld,
  { run, writing }: Operator,
  disturbed: Disturbances,
  { site, written }: { site: MovingSite; written: Written },
): void => {
  if (isReplication(written)) checkDemotion(world, site, written);
  if (isReplication(written)) noteResync(world, disturbed, { site, written });
  if (isReplication(written)) noteGoingOn(world, { site, written });
  if (run === undefined || disturbed.hasTwoAtOnce || disturbed.replications || disturbed.deletions) return;
  if (isReplication(written)) checkPromotion(world, run, site, written);
  if (writing?.kind === 'workload') checkWorkload(world, run, writing);
};

/** Sizes of the workloads of a site, by kind and name; undefined for one that is not there. */
export const sizesOn = (
  world: MovingWorld,
  site: SiteNumber,
): Readonly<Record<string, number | undefined>> => {
  const { simulated } = world.sites[site].guarded;
  return Object.fromEntries(
    workloadsOf(world.setup.layout).map(({ resource, object }) => {
      const name = object.metadata.name ?? '';
      const found: KubernetesObject | undefined = simulated.find(resource, { namespace, name });
      return [`${resource.kind} ${name}`, found && sizeOf(found)];
    }),
  );
};

const expectedSizes = (world: MovingWorld): Readonly<Record<string, number>> =>
  Object.fromEntries(
    workloadsOf(world.setup.layout).map(({ resource, object }) => [
      `${resource.kind} ${object.metadata.name}`,
      sizeOf(object),
    ]),
  );

const complain = (what: string, found: unknown): never => {
  throw new Error(`${what}: ${JSON.stringify(found)}`);
};

const rolesOf = (world: MovingWorld, claim: ClaimName) => [
  world.storage.roleOf(0, claim),
  world.storage.roleOf(1, claim),
];

/** What a procedure that says that it is done has reached. */
export const checkReached = (
  world: MovingWorld,
  { verb, target }: { verb: Run['verb']; target: SiteNumber },
  disturbed: Disturbances,
): void => {
  const source = otherSite(target);
  for (const claim of claimNames) {
    const roles = rolesOf(world, claim);
    if (roles[target] !== 'primary')
      complain(`after the ${verb} ${claim} is not primary on the target`, roles);
    // What began with two primaries goes back to two.
    const mayBeBoth = verb === 'failover' || (verb === 'undo' && hasAccepted(world, claim));
    if (!mayBeBoth && roles[source] === 'primary')
      complain(`after the ${verb} ${claim} is still primary on the source`, roles);
  }
  const sizes = sizesOn(world, target);
  if (!disturbed.sizes) {
    const wanted = expectedSizes(world);
    for (const [name, size] of Object.entries(wanted))
      if (sizes[name] !== size) complain(`after the ${verb} ${name} should have ${size}`, sizes);
  }
  if (verb === 'failover' || disturbed.sizes) return;
  const left = Object.entries(sizesOn(world, source)).filter(([, size]) => (size ?? 0) > 0);
  if (left.length > 0) complain(`after the ${verb} the source still runs`, left);
};
