import { stepOf } from '../../core/operation/read-record.ts';
import { formatAge } from '../../core/status/age.ts';
import type { VolumeStatus } from '../../core/status/assess.ts';
import type { SideFacts } from '../../core/status/facts.ts';
import type { Lag } from '../../core/status/lag.ts';
import type { VerdictLevel } from '../../core/status/verdict.ts';
import type { Cell, Painter } from '../output/color.ts';

/** What a table of volumes shows. */
export type View = {
  /** Names of the sites, in the order of the columns. */
  readonly sites: readonly string[];
  readonly namespaces: boolean;
  readonly wide: boolean;
  readonly paint: Painter;
};

const levelColors = { ok: 'green', info: 'blue', warning: 'yellow', error: 'red' } as const satisfies Record<
  VerdictLevel,
  string
>;

const none = '<none>';
const unknownCell = '<unknown>';

const scheduleCell = ({ schedule }: Lag): string => {
  if (!schedule.known) return unknownCell;
  return schedule.value.kind === 'interval' ? schedule.value.text : none;
};

/** `3m of 12m`: how old the peer's copy is, of the interval that the class promises. */
const lagCell = (lag: Lag): string =>
  lag.milliseconds === undefined ? unknownCell : `${formatAge(lag.milliseconds)} of ${scheduleCell(lag)}`;

const lastSyncCell = ({ lastSync, milliseconds }: Lag): string =>
  lastSync === undefined || milliseconds === undefined ? none : formatAge(milliseconds);

const kinds = { VolumeReplication: 'vr', VolumeGroupReplication: 'vgr' } as const;

const wideCells = ({ volume }: SideFacts): string[] => {
  const { replication } = volume ?? {};
  return [
    replication === undefined ? none : `${kinds[replication.kind]}/${replication.name}`,
    replication?.className ?? none,
    volume?.volumeName ?? none,
  ];
};

/** Headings of the table, in the order of `rowOf`. */
export const headingsOf = ({ sites, namespaces, wide }: View): string[] => {
  const ofEachSite = (...headings: string[]) =>
    sites.flatMap((site) => headings.map((heading) => `${heading} ${site}`.toUpperCase()));
  return [
    ...(namespaces ? ['NAMESPACE'] : []),
    'PVC',
    ...sites.map((site) => site.toUpperCase()),
    'VERDICT',
    'LAG',
    'LAST SYNC',
    ...(wide ? [...ofEachSite('VR', 'CLASS', 'PV'), 'DRIVER', 'HANDLE', 'REASON'] : []),
    'MESSAGE',
  ];
};

/** One row. The message ends in the next command: nothing after it to line up with. */
export const rowOf = (volume: VolumeStatus, { namespaces, wide, paint }: View): Cell[] => {
  const { verdict, sides, lag, identity } = volume;
  const next = verdict.next === undefined ? '' : `; next: ${verdict.next}`;
  return [
    ...(namespaces ? [volume.namespace] : []),
    volume.claimName,
    ...sides.map(({ role }) => role.role),
    paint(verdict.name, levelColors[verdict.level]),
    lagCell(lag),
    lastSyncCell(lag),
    ...(wide
      ? [
          ...sides.flatMap(wideCells),
          identity?.driver ?? unknownCell,
          identity?.volumeHandle ?? unknownCell,
          verdict.reason,
        ]
      : []),
    `${verdict.message}${next}`,
  ];
};

/** What a watch compares: everything in a row that is not merely a clock. */
export const changeKeyOf = ({ sides, verdict, lag, operation }: VolumeStatus): string =>
  JSON.stringify([
    sides.map(({ role }) => [role.role, role.progress]),
    verdict.name,
    verdict.reason,
    verdict.level,
    lag.lastSync,
    operation && [operation.name, operation.phase, stepOf(operation)?.name],
  ]);
