import { setTimeout as delay } from 'node:timers/promises';
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
import { isNotServed } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';
import { createRecord, type RecordWrite, writeRecordStatus } from './record-sites.ts';

/** The status of a record, apart from who holds it. */
export type RecordStatus = Omit<NonNullable<OperationRecord['status']>, 'lease'>;

/** What is told once for each namespace: workloads are of one namespace. */
export type StatusIn = (namespace: string) => RecordStatus;

/** Keeps the record of one operation on all sites that can be reached. */
export type RecordKeeper = {
  readonly name: string;
  /** Aborted when somebody else has taken it over. */
  readonly lost: AbortSignal;
  /** Writes it now, and settles once it is written, or could not be. */
  save(status: StatusIn): Promise<void>;
  /** Writes it soon, together with what else changes. */
  saveSoon(status: StatusIn): void;
  /** Writes it for the last time, and gives it back. */
  end(status: StatusIn): Promise<void>;
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
  /** Told once for each site that keeps no record. */
  readonly onNotKept: (site: Site, why: string) => void;
  readonly signal: AbortSignal;
};

const soonMs = 1_000;

const rfc3339 = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

type Copy = {
  readonly site: Site;
  readonly namespace: string;
  /** There, and held by us. */
  isOurs: boolean;
  resourceVersion: string | undefined;
};

/** Who holds it from now on, and for how long a site is tried; at the end nobody holds it, also where it had no record before. */
type Writing = { readonly holder: string; readonly until: AbortSignal };

const copiesOf = ({ sites, volumes, adopted }: RecordOptions): Copy[] =>
  sites.flatMap((site) =>
    [...volumes.keys()].map((namespace): Copy => {
      const seen = adopted?.records.find((it) => it.namespace === namespace && it.site.name === site.name);
      return { site, namespace, isOurs: false, resourceVersion: seen?.record.metadata.resourceVersion };
    }),
  );

const takenOver = (name: string): DrError =>
  new DrError({
    code: 'OperationTaken',
    message: `operation ${name} was taken over by somebody else`,
    hint: 'see how it goes: kubectl dr history',
  });

const whyNotKept = (error: unknown): string =>
  isNotServed(error)
    ? 'its API does not have the kind Operation; install manifests/crds/kubectl-dr.dev_operations.yaml'
    : messageOf(error);

/**
 * Takes an operation, new or gone on with, and keeps its record. Throws where somebody else was quicker. A site that keeps no record does
 * not stop anything: a disaster is no time for that.
 */
export const keepRecord = async (options: RecordOptions, first: StatusIn): Promise<RecordKeeper> => {
  const { name, spec, volumes, me, now, onNotKept, signal } = options;
  const copies = copiesOf(options);
  const lost = new AbortController();
  const notKept = new Set<Site>();

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

  const fail = (copy: Copy, error: unknown): void => {
    if (notKept.has(copy.site) || signal.aborted) return;
    notKept.add(copy.site);
    onNotKept(copy.site, whyNotKept(error));
  };

  /** Takes a copy: one that is there as it was read, else a new one. */
  const take = async (copy: Copy, status: StatusIn, { holder, until }: Writing): Promise<RecordWrite> => {
    if (copy.resourceVersion === undefined) {
      const created = await create(copy, until);
      if (created.state !== 'written') return created;
      copy.resourceVersion = created.record.metadata.resourceVersion;
    }
    const test = { path: '/metadata/resourceVersion', value: copy.resourceVersion };
    const key = { namespace: copy.namespace, name };
    return writeRecordStatus(copy.site, key, statusOf(copy, status, holder), { test, signal: until });
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
    if (written.state === 'written') copy.isOurs = true;
  };

  const write = async (status: StatusIn, how: Writing): Promise<void> => {
    await Promise.all(copies.map((copy) => writeCopy(copy, status, how)));
  };

  let latest = first;
  let chain: Promise<void> = Promise.resolve();
  let soon: NodeJS.Timeout | undefined;
  const own = { holder: holderText(me), until: signal };
  const save = (status: StatusIn): Promise<void> => {
    latest = status;
    clearTimeout(soon);
    soon = undefined;
    chain = chain.then(() => write(latest, own));
    return chain;
  };

  await save(first);
  lost.signal.throwIfAborted();
  const renewing = setInterval(() => void save(latest), leaseRenewalMs);
  return {
    name,
    lost: lost.signal,
    save,
    saveSoon: (status) => {
      latest = status;
      soon ??= setTimeout(() => void save(latest), soonMs);
    },
    end: async (status) => {
      clearInterval(renewing);
      clearTimeout(soon);
      latest = status;
      await chain;
      const until = AbortSignal.timeout(lastWriteMs);
      await Promise.race([
        write(status, { holder: '', until }),
        delay(lastWriteMs, undefined, { ref: false }),
      ]);
    },
  };
};

/** At the end a site that does not answer is not waited for. */
const lastWriteMs = 5_000;

/** A name that tells the verb and the time, and is no other's. */
export const operationName = (verb: string, now: number, random: () => number): string => {
  const time = rfc3339(now).replaceAll(/[-:Z]/g, '').replace('T', '-');
  const suffix = Math.floor(random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return `${verb}-${time}-${suffix}`;
};

/** How an operation ended. */
export type EndPhase = Exclude<OperationPhase, 'Running'>;
