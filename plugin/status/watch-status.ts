import { setTimeout as delay, setInterval as ticks } from 'node:timers/promises';
import type { VolumeStatus } from '../../core/status/assess.ts';
import type { SiteSnapshot } from '../../core/status/snapshot.ts';
import { verdict } from '../../core/status/verdict.ts';
import type { Sites } from '../door/clusters.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { Selection } from '../selection/parse-selection.ts';
import { assessSites, explainGaps } from './assess-sites.ts';
import { followSite } from './follow-site.ts';
import { gatherLabelled, listSites } from './gather.ts';
import { markSplits } from './mark-splits.ts';
import type { OutputFormat } from './output-format.ts';
import { createPrinter } from './printer.ts';
import { changeKeyOf } from './render-rows.ts';
import { selectVolumes } from './selection.ts';
import type { StatusFlags } from './status-flags.ts';

/** What `status` was asked to show. */
export type StatusOptions = {
  readonly selection: Selection;
  readonly format: OutputFormat;
  readonly flags: StatusFlags;
  readonly io: Io;
};

/** Changes that come together are printed together. */
const gatherChangesMs = 100;
/** A lag grows without any event. */
const reassessEveryMs = 5_000;

const rowKey = ({ namespace, claimName, identity }: VolumeStatus): string =>
  [namespace, claimName, identity?.driver, identity?.volumeHandle].join('/');

const gone = (volume: VolumeStatus): VolumeStatus => ({
  ...volume,
  verdict: verdict('Unprotected', { reason: 'Removed', message: 'no longer replicated on any site' }),
});

/** Remembers what was shown, and answers the rows that are new, different or gone. */
export const createChangeFilter = (): ((volumes: readonly VolumeStatus[]) => VolumeStatus[]) => {
  let shown = new Map<string, { key: string; volume: VolumeStatus }>();
  return (volumes) => {
    const current = new Map(
      volumes.map((volume) => [rowKey(volume), { key: changeKeyOf(volume), volume }] as const),
    );
    const changed = volumes.filter((volume) => shown.get(rowKey(volume))?.key !== changeKeyOf(volume));
    const removed = [...shown].filter(([key]) => !current.has(key)).map(([, { volume }]) => gone(volume));
    shown = current;
    return [...changed, ...removed];
  };
};

/** Waits until every site was read once, however that ended. */
const latestSnapshots = (
  sites: Sites,
  latest: ReadonlyMap<string, SiteSnapshot>,
): SiteSnapshot[] | undefined => {
  const snapshots = listSites(sites).map(({ context }) => latest.get(context));
  const read = snapshots.filter((snapshot) => snapshot !== undefined);
  return read.length === snapshots.length ? read : undefined;
};

/** Prints each row that changes, until Ctrl-C. Sites that stop answering are asked again, ever more rarely. */
export const watchStatus = async (sites: Sites, options: StatusOptions): Promise<ExitCode> => {
  const { selection, format, flags, io } = options;
  const { signal } = io;
  const printer = createPrinter({ format, flags, io, namespaces: selection.namespace === undefined });
  const changes = createChangeFilter();
  const latest = new Map<string, SiteSnapshot>();
  let unreadable = '';
  let isScheduled = false;

  const show = async (): Promise<void> => {
    const snapshots = latestSnapshots(sites, latest);
    if (snapshots === undefined) return;
    const now = io.now();
    const labelled = await gatherLabelled(sites, selection, signal);
    const marked = await markSplits(assessSites(snapshots, selection, now), sites, {
      signal,
      onGap: () => undefined,
    });
    const changed = changes(selectVolumes(marked, selection, labelled));
    const reasons = JSON.stringify(snapshots.map(({ objects }) => (objects.known ? '' : objects.why)));
    if (reasons !== unreadable) explainGaps(snapshots, io);
    unreadable = reasons;
    if (changed.length > 0) await printer.print({ volumes: changed, snapshots }, now);
  };

  const schedule = async (): Promise<void> => {
    if (isScheduled) return;
    isScheduled = true;
    await delay(gatherChangesMs, undefined, { signal });
    isScheduled = false;
    await show();
  };

  const follow = listSites(sites).map((site) =>
    followSite(site, {
      scope: { namespace: selection.namespace, signal },
      claims: selection.claims,
      random: io.random,
      onSnapshot: (snapshot) => {
        latest.set(site.context, snapshot);
        schedule().catch(ignoreInterruption(signal));
      },
    }),
  );
  const reassess = async (): Promise<void> => {
    for await (const _ of ticks(reassessEveryMs, undefined, { signal })) await show();
  };
  try {
    await Promise.all([...follow, reassess()]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return exitCode.interrupted;
};

const ignoreInterruption =
  (signal: AbortSignal) =>
  (error: unknown): void => {
    if (!signal.aborted) throw error;
  };
