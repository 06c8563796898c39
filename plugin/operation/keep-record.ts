import { setTimeout as delay } from 'node:timers/promises';
import { formatTime } from '../../core/model/condition.ts';
import { DrError, messageOf } from '../../core/model/error.ts';
import { apiVersionOf, resources } from '../../core/model/resource.ts';
import { type Holder, holderText, leaseDurationSeconds, leaseRenewalMs } from '../../core/operation/lease.ts';
import {
  type OperationPhase,
  type OperationRecord,
  type OperationVolume,
  operationVerbLabel,
} from '../../core/operation/operation-record.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import { isForbidden, isNotServed } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';
import { createRecord, type RecordWrite, readRecord, writeRecordStatus } from './record-sites.ts';

/** The status of a record, apart from who holds it. */
export type RecordStatus = Omit<NonNullable<OperationRecord['status']>, 'lease'>;

/** What is told once for each namespace: workloads are of one namespace. */
export type StatusIn = (namespace: string) => RecordStatus;

/** Keeps the record of one operation on all sites that can be reached. */
export type RecordKeeper = {
  readonly name: string;
  /** Whether any site has it. */
  readonly isKept: () => boolean;
  /** Aborted when somebody else has taken it over. */
  readonly lost: AbortSignal;
  /** Writes it now, and settles once it is written, or could not be. */
  save(status: StatusIn): Promise<void>;
  /** Writes it soon, together with what else changes. */
  saveSoon(status: StatusIn): void;
  /** Writes it for the last time, and gives it back. A site that does not answer is waited for only so long. */
  end(status: StatusIn, withinMs?: number): Promise<void>;
};

/** What a record is made of. */
export type RecordOptions = {
  readonly sites: readonly Site[];
  readonly name: string;
  readonly spec: Omit<OperationRecord['spec'], 'volumes'>;
  /** By namespace. */
  readonly volumes: ReadonlyMap<string, readonly OperationVolume[]>;
  /** Gone on with: its records as they were read. */
  readonly adopted: Operation | undefined;
  readonly me: Holder;
  readonly now: () => number;
  /** Told once for each site whose record cannot be written. */
  readonly onNotKept: (message: string) => void;
  readonly signal: AbortSignal;
};

const soonMs = 1_000;

type Copy = {
  readonly site: Site;
  readonly namespace: string;
  /** There, and held by us. */
  isOurs: boolean;
  resourceVersion: string | undefined;
  /** One write after the other. */
  chain: Promise<void>;
  /** One that has not begun yet, and will write what is then the latest. */
  queued: Promise<void> | undefined;
};

/** Who holds it from now on, and for how long a site is tried; at the end nobody holds it, also where it had no record before. */
type Writing = { readonly holder: string; readonly until: AbortSignal };

const copiesOf = ({ sites, volumes, adopted }: RecordOptions): Copy[] =>
  sites.flatMap((site) =>
    [...volumes.keys()].map((namespace): Copy => {
      const seen = adopted?.records.find((it) => it.namespace === namespace && it.site.name === site.name);
      const resourceVersion = seen?.record.metadata.resourceVersion;
      return {
        site,
        namespace,
        isOurs: false,
        resourceVersion,
        chain: Promise.resolve(),
        queued: undefined,
      };
    }),
  );

const takenOver = (name: string): DrError =>
  new DrError({
    code: 'OperationTaken',
    message: `operation ${name} was taken over by somebody else`,
    hint: 'see how it goes: kubectl dr history',
  });

/** A server that is busy or does not answer is asked again. */
const isForGood = (error: unknown): boolean => isNotServed(error) || isForbidden(error);

const whyNotKept = ({ name }: Site, error: unknown): string => {
  if (!isForGood(error)) return `the record on ${name} cannot be written at the moment: ${messageOf(error)}`;
  const why = isNotServed(error)
    ? 'its API does not have the kind Operation; install manifests/crds/kubectl-dr.dev_operations.yaml'
    : messageOf(error);
  return `no record is kept on ${name}: ${why}`;
};

/**
 * Takes an operation, new or gone on with, and keeps its record. Throws where somebody else was quicker. A site that keeps no record does
 * not stop anything: a disaster is no time for that.
 */
export const keepRecord = async (options: RecordOptions, first: StatusIn): Promise<RecordKeeper> => {
  const { name, spec, volumes, me, now, onNotKept, signal } = options;
  const copies = copiesOf(options);
  const lost = new AbortController();
  const notKept = new Set<Site>();
  /** Their last write failed. Nothing waits for them. */
  const failing = new Set<Site>();
  const told = new Set<Site>();

  const statusOf = (
    copy: Copy,
    status: StatusIn,
    holder: string,
  ): NonNullable<OperationRecord['status']> => ({
    ...status(copy.namespace),
    lease: { holder, renewTime: new Date(now()).toISOString(), leaseDurationSeconds },
  });

  const create = (copy: Copy, until: AbortSignal): Promise<RecordWrite> =>
    createRecord(
      copy.site,
      {
        apiVersion: apiVersionOf(resources.operations),
        kind: resources.operations.kind,
        metadata: {
          namespace: copy.namespace,
          name,
          labels: { [operationVerbLabel]: spec.verb.toLowerCase() },
        },
        spec: { ...spec, volumes: volumes.get(copy.namespace) ?? [] },
      },
      until,
    );

  const fail = ({ site }: Copy, error: unknown): void => {
    if (signal.aborted) return;
    failing.add(site);
    if (isForGood(error)) notKept.add(site);
    if (told.has(site)) return;
    told.add(site);
    onNotKept(whyNotKept(site, error));
  };

  /** Takes a copy: one that is there as it was read, else a new one. */
  const takeNew = async (copy: Copy, status: StatusIn, { holder, until }: Writing): Promise<RecordWrite> => {
    if (copy.resourceVersion === undefined) {
      const created = await create(copy, until);
      if (created.state !== 'written') return created;
      copy.resourceVersion = created.record.metadata.resourceVersion;
    }
    const test = { path: '/metadata/resourceVersion', value: copy.resourceVersion };
    const key = { namespace: copy.namespace, name };
    return writeRecordStatus(copy.site, key, statusOf(copy, status, holder), { test, signal: until });
  };

  /**
   * What was answered with an error may have happened all the same, and what went out over a connection that was closed is sent again: a
   * record that says we hold it, or that says nothing yet, is ours.
   */
  const take = async (copy: Copy, status: StatusIn, how: Writing, attempts = 3): Promise<RecordWrite> => {
    const taken = await takeNew(copy, status, how);
    if (taken.state !== 'conflict' || attempts === 1) return taken;
    const read = await readRecord(copy.site, { namespace: copy.namespace, name }, how.until);
    if (read.state !== 'written') return read;
    const holder = read.record.status?.lease?.holder;
    if (holder !== undefined && holder !== holderText(me)) return taken;
    copy.resourceVersion = read.record.metadata.resourceVersion;
    return take(copy, status, how, attempts - 1);
  };

  const renew = (copy: Copy, status: StatusIn, { holder, until }: Writing): Promise<RecordWrite> => {
    const test = { path: '/status/lease/holder', value: holderText(me) };
    const key = { namespace: copy.namespace, name };
    return writeRecordStatus(copy.site, key, statusOf(copy, status, holder), { test, signal: until });
  };

  const writeCopy = async (copy: Copy, status: StatusIn, how: Writing): Promise<void> => {
    if (notKept.has(copy.site)) return;
    const written = copy.isOurs ? await renew(copy, status, how) : await take(copy, status, how);
    if (written.state === 'conflict') lost.abort(takenOver(name));
    if (written.state === 'failed') fail(copy, written.error);
    else failing.delete(copy.site);
    // Somebody deleted it: it is made anew by the next write.
    if (written.state === 'missing') {
      copy.isOurs = false;
      copy.resourceVersion = undefined;
    }
    if (written.state === 'written') copy.isOurs = true;
  };

  let latest = first;
  let isEnding = false;
  let soon: NodeJS.Timeout | undefined;
  const own = { holder: holderText(me), until: signal };
  const queue = (copy: Copy): Promise<void> => {
    if (copy.queued !== undefined) return copy.queued;
    const queued = copy.chain.then(() => {
      copy.queued = undefined;
      // The last write says the same, and that nobody holds it any more.
      return isEnding ? undefined : writeCopy(copy, latest, own);
    });
    copy.queued = queued;
    copy.chain = queued;
    return queued;
  };
  const save = async (status: StatusIn): Promise<void> => {
    latest = status;
    clearTimeout(soon);
    soon = undefined;
    await Promise.all(
      copies.map((copy) => {
        const queued = queue(copy);
        return failing.has(copy.site) ? undefined : queued;
      }),
    );
  };

  await save(first);
  lost.signal.throwIfAborted();
  const renewing = setInterval(() => void save(latest), leaseRenewalMs);
  return {
    name,
    isKept: () => copies.some(({ isOurs }) => isOurs),
    lost: lost.signal,
    save,
    saveSoon: (status) => {
      latest = status;
      soon ??= setTimeout(() => void save(latest), soonMs);
    },
    end: async (status, withinMs = lastWriteMs) => {
      clearInterval(renewing);
      clearTimeout(soon);
      isEnding = true;
      latest = status;
      const how = { holder: '', until: AbortSignal.timeout(withinMs) };
      await Promise.race([
        Promise.all(copies.map((copy) => copy.chain.then(() => writeCopy(copy, status, how)))),
        delay(withinMs, undefined, { ref: false }),
      ]);
    },
  };
};

/** At the end a site that does not answer is not waited for. */
const lastWriteMs = 5_000;

/** A name that tells the verb and the time, and is no other's. */
export const operationName = (verb: string, now: number, random: () => number): string => {
  const time = formatTime(now).replaceAll(/[-:Z]/g, '').replace('T', '-');
  const suffix = Math.floor(random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return `${verb}-${time}-${suffix}`;
};

/** How an operation ended. */
export type EndPhase = Exclude<OperationPhase, 'Running'>;
