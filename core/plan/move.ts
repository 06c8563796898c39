import type { VolumeIdentity } from '../model/persistent-volume.ts';
import type { Reading } from '../model/reading.ts';
import type { ClaimKey } from '../protection/claims-of-volume.ts';
import type { ListedSite } from '../protection/view-lists.ts';
import type { HandleMap } from '../restore/map-handle.ts';
import type { SiteName } from '../status/snapshot.ts';
import type { ToldSync } from '../step/rpo-at-risk.ts';
import type { StepFacts } from '../step/step-facts.ts';
import type { Workload, WorkloadKey } from '../workload/workload.ts';

/** The whole procedures; `undo` takes one back before its first promote. Each moves volumes from a source site to a target site. */
export type MoveVerb = 'relocate' | 'failover' | 'failback' | 'undo';

/** What a site is to a move: where the volumes are written now or were last, and where they are to be written. */
export type SiteRole = 'source' | 'target';

/** One site as it shows itself now. */
export type MoveSite = {
  readonly site: SiteName;
  readonly view: Reading<ListedSite>;
  /** The workloads that mount any of the claims. */
  readonly workloads: Reading<readonly Workload[]>;
  /** The kind VolumeReplicationClass is not installed there. */
  readonly isWithoutClasses?: boolean;
};

/** One volume that moves, by its claim on each site: most often the same name. */
export type MoveVolume = { readonly source: ClaimKey; readonly target: ClaimKey };

/** Volumes that move together, because one workload uses them. */
export type MoveGroup = { readonly name: string; readonly volumes: readonly MoveVolume[] };

/** A workload that is brought along, and the claims of its namespace that it mounts. */
export type BroughtWorkload = WorkloadKey & {
  readonly claims: readonly string[];
  /** The same, with those that are not brought. */
  readonly mounts: readonly string[];
  /** As it was where it was read, or before it was stopped there. */
  readonly size: number;
};

/** What the source, live or from a backup, can bring to the target. */
export type Brought = {
  /** Claims, as `namespace/name`. */
  readonly claims: ReadonlySet<string>;
  /** VolumeReplicationClasses, by name. */
  readonly replicationClasses: ReadonlySet<string>;
  readonly workloads: readonly BroughtWorkload[];
  /** What the volumes of these claims are, by `namespace/name`. */
  readonly identities: ReadonlyMap<string, VolumeIdentity>;
};

/** What can be lost by a move, and is accepted or not. */
export type Loss = 'force-promote' | 'resync' | 'lose-since-promote';

/** Claims that are to be named one by one, instead of the words that were typed, and where they go. */
export type WholeMove = { readonly claims: readonly ClaimKey[]; readonly to: string };

/** Everything that a move is planned by. */
export type MoveFacts = {
  readonly verb: MoveVerb;
  readonly sites: Readonly<Record<SiteRole, MoveSite>>;
  readonly brought: Brought;
  /** Sizes of the workloads before the move by `workloadName`, as the record of the operation knows them. */
  readonly sizesBefore: ReadonlyMap<string, number>;
  /** Whether a person accepted that this may be lost of a volume. */
  readonly isAccepted: (volume: MoveVolume, loss: Loss) => boolean;
  /** Whether a record, or a person, says that the target holds an older copy, which is to be made anew. */
  readonly isToldStale: (volume: MoveVolume) => boolean;
  /** Until when the target's copy of a volume has everything, as a backup or a record tells. */
  readonly toldSync: (volume: MoveVolume) => ToldSync | undefined;
  /** `--class`: of VolumeReplications that are created. */
  readonly className: string | undefined;
  /** `--map-volume-handle`: what volumes of the source are called on the target. */
  readonly volumeHandles: HandleMap;
  /** `--accept-second-primary`: the source by its name, whose storage is lost though its API answers that it is primary. */
  readonly besidePrimary?: string | undefined;
  /** False: who runs on the volumes is somebody else's care (`--no-workloads`). */
  readonly withWorkloads: boolean;
  /** Another procedure about the same volumes, run at a site, as it is typed: `kubectl dr failover deploy/web -n shop`. */
  readonly commandFor: (verb: Exclude<MoveVerb, 'undo'>, site: SiteName, whole?: WholeMove) => string;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** One volume as both sites show it. */
export type VolumeNow = {
  readonly volume: MoveVolume;
  readonly source: Reading<StepFacts>;
  readonly target: Reading<StepFacts>;
  /** The target is, or is about to be, its only primary: nothing is left to be done on the source. */
  readonly isThrough: boolean;
};

/** A group as both sites show it: what each kind of step looks at. */
export type GroupNow = MoveFacts & { readonly group: MoveGroup; readonly volumes: readonly VolumeNow[] };

/** `Deployment shop/web`, for maps and messages. */
export const workloadName = ({ kind, namespace, name }: WorkloadKey): string =>
  `${kind} ${namespace}/${name}`;

/** The same of a workload that was read. */
export const nameOfWorkload = ({ resource, namespace, name }: Workload): string =>
  workloadName({ kind: resource.kind, namespace, name });
