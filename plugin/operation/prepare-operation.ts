import { workloadResources } from '../../core/backup/workloads/workload-resources.ts';
import { DrError } from '../../core/model/error.ts';
import type { OwnerReference } from '../../core/model/kubernetes-object.ts';
import { type VolumeIdentity, volumeIdentityOf } from '../../core/model/persistent-volume.ts';
import { known, unknown } from '../../core/model/reading.ts';
import { readingOf } from '../../core/model/reading-of.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import { chooseDirection, type PairRoles, type Side } from '../../core/plan/choose-direction.ts';
import {
  type BackedUpClaims,
  type ChoiceSite,
  chooseBackedUp,
  chooseVolumes,
  type VolumePair,
  type WantedVolumes,
} from '../../core/plan/choose-volumes.ts';
import type { MoveSite, MoveVolume } from '../../core/plan/move.ts';
import {
  homeOf,
  indexOperations,
  type PairedVolume,
  type RecordedMoves,
  staleSideOf,
  unfinishedOperation,
} from '../../core/plan/recorded-moves.ts';
import { type ClaimKey, claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { findVolume } from '../../core/protection/find-volume.ts';
import { matchesSelector } from '../../core/protection/label-selector.ts';
import { parseLabelSelector } from '../../core/restore/parse-label-selector.ts';
import type { Role } from '../../core/status/role.ts';
import { describeStep } from '../../core/step/step-facts.ts';
import { isCustom } from '../../core/workload/is-custom.ts';
import { type Unstoppable, unstoppedOwners } from '../../core/workload/unstopped-owners.ts';
import type { Site, Sites } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import { usageError } from '../usage-error.ts';
import { bringBackup, vouchFor } from './bring-backup.ts';
import type { ObjectSource } from './bring-objects.ts';
import { commandFor } from './command-for.ts';
import { customWorkloads, findPodOwners, findRecordedWorkloads } from './find-custom-workloads.ts';
import { followSite, type LiveSite } from './live-site.ts';
import { nothingChosen } from './nothing-chosen.ts';
import type { OperationRequest, TargetWords } from './operation-request.ts';
import { type KnownOperations, readOperations, type UntoldRecords, whyUntold } from './read-operations.ts';
import { tryStops } from './try-stops.ts';

/** The two sites of an operation, followed. */
export type LivePair = Readonly<Record<Side, LiveSite>>;

/** What an operation is about, before it is judged. */
export type PreparedOperation = {
  readonly request: OperationRequest;
  readonly sites: { readonly source: LiveSite; readonly target: LiveSite };
  readonly volumes: readonly MoveVolume[];
  /** By `namespace/name` of the claim on the source. */
  readonly paired: ReadonlyMap<string, PairedVolume>;
  readonly backup: ObjectSource | undefined;
  readonly known: KnownOperations;
  /** The same, by volume. */
  readonly recorded: RecordedMoves;
  /** The one that is gone on with. */
  readonly unfinished: Operation | undefined;
  /** What cannot be stopped: pods without an owner, or with one that nobody knows how to stop. */
  readonly unstoppable: readonly Unstoppable[];
  readonly now: () => number;
};

const otherSide = { here: 'there', there: 'here' } as const satisfies Record<Side, Side>;

const wantedBy = (
  { namespace, everywhere, claims, replications, workloads, labels, keys }: TargetWords,
  defaultNamespace: string,
): WantedVolumes => {
  const selector = labels === undefined ? undefined : parseLabelSelector(labels);
  if (labels !== undefined && selector === undefined)
    throw usageError(`invalid selector "${labels}"`, 'give labels such as app=db,tier!=test');
  return {
    namespace: everywhere ? undefined : (namespace ?? defaultNamespace),
    keys,
    claims,
    replications,
    workloads: workloads.map(({ resource, name }) => ({ kind: resource.kind, name })),
    hasLabels: selector && ((claim) => matchesSelector(selector, claim.metadata.labels) === true),
  };
};

/** Why a site does not answer. One that only does not let us in is not lost, and tells no direction. */
const whyLost = (live: LiveSite): string | undefined => (live.isRefused?.() ? undefined : live.whyDark());

const choiceOf = (live: LiveSite, shown: MoveSite) => {
  if (!shown.view.known) return unknown(shown.view.why);
  const choice: ChoiceSite = {
    view: shown.view.value,
    claims: live.volumes.claims.list(),
    replications: live.volumes.replications.list(),
    workloads: (shown.workloads.known ? shown.workloads.value : []).map((it) => ({
      ...it,
      kind: it.resource.kind,
    })),
  };
  return known(choice);
};

/** Of what a backup has, what was asked for: as if it were a site. */
const choiceOfBackup = (backup: ObjectSource | undefined, wanted: WantedVolumes): BackedUpClaims => {
  if (backup === undefined) return { keys: [], words: new Set() };
  const { claims, replications } = backup.source.chosen;
  return chooseBackedUp({ claims, replications, workloads: backup.brought.workloads }, wanted);
};

/** Both sites as they were first seen. */
type ShownPair = Readonly<Record<Side, MoveSite>>;

const rolesOf = (pair: VolumePair, shown: ShownPair): PairRoles => {
  const roleOn = (side: Side): Role => {
    const [here, there] = [shown[side], shown[otherSide[side]]];
    if (!here.view.known) return 'unknown';
    const facts = describeStep({ here: { site: here.site, view: here.view.value }, there }, pair[side]);
    return facts.role.role;
  };
  return { here: roleOn('here'), there: roleOn('there') };
};

const identityOf = (pair: VolumePair, shown: ShownPair): VolumeIdentity | undefined => {
  for (const side of ['here', 'there'] as const) {
    const { view } = shown[side];
    const found = readingOf(() => {
      const site = view.known ? view.value : undefined;
      const volume = site && findVolume(site, pair[side], site.claim(pair[side]));
      return volume && volumeIdentityOf(volume);
    });
    if (found.known && found.value !== undefined) return found.value;
  }
  return undefined;
};

type Ways = {
  readonly live: LivePair;
  readonly roles: readonly PairRoles[];
  readonly paired: readonly PairedVolume[];
  readonly recorded: RecordedMoves;
};

const isDark = (live: LiveSite): boolean => whyLost(live) !== undefined;

/** A return needs both sites, whichever is named. */
const returnToDark = ({ verb, to }: OperationRequest, { live }: Ways): DrError | undefined => {
  const dark = [live.here, live.there].find(isDark);
  if (verb !== 'failback' || to !== undefined || dark === undefined) return undefined;
  const { name, kubectl } = dark.site;
  return new DrError({
    code: 'SiteDark',
    message: `${name} does not answer (${whyLost(dark)}): a return begins once both sites do, and until then the application stays where it is`,
    hint: `wait until it answers: ${kubectl} get --raw=/readyz`,
  });
};

/** Neither a planned move nor a takeover ends two primaries: one of the two copies is given up, and that is a return. */
const whileSplit = (request: OperationRequest, ways: Ways): DrError | undefined => {
  const { live, roles, paired, recorded } = ways;
  const isSplit = roles.some(({ here, there }) => here === 'primary' && there === 'primary');
  if (!isSplit || (request.verb !== 'relocate' && request.verb !== 'failover')) return undefined;
  const names = { here: live.here.site.name, there: live.there.site.name };
  const split = paired.filter((_, at) => roles[at]?.here === 'primary' && roles[at]?.there === 'primary');
  const stale = staleSideOf(recorded, split, names);
  if (stale === undefined)
    return new DrError({
      code: 'SplitBrain',
      message: 'both sites are primary, and no record tells which copy is the older one',
      hint: `see what each of them holds; the copy of SITE is given up by: kubectl dr failback --to SITE (${names.here} or ${names.there})`,
    });
  const good = live[otherSide[stale]].site;
  const volumes = paired.map(({ pair }): MoveVolume => ({ source: pair.here, target: pair.there }));
  return new DrError({
    code: 'SplitBrain',
    message: `both sites are primary, and ${good.name} took over from ${names[stale]} by a failover: a return gives up the copy of ${names[stale]}, with what was written there since`,
    hint: commandFor(request, volumes)('failback', good),
  });
};

/** Where no direction can be told, and naming one leads nowhere. */
const whyNoWay = (request: OperationRequest, ways: Ways): DrError | undefined =>
  returnToDark(request, ways) ?? whileSplit(request, ways);

const chooseSide = (
  request: OperationRequest,
  { live, shown }: { live: LivePair; shown: ShownPair },
  paired: readonly PairedVolume[],
  { recorded, untold }: { recorded: RecordedMoves; untold: readonly UntoldRecords[] },
): Side => {
  const names = { here: live.here.site.name, there: live.there.site.name };
  const unfinished = unfinishedOperation(recorded, paired);
  const roles = paired.map(({ pair }) => rolesOf(pair, shown));
  const isSameVerb = unfinished?.verb.toLowerCase() === request.verb;
  const goesTo = isSameVerb ? unfinished.to.name : undefined;
  const begun = (['here', 'there'] as const).find((side) => names[side] === goesTo);
  const direction = chooseDirection({
    verb: request.verb,
    names,
    dark: { here: whyLost(live.here), there: whyLost(live.there) },
    roles,
    to: request.to,
    recorded: begun ?? (request.verb === 'failback' ? homeOf(recorded, paired, names) : undefined),
    untold: untold.length === 0 ? undefined : whyUntold(untold),
  });
  if (direction.known) return direction.value;
  const stuck = whyNoWay(request, { live, roles, paired, recorded });
  if (stuck !== undefined) throw stuck;
  throw usageError(direction.why, `--to ${names.here}, or --to ${names.there}`);
};

/**
 * Who runs the pods that hold the claims is found through the pods, and followed on both sites where nothing else tells. Answers whom nobody
 * stops.
 */
const addCustomWorkloads = async (
  from: LiveSite,
  to: LiveSite,
  volumes: readonly ClaimKey[],
  signal: AbortSignal,
): Promise<readonly Unstoppable[]> => {
  if (from.whyDark() !== undefined) return [];
  const names = Map.groupBy(volumes, ({ namespace }) => namespace);
  const claimNames = (namespace: string) => new Set((names.get(namespace) ?? []).map(({ name }) => name));
  const builtIn = ({ kind, name }: OwnerReference, namespace: string) => {
    const resource = workloadResources.find((it) => it.kind === kind);
    return resource && from.workloads.find(resource, { namespace, name });
  };
  const owners = await findPodOwners(from.site, from.volumes.pods.list(), claimNames, builtIn, signal);
  const custom = await customWorkloads(from.site, owners, signal);
  await Promise.all([from.workloads.addCustom(custom), to.workloads.addCustom(custom)]);
  const { workloads } = from.show(volumes);
  if (!workloads.known) return [];
  const refused = await tryStops(from.site, workloads.value.filter(isCustom), signal);
  return [...unstoppedOwners(owners, workloads.value, from.site.kubectl), ...refused];
};

/** What is stopped: on the source of a planned move, and beside that on the older side of a return. */
const addAllCustomWorkloads = async (
  verb: OperationRequest['verb'],
  { source, target }: Record<'source' | 'target', LiveSite>,
  volumes: readonly MoveVolume[],
  signal: AbortSignal,
): Promise<readonly Unstoppable[]> => {
  if (verb === 'failover' || verb === 'undo') return [];
  const onSource = volumes.map((it) => it.source);
  const onTarget = volumes.map((it) => it.target);
  return [
    ...(await addCustomWorkloads(source, target, onSource, signal)),
    ...(verb === 'failback' ? await addCustomWorkloads(target, source, onTarget, signal) : []),
  ];
};

/** Of an operation that is gone on with or taken back, on the site whose workloads it has stopped. */
const addRecordedWorkloads = async (
  unfinished: Operation | undefined,
  sites: readonly LiveSite[],
  signal: AbortSignal,
): Promise<void> => {
  const from = sites.find(({ site }) => site.name === unfinished?.from.name);
  if (unfinished === undefined || from === undefined || from.whyDark() !== undefined) return;
  const custom = await findRecordedWorkloads(from.site, unfinished.workloads, signal);
  if (custom.length > 0) await Promise.all(sites.map(({ workloads }) => workloads.addCustom(custom)));
};

/** Empty: all. */
const namespacesOf = ({ namespace, keys }: WantedVolumes): string[] => {
  if (keys !== undefined) return [...new Set(keys.map((key) => key.namespace))];
  return namespace === undefined ? [] : [namespace];
};

const requirePeer = ({ here, there }: Sites): Site => {
  if (there !== undefined) return there;
  throw usageError(`no other site of ${here.name} is known`, 'name it with --peer-context');
};

/** Reads both sites and finds out what is to be moved, and which way. Nothing is written. */
export const prepareOperation = async (
  request: OperationRequest,
  sites: Sites,
  run: { readonly io: Io; readonly signal: AbortSignal; readonly onChange: () => void },
): Promise<PreparedOperation> => {
  const { io, signal, onChange } = run;
  const peer = requirePeer(sites);
  const { defaultNamespace } = sites.here.cluster;
  const wanted = wantedBy(request.target, defaultNamespace);
  const namespaces = namespacesOf(wanted);
  const follow = (site: Site) =>
    followSite({ site, namespaces, onChange, signal, now: io.now, random: io.random });
  const live: LivePair = { here: follow(sites.here), there: follow(peer) };
  const liveOf = (site: Site): LiveSite => (site === sites.here ? live.here : live.there);
  const [known_] = await Promise.all([
    readOperations([sites.here, peer], namespaces, signal, {
      answers: async (site) => {
        await liveOf(site).looked;
        return liveOf(site).whyDark() === undefined;
      },
      onAgain: (message) => io.stderr.line(message),
      now: io.now,
    }),
    live.here.looked,
    live.there.looked,
  ]);
  signal.throwIfAborted();
  const backup = await bringBackup(request, [live.here, live.there], { io, signal });
  const shown: ShownPair = { here: live.here.show([]), there: live.there.show([]) };
  const choices = { here: choiceOf(live.here, shown.here), there: choiceOf(live.there, shown.there) };
  if (!choices.here.known && !choices.there.known)
    throw new DrError({
      code: 'Unreachable',
      message: `neither site can be read: ${sites.here.name}: ${choices.here.why}; ${peer.name}: ${choices.there.why}`,
    });
  const chosen = chooseVolumes(choices, wanted, choiceOfBackup(backup, wanted));
  if (chosen.missing.length > 0 || chosen.pairs.length === 0)
    throw nothingChosen(request, chosen.missing, {
      sites: [live.here, live.there],
      namespace: wanted.namespace,
    });
  const paired = chosen.pairs.map((pair) => ({ pair, identity: identityOf(pair, shown) }));
  const recorded = indexOperations(known_.operations);
  const to = chooseSide(request, { live, shown }, paired, { recorded, untold: known_.untold });
  const from = otherSide[to];
  const volumes = chosen.pairs.map((pair): MoveVolume => ({ source: pair[from], target: pair[to] }));
  const [source, target] = [live[from], live[to]];
  const vouched = await vouchFor(backup, { source, target }, signal);
  const unstoppable = await addAllCustomWorkloads(request.verb, { source, target }, volumes, signal);
  const unfinished = unfinishedOperation(recorded, paired);
  await addRecordedWorkloads(unfinished, [source, target], signal);
  return {
    request,
    sites: { source, target },
    volumes,
    paired: new Map(paired.map((it) => [claimKeyText(it.pair[from]), it])),
    backup: vouched,
    known: known_,
    recorded,
    unfinished,
    unstoppable,
    now: io.now,
  };
};
