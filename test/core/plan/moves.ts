// A move from east to west, by what both sites list: each test changes what it is about.
import { known, type Reading, unknown } from '../../../core/model/reading.ts';
import { lookAtGroup } from '../../../core/plan/look-at-group.ts';
import type {
  Brought,
  GroupNow,
  Loss,
  MoveFacts,
  MoveGroup,
  MoveSite,
  MoveVerb,
  MoveVolume,
} from '../../../core/plan/move.ts';
import type { StepKind, StepLook } from '../../../core/plan/step-look.ts';
import type { SiteLists } from '../../../core/protection/view-lists.ts';
import type { HandleMap } from '../../../core/restore/map-handle.ts';
import type { ToldSync } from '../../../core/step/rpo-at-risk.ts';
import type { Workload } from '../../../core/workload/workload.ts';
import { listed, now } from '../step/pair.ts';

/** What a test says of a move; everything left out is the plain case. */
export type MoveSketch = {
  readonly verb?: MoveVerb;
  /** Lists of a site, or why it cannot be read. */
  readonly source?: Partial<SiteLists> | string;
  readonly target?: Partial<SiteLists> | string;
  /** Workloads of a site, or why they cannot be read. */
  readonly sourceRuns?: readonly Workload[] | string;
  readonly targetRuns?: readonly Workload[] | string;
  readonly brought?: Partial<Brought>;
  readonly sizesBefore?: Readonly<Record<string, number>>;
  readonly accepts?: readonly Loss[];
  readonly isToldStale?: boolean;
  readonly toldSync?: ToldSync;
  readonly className?: string;
  readonly volumeHandles?: HandleMap;
  readonly withWorkloads?: boolean;
  readonly isWithoutClasses?: boolean;
  /** Names of the claims that move together; on the target of the same name. */
  readonly claims?: readonly string[];
};

const readable = <T>(given: readonly T[] | string | undefined): Reading<readonly T[]> =>
  typeof given === 'string' ? unknown(given) : known(given ?? []);

const siteOf = (
  name: string,
  lists: Partial<SiteLists> | string | undefined,
  runs: readonly Workload[] | string | undefined,
): MoveSite => ({
  site: { name, context: name, kubectl: `kubectl --context ${name}` },
  view: typeof lists === 'string' ? unknown(lists) : known(listed(lists)),
  workloads: typeof lists === 'string' ? unknown(lists) : readable(runs),
});

/** A claim of `shop` that has the same name on both sites. */
export const moving = (name: string, target = name): MoveVolume => ({
  source: { namespace: 'shop', name },
  target: { namespace: 'shop', name: target },
});

export const groupOf = ({ claims = ['db'] }: MoveSketch): MoveGroup => ({
  name: 'shop/web',
  volumes: claims.map((name) => moving(name)),
});

export const factsOf = (sketch: MoveSketch): MoveFacts => ({
  verb: sketch.verb ?? 'relocate',
  sites: {
    source: siteOf('east', sketch.source, sketch.sourceRuns),
    target: {
      ...siteOf('west', sketch.target, sketch.targetRuns),
      isWithoutClasses: sketch.isWithoutClasses ?? false,
    },
  },
  brought: {
    claims: new Set(),
    replicationClasses: new Set(),
    workloads: [],
    identities: new Map(),
    ...sketch.brought,
  },
  sizesBefore: new Map(Object.entries(sketch.sizesBefore ?? {})),
  isAccepted: (_, loss) => sketch.accepts?.includes(loss) ?? false,
  isToldStale: () => sketch.isToldStale ?? false,
  toldSync: () => sketch.toldSync,
  className: sketch.className,
  volumeHandles: sketch.volumeHandles ?? [],
  withWorkloads: sketch.withWorkloads ?? true,
  commandFor: (verb, { kubectl }, whole) => {
    const words =
      whole === undefined ? 'db' : `${whole.claims.map(({ name }) => name).join(' ')} --to ${whole.to}`;
    return `kubectl dr ${verb} ${words} -n shop${kubectl.slice('kubectl'.length)}`;
  },
  now,
});

export const groupNow = (sketch: MoveSketch): GroupNow => lookAtGroup(factsOf(sketch), groupOf(sketch));

export const lookBy = (kind: StepKind, sketch: MoveSketch): StepLook => kind.look(groupNow(sketch));

/** One line for everything that a look holds: `write …`, `wait …`, `block …`, `remark …`. */
export const linesOf = ({ writes, waits, blocks, remarks }: StepLook): string[] => [
  ...writes.map((write) => {
    const { site, object, kind } = write;
    const where = `${site} ${object.kind} ${object.name}`;
    if (kind === 'restore') return `write ${where}: restore`;
    if (kind === 'workload') return `write ${where}: ${write.does} at ${write.size}`;
    return `write ${where}: ${write.does}${write.consent === undefined ? '' : ' with consent'}`;
  }),
  ...waits.map(
    ({ site, object, why, isUnknown }) =>
      `wait ${site} ${object.kind} ${object.name}: ${why}${isUnknown === true ? ' (unknown)' : ''}`,
  ),
  ...blocks.map(
    ({ site, object, obstacle, need }) =>
      `block ${site} ${object.kind} ${object.name}: ${obstacle.code}${need === undefined ? '' : `, unless ${need.loss} is accepted`}`,
  ),
  ...remarks.map((remark) => `remark ${remark}`),
];

/** What a step kind finds, in lines. */
export const linesBy = (kind: StepKind, sketch: MoveSketch): string[] => linesOf(lookBy(kind, sketch));
