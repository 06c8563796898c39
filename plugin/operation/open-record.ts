import { type VolumeIdentity, volumeIdentityOf } from '../../core/model/persistent-volume.ts';
import { readingOf } from '../../core/model/reading-of.ts';
import type {
  OperationRecord,
  OperationVerb,
  OperationVolume,
} from '../../core/operation/operation-record.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import { recordedVolumes } from '../../core/operation/recorded-volumes.ts';
import type { SeenCluster } from '../../core/operation/same-clusters.ts';
import type { MoveVolume } from '../../core/plan/move.ts';
import {
  indexOperations,
  operationsAbout,
  type PairedVolume,
  type RecordedMoves,
  unfinishedOperation,
} from '../../core/plan/recorded-moves.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { findVolume } from '../../core/protection/find-volume.ts';
import type { Io } from '../io.ts';
import { awaitLease } from './await-lease.ts';
import { assertSameClusters, readClusters, recordedSite } from './cluster-uids.ts';
import { keepRecord, operationName, type RecordKeeper, type StatusIn } from './keep-record.ts';
import { readOperations } from './read-operations.ts';
import type { Session } from './session.ts';
import { supersede } from './supersede.ts';

/** What a record is opened with. */
export type OpenRecord = {
  readonly session: Session;
  /** What is moved: neither what is refused, nor what is where it is to go. */
  readonly volumes: readonly MoveVolume[];
  readonly verb: OperationVerb;
  readonly by: string;
  readonly reason: string | undefined;
  /** The name of the operation that is taken back; undefined for any other. */
  readonly adopt: string | undefined;
  readonly tell: (message: string, isWarning: boolean) => void;
  readonly io: Pick<Io, 'now' | 'random' | 'process'>;
  readonly signal: AbortSignal;
};

/** A record that is about to be taken. */
export type OpenedRecord = {
  /** The operation that is gone on with or taken back; undefined: a new one begins. */
  readonly adopted: Operation | undefined;
  /** Writes it, first with this status, to every site that can be reached. Throws where somebody else was quicker. */
  readonly keep: (status: StatusIn) => Promise<RecordKeeper>;
};

const shownIdentity = (
  { session }: OpenRecord,
  { target: claim }: MoveVolume,
): VolumeIdentity | undefined => {
  const { source, target } = session.facts().sites;
  for (const { view } of [source, target]) {
    const found = readingOf(() => {
      const site = view.known ? view.value : undefined;
      const volume = site && findVolume(site, claim, site.claim(claim));
      return volume && volumeIdentityOf(volume);
    });
    if (found.known && found.value !== undefined) return found.value;
  }
  return undefined;
};

/** By namespace of the claims on the target: that is where they are to live. */
const volumesByNamespace = (open: OpenRecord): ReadonlyMap<string, readonly OperationVolume[]> => {
  // Of volumes that are yet to be restored, with the source gone, the backup tells.
  const backedUp = open.session.source.brought.identities;
  return new Map(
    [...Map.groupBy(open.volumes, ({ target }) => target.namespace)].map(([namespace, members]) => [
      namespace,
      recordedVolumes(
        members.map((volume): OperationVolume => {
          const identity = shownIdentity(open, volume) ?? backedUp.get(claimKeyText(volume.source));
          return {
            persistentVolumeClaim: volume.target.name,
            ...(identity !== undefined && {
              driver: identity.driver,
              volumeHandle: identity.volumeHandle,
            }),
          };
        }),
      ),
    ]),
  );
};

const pairedOf = (session: Session, volumes: readonly MoveVolume[]): readonly PairedVolume[] =>
  volumes.flatMap(({ source }) => session.prepared.paired.get(claimKeyText(source)) ?? []);

/**
 * Gone on with: the same procedure, the same way. All that is moved is on record, and all that is on record was asked for: the rest of it is
 * done, or refused now.
 */
export const isGoneOnWith = (
  operation: Operation,
  session: Session,
  { recorded, volumes }: { recorded: RecordedMoves; volumes: readonly MoveVolume[] },
): boolean => {
  const { sites, request, paired } = session.prepared;
  const isOnRecord = (volume: PairedVolume): boolean =>
    recorded.about(volume).some(({ name }) => name === operation.name);
  return (
    operation.verb.toLowerCase() === request.verb &&
    operation.to.name === sites.target.site.name &&
    pairedOf(session, volumes).every(isOnRecord) &&
    [...paired.values()].filter(isOnRecord).length === operation.volumes.length
  );
};

/** Everybody else who may be at work on one of the volumes: two people never move the same ones. */
const awaitOthers = async (open: OpenRecord): Promise<RecordedMoves> => {
  const { session, volumes, io, signal, tell } = open;
  const { sites } = session.prepared;
  const namespaces = [...new Set(volumes.map(({ target }) => target.namespace))];
  const both = [sites.source, sites.target];
  const read = () =>
    readOperations(
      both.map(({ site }) => site),
      namespaces,
      signal,
      {
        answers: (site) => both.find((live) => live.site === site)?.whyDark() === undefined,
        onAgain: (message) => tell(message, true),
        now: io.now,
      },
    );
  const recorded = indexOperations((await read()).operations);
  const rivals = operationsAbout(recorded, pairedOf(session, volumes)).filter(
    ({ phase }) => phase === 'Running',
  );
  for (const rival of rivals)
    await awaitLease(rival, {
      me: { machine: io.process.machine, pid: io.process.pid },
      isAlive: io.process.isAlive,
      look: async (name) => {
        const { operations, untold } = await read();
        // Of a site that does not tell, it is not gone.
        return operations.find((it) => it.name === name) ?? (untold.length > 0 ? rival : undefined);
      },
      onWaiting: (message) => tell(message, false),
      now: io.now,
      signal,
    });
  return rivals.length === 0 ? recorded : indexOperations((await read()).operations);
};

const volumesOnRecord = ({ volumes }: Operation): ReadonlyMap<string, readonly OperationVolume[]> =>
  new Map(
    [...Map.groupBy(volumes, ({ namespace }) => namespace)].map(([namespace, members]) => [
      namespace,
      members.map(({ namespace: _, ...volume }) => volume),
    ]),
  );

type Spec = Omit<OperationRecord['spec'], 'volumes'>;

const newSpec = ({ session, verb, by, reason }: OpenRecord, clusters: readonly SeenCluster[]): Spec => {
  const { source, target } = session.prepared.sites;
  return {
    verb,
    from: recordedSite(source.site.name, clusters),
    to: recordedSite(target.site.name, clusters),
    by,
    ...(reason !== undefined && { reason }),
  };
};

/** A site that has no copy of a record yet gets one that says the same, whoever goes on with it or takes it back. */
const specOf = ({ verb, from, to, by, reason }: Operation): Spec => ({
  verb,
  from,
  to,
  by,
  ...(reason !== undefined && { reason }),
});

/**
 * Takes the volumes for this run: waits until nobody else is at work on them, goes on with an operation that was begun, or begins a new
 * one. Throws where somebody else is at it.
 */
export const openRecord = async (open: OpenRecord): Promise<OpenedRecord> => {
  const { session, volumes, verb, tell, io, signal } = open;
  const { source, target } = session.prepared.sites;
  const recorded = await awaitOthers(open);
  const unfinished = unfinishedOperation(recorded, pairedOf(session, volumes));
  const named = recorded.operations.find(({ name }) => name === open.adopt);
  const isSame = unfinished !== undefined && isGoneOnWith(unfinished, session, { recorded, volumes });
  const adopted = named ?? (isSame ? unfinished : undefined);
  const answering = [target, source].filter((live) => live.whyDark() === undefined);
  const clusters = await readClusters(
    answering.map(({ site }) => site),
    signal,
  );
  if (adopted !== undefined) assertSameClusters(adopted, clusters);
  const keep = async (status: StatusIn): Promise<RecordKeeper> => {
    const name = adopted?.name ?? operationName(verb.toLowerCase(), io.now(), io.random);
    const sites = [target.site, ...(source.whyDark() === undefined ? [source.site] : [])];
    if (unfinished !== undefined && adopted === undefined)
      await supersede(unfinished, name, { sites, now: io.now(), signal });
    const spec = adopted === undefined ? newSpec(open, clusters) : specOf(adopted);
    return keepRecord(
      {
        sites,
        name,
        spec,
        volumes: adopted === undefined ? volumesByNamespace(open) : volumesOnRecord(adopted),
        adopted,
        me: { machine: io.process.machine, pid: io.process.pid },
        now: io.now,
        onNotKept: (message) => tell(message, true),
        signal,
      },
      status,
    );
  };
  return { adopted, keep };
};
