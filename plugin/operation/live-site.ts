import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { cannotRead, knownValue } from '../../core/model/reading-of.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { unreadableSite } from '../../core/model/site-refusal.ts';
import type { MoveSite } from '../../core/plan/move.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import type { ListedSite } from '../../core/protection/view-lists.ts';
import type { Site } from '../door/clusters.ts';
import type { FollowedKind } from './follow-kind.ts';
import { type LiveFixed, readFixed } from './live-fixed.ts';
import { followVolumes, type LiveScope, type LiveVolumes } from './live-volumes.ts';
import { followWorkloads, type LiveWorkloads } from './live-workloads.ts';

/** A site that is followed: what it shows at this moment, without asking it. */
export type LiveSite = {
  readonly site: Site;
  readonly volumes: LiveVolumes;
  readonly workloads: LiveWorkloads;
  /** Settles once it was read, or once it is known that it does not answer. */
  readonly looked: Promise<unknown>;
  /** Why it cannot be read at the moment. */
  whyDark(): string | undefined;
  /** It cannot be read for want of credentials alone: no sign that it is lost. */
  isRefused?(): boolean;
  /** As the plan looks at it; `claims`: those that move, whether they are there yet or not. */
  show(claims: readonly { namespace: string; name: string }[]): MoveSite;
  observe(resource: Resource, object: KubernetesObject): void;
  /** Whether what was written, or something newer, is in view. */
  hasSeen(resource: Resource, written: KubernetesObject): boolean;
};

const nameOf = ({ metadata }: KubernetesObject): string => metadata.name ?? '';

const byName = <T extends KubernetesObject>(reading: Reading<readonly T[]>, name: string): T | undefined =>
  knownValue(reading).find((object) => nameOf(object) === name);

/** What rules look at, out of what is followed. Throws within `readingOf` where something cannot be read. */
const viewOf = (volumes: LiveVolumes, fixed: LiveFixed): ListedSite => {
  const readable = <T extends KubernetesObject>(kind: FollowedKind<T>, what: string): FollowedKind<T> => {
    if (kind.hasSynced()) return kind;
    const failure = kind.failure();
    return cannotRead(
      `${what} cannot be read: ${failure === undefined ? 'no answer yet' : messageOf(failure)}`,
    );
  };
  const listedIn = (namespace: string): void => {
    if (volumes.claims.onlyNamespaces()?.includes(namespace) === false)
      cannotRead(`namespace ${namespace} may not be listed, so that what it holds is not known`);
  };
  const claims = () => readable(volumes.claims, 'claims');
  const persistentVolumes = () => readable(volumes.volumes, 'persistent volumes');
  const replications = (namespace: string) => {
    listedIn(namespace);
    return readable(volumes.replications, 'VolumeReplications');
  };
  return {
    claim: (key) => {
      listedIn(key.namespace);
      return claims().get(key);
    },
    claimsNamed: (name) => claims().by('name', name),
    claimsNaming: (volumeName) => claims().by('volume', volumeName),
    volume: (name) => persistentVolumes().get({ name }),
    volumesOf: (identity) => persistentVolumes().by('identity', identity),
    volumesReservedFor: (claim) => persistentVolumes().by('claim', claimKeyText(claim)),
    volumesOfClass: (name) => persistentVolumes().by('class', name),
    replicationsOf: (source) => replications(source.slice(0, source.indexOf('/'))).by('source', source),
    groupsIn: (namespace) => {
      listedIn(namespace);
      return knownValue(fixed.groups()).filter(({ metadata }) => metadata.namespace === namespace);
    },
    replication: (namespace, name) => replications(namespace).get({ namespace, name }),
    replicationClasses: () => knownValue(fixed.replicationClasses()),
    replicationClass: (name) => byName(fixed.replicationClasses(), name),
    storageClass: (name) => byName(fixed.storageClasses(), name),
    podsOf: (claim) => readable(volumes.pods, 'pods').by('claim', claimKeyText(claim)),
    podsUsing: (claim) => readable(volumes.pods, 'pods').by('claim', claimKeyText(claim)).map(nameOf),
    nodesOf: (volumeName) =>
      readable(volumes.attachments, 'VolumeAttachments')
        .by('volume', volumeName)
        .map((attachment) => attachment.spec?.nodeName ?? nameOf(attachment)),
  };
};

const isAsNew = (seen: KubernetesObject, written: KubernetesObject): boolean =>
  seen.metadata.uid !== written.metadata.uid ||
  seen.metadata.resourceVersion === written.metadata.resourceVersion ||
  Number(seen.metadata.resourceVersion) >= Number(written.metadata.resourceVersion);

/** Follows a site until the signal is aborted. */
export const followSite = (scope: LiveScope): LiveSite => {
  const { site } = scope;
  // Names of claims come and go seldom; a change of any other object is none of theirs.
  let claimsVersion = 0;
  const volumes = followVolumes(scope, () => {
    claimsVersion += 1;
  });
  const workloads = followWorkloads(scope);
  const fixed = readFixed(scope);
  const vital = [volumes.replications, volumes.claims, volumes.volumes];
  const kinds = new Map<string, FollowedKind<never>>(
    (
      [
        [resources.volumeReplications, volumes.replications],
        [resources.persistentVolumeClaims, volumes.claims],
        [resources.persistentVolumes, volumes.volumes],
      ] as const
    ).map(([resource, kind]) => [resource.plural, kind as unknown as FollowedKind<never>]),
  );

  const darkness = (): ReturnType<typeof unreadableSite> | undefined => {
    const failure = vital.map((kind) => kind.failure()).find((it) => it !== undefined);
    if (failure !== undefined) return unreadableSite(failure, site.name);
    return vital.every((kind) => kind.hasSynced()) ? undefined : unknown('it has not answered yet');
  };
  const whyDark = (): string | undefined => darkness()?.why;
  const view = viewOf(volumes, fixed);

  let named: { version: number; count: number; names: ReadonlyMap<string, ReadonlySet<string>> } | undefined;
  const claimNames = (moving: readonly { namespace: string; name: string }[]) => {
    if (named?.version === claimsVersion && named.count === moving.length) return named.names;
    const names = new Map<string, Set<string>>();
    const there = volumes.claims.list().map(({ metadata }) => metadata);
    for (const { namespace = '', name = '' } of [...there, ...moving])
      names.set(namespace, (names.get(namespace) ?? new Set()).add(name));
    named = { version: claimsVersion, count: moving.length, names };
    return names;
  };

  return {
    site,
    volumes,
    workloads,
    looked: Promise.all([
      ...vital.map(({ looked }) => looked),
      volumes.pods.looked,
      volumes.attachments.looked,
      workloads.looked,
      fixed.looked,
    ]),
    whyDark,
    isRefused: () => darkness()?.isRefusal === true,
    show: (claims) => {
      const dark = darkness();
      if (dark !== undefined) return { site, view: dark, workloads: dark };
      const names = claimNames(claims);
      return {
        site,
        view: known(view),
        isWithoutClasses: fixed.isWithoutClasses(),
        workloads: workloads.read(
          (namespace) => names.get(namespace) ?? new Set(),
          `${claimsVersion} ${claims.length}`,
        ),
      };
    },
    observe: (resource, object) => {
      const kind = kinds.get(resource.plural);
      if (kind === undefined) workloads.observe(resource, object);
      else kind.observe(object as never);
    },
    hasSeen: (resource, written) => {
      const { namespace, name = '' } = written.metadata;
      const key = { name, ...(namespace !== undefined && { namespace }) };
      const seen: KubernetesObject | undefined =
        kinds.get(resource.plural)?.get(key) ??
        workloads.find(resource, { namespace: namespace ?? '', name });
      return seen !== undefined && isAsNew(seen, written);
    },
  };
};
