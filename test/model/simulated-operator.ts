// Somebody at a keyboard: what they see of both sites, what they reach, and the command that they run.
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import type { MoveVerb } from '../../core/plan/move.ts';
import type { MoveWrite } from '../../core/plan/step-look.ts';
import type { Losses } from '../../plugin/operation/ask-losses.ts';
import type { GroupState } from '../../plugin/operation/group-state.ts';
import type { Session } from '../../plugin/operation/session.ts';
import type { Bringing } from './brought-objects.ts';
import type { MovingSite, MovingWorld } from './moving-world.ts';
import { writeRecord } from './operation-records.ts';
import { createSeenSite, type SeenSite } from './seen-site.ts';
import { createServedCluster, type WriteFault, type Written } from './served-cluster.ts';
import type { SiteNumber } from './simulated-storage.ts';

/** A command that runs. */
export type Run = {
  readonly verb: MoveVerb;
  readonly source: SiteNumber;
  readonly target: SiteNumber;
  readonly name: string;
  readonly session: Session;
  readonly bringing: Bringing;
  readonly losses: Losses;
  readonly groups: GroupState[];
  /** Why not all groups move. */
  readonly refused: Refused | undefined;
  readonly spec: Omit<OperationRecord['spec'], 'volumes'>;
  readonly status: {
    -readonly [K in keyof NonNullable<OperationRecord['status']>]: NonNullable<OperationRecord['status']>[K];
  };
};

/** A command that nothing is done for. */
export type Refused = {
  readonly is: 'refused';
  readonly codes: readonly string[];
  readonly says: string;
  /** The command that is named as the next one. */
  readonly next: string | undefined;
};

export type Operator = {
  readonly name: string;
  readonly seen: readonly [SeenSite, SeenSite];
  /** Cut off from a site. */
  readonly cut: [boolean, boolean];
  /** What becomes of its next write. */
  fault: WriteFault;
  run: Run | undefined;
  /** What is being written, for the invariants. */
  writing: MoveWrite | undefined;
};

/** `onWrite` is told before each of its writes. */
export const createOperator = (
  world: MovingWorld,
  index: 0 | 1,
  onWrite: (operator: Operator, site: MovingSite, written: Written) => void,
): Operator => {
  const cut: [boolean, boolean] = [false, false];
  const see = (site: MovingSite): SeenSite => {
    const reaches = (): boolean => site.guarded.isUp && !cut[site.number];
    const cluster = createServedCluster(world, site, {
      reaches,
      takeFault: () => {
        const { fault } = operator;
        operator.fault = 'none';
        return fault;
      },
      shownSync: () => {
        const { writing } = operator;
        const loss = writing?.kind === 'replication' ? writing.consent?.loss : undefined;
        return loss?.known ? loss.lastSync : undefined;
      },
      onWrite: (written) => onWrite(operator, site, written),
    });
    return createSeenSite(site, cluster, reaches);
  };
  const operator: Operator = {
    name: `operator-${index}`,
    seen: [see(world.sites[0]), see(world.sites[1])],
    cut,
    fault: 'none',
    run: undefined,
    writing: undefined,
  };
  return operator;
};

/** What an operator's own clock shows. */
export const clockOf = (world: MovingWorld, operator: Operator): number =>
  world.now + world.setup.operatorSkew[operator.name === 'operator-0' ? 0 : 1];

/** Whether its requests arrive at a site. */
export const reachesOf =
  (operator: Operator) =>
  ({ number, guarded }: MovingSite): boolean =>
    guarded.isUp && !operator.cut[number];

/** Writes the record of a run to the sites that its operator reaches. */
export const saveRun = (world: MovingWorld, operator: Operator, run: Run, holder = operator.name): void =>
  writeRecord(world, reachesOf(operator), {
    name: run.name,
    holder,
    spec: run.spec,
    status: run.status,
    claims: run.groups.flatMap(({ group }) => group.volumes.map(({ source }) => source.name)),
  });
