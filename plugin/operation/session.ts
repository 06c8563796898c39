import type { VolumeIdentity } from '../../core/model/persistent-volume.ts';
import { formGroups } from '../../core/plan/form-groups.ts';
import { lossKey } from '../../core/plan/losses-of-move.ts';
import type { Loss, MoveFacts, MoveGroup, MoveVolume } from '../../core/plan/move.ts';
import { nameOfWorkload, workloadName } from '../../core/plan/move.ts';
import { isRecordedStale, recordedSync } from '../../core/plan/recorded-moves.ts';
import { type ClaimKey, claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { latestSync, type ToldSync } from '../../core/step/rpo-at-risk.ts';
import type { Workload } from '../../core/workload/workload.ts';
import type { Losses } from './ask-losses.ts';
import type { ObjectSource } from './bring-objects.ts';
import { commandFor } from './command-for.ts';
import type { PreparedOperation } from './prepare-operation.ts';

/** One run of a procedure: what it moves, and what both sites show at any moment. */
export type Session = {
  readonly prepared: PreparedOperation;
  readonly source: ObjectSource;
  readonly groups: readonly MoveGroup[];
  /** Sizes of the source's workloads before anything was stopped, by `workloadName`. */
  readonly sizesBefore: ReadonlyMap<string, number>;
  readonly facts: () => MoveFacts;
  /** What the volume of a claim of the source is, as the source or its backup knows it; undefined where neither tells. */
  readonly identityOf: (claim: ClaimKey) => VolumeIdentity | undefined;
  /** What a person accepted; nothing until they were asked. */
  accept(losses: Losses): void;
  /** The volume was asked to be promoted by this run. */
  notePromoted(volume: MoveVolume): void;
};

const sizeOf = ({ size, sizeBefore, hasEnded, isMadeByAnother }: Workload): number | undefined => {
  if (hasEnded || isMadeByAnother) return undefined;
  return size > 0 ? size : sizeBefore;
};

/** What an operation that is gone on with has recorded, else what the source shows. */
const sizesBefore = (
  { unfinished, sites, request }: PreparedOperation,
  workloads: readonly Workload[],
): ReadonlyMap<string, number> => {
  const shown = workloads.flatMap((workload): [string, number][] => {
    const size = sizeOf(workload);
    return size === undefined ? [] : [[nameOfWorkload(workload), size]];
  });
  const recorded = (unfinished?.workloads ?? [])
    .filter(({ site }) => site === sites[request.verb === 'undo' ? 'target' : 'source'].site.name)
    .map((it): [string, number] => [workloadName(it), it.replicas]);
  return new Map([...shown, ...recorded]);
};

/** Only what both sites show counts, so a session can be made at any moment, by anybody. `knownSizes`: of this very run. */
export const createSession = (
  prepared: PreparedOperation,
  source: ObjectSource,
  knownSizes?: ReadonlyMap<string, number>,
): Session => {
  const { request, sites, volumes, paired, recorded } = prepared;
  const promoted = new Set<string>();
  let losses: Losses = { accepted: new Map(), denied: [] };
  const show = () => ({
    source: sites.source.show(volumes.map((volume) => volume.source)),
    target: sites.target.show(volumes.map((volume) => volume.target)),
  });
  const asked = commandFor(request, volumes);
  const first = show();
  const workloads = first.source.workloads.known ? first.source.workloads.value : [];
  const sizes = knownSizes ?? sizesBefore(prepared, workloads);
  const isToldStale = (volume: MoveVolume): boolean => {
    const key = claimKeyText(volume.source);
    if (promoted.has(key)) return false;
    const it = paired.get(key);
    const isRecorded = it !== undefined && isRecordedStale(recorded, it, sites.target.site.name);
    return request.resync || isRecorded;
  };
  const toldSync = (volume: MoveVolume): ToldSync | undefined => {
    const it = paired.get(claimKeyText(volume.source));
    const moved = it && recordedSync(recorded, it, sites.target.site.name);
    const backedUp = source.lastSyncOf(volume.source);
    return latestSync([
      moved,
      backedUp === undefined ? undefined : { at: backedUp, source: 'as the backup knew' },
    ]);
  };
  return {
    prepared,
    source,
    groups: formGroups(volumes, first, source.brought.workloads),
    sizesBefore: sizes,
    identityOf: (claim) =>
      source.brought.identities.get(claimKeyText(claim)) ?? paired.get(claimKeyText(claim))?.identity,
    facts: () => ({
      verb: request.verb,
      sites: show(),
      brought: source.brought,
      sizesBefore: sizes,
      isAccepted: (volume: MoveVolume, loss: Loss) => losses.accepted.has(lossKey(volume, loss)),
      isToldStale,
      toldSync,
      className: request.className,
      volumeHandles: request.volumeHandles,
      besidePrimary: request.consent.besidePrimary,
      withWorkloads: request.extent.workloads,
      commandFor: asked,
      now: prepared.now(),
    }),
    accept: (given) => {
      losses = given;
    },
    notePromoted: (volume) => {
      promoted.add(claimKeyText(volume.source));
    },
  };
};

/** The workloads whose sizes are recorded: of the source, and of the groups that move. */
export const recordedWorkloads = (session: Session): readonly Workload[] => {
  const { workloads } = session.facts().sites.source;
  if (!workloads.known) return [];
  const claims = new Set(session.prepared.volumes.map(({ source }) => claimKeyText(source)));
  return workloads.value.filter(
    (workload) =>
      session.sizesBefore.has(nameOfWorkload(workload)) &&
      workload.claims.some((name) => claims.has(`${workload.namespace}/${name}`)),
  );
};
