import { podTemplateOf } from '../../core/backup/workloads/pod-template.ts';
import { workloadResources } from '../../core/backup/workloads/workload-resources.ts';
import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { readScalable, withScalables } from '../../core/workload/read-scalable.ts';
import { readWorkloads } from '../../core/workload/read-workload.ts';
import type { ReplicaPaths } from '../../core/workload/replica-paths.ts';
import type { Workload } from '../../core/workload/workload.ts';
import { isNotServed } from '../door/api-failures.ts';
import { type FollowedKind, followKind } from './follow-kind.ts';
import type { LiveScope } from './live-volumes.ts';

/**
 * A workload of a custom kind that can be scaled, or one whose template does not tell, and the claims that its pods mount. `paths`: of a
 * custom kind.
 */
export type CustomWorkload = {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly claims: readonly string[];
  readonly paths: ReplicaPaths;
};

/** The workloads of a site, as they change. */
export type LiveWorkloads = {
  readonly looked: Promise<unknown>;
  /** `version`: another one where the names are others; what was read for the last one is answered again. */
  read(claimNames: (namespace: string) => ReadonlySet<string>, version: string): Reading<readonly Workload[]>;
  /** From now on these are looked at as well. */
  addCustom(custom: readonly CustomWorkload[]): Promise<unknown>;
  observe(resource: Resource, object: KubernetesObject): void;
  find(resource: Resource, key: { namespace: string; name: string }): KubernetesObject | undefined;
};

type Followed = { readonly resource: Resource; readonly kind: FollowedKind<KubernetesObject> };

const nameOf = ({ group, plural }: Resource): string => `${plural}.${group}`;

/** An older or a smaller server may not serve a kind: then there is nothing of it. */
const failureOf = ({ kind }: Followed): unknown => {
  const failure = kind.failure();
  return isNotServed(failure) ? undefined : failure;
};

/** The claims that a pod template names. A StatefulSet makes claims of its own: nobody can tell from it alone which. */
const claimsOfTemplate = (object: KubernetesObject): readonly string[] | undefined => {
  const spec = object['spec'] as { volumeClaimTemplates?: unknown } | undefined;
  if (spec?.volumeClaimTemplates !== undefined) return undefined;
  const { namespace = '' } = object.metadata;
  const volumes = podTemplateOf(object).spec?.volumes;
  return volumes?.flatMap(({ persistentVolumeClaim }) => {
    const name = persistentVolumeClaim?.claimName;
    return name ? [`${namespace}/${name}`] : [];
  });
};

/** Follows everything that makes pods in the namespaces. */
export const followWorkloads = (scope: LiveScope): LiveWorkloads => {
  let version = 0;
  const onChange = (claims?: readonly string[]): void => {
    version += 1;
    scope.onChange(claims);
  };
  const follow = (resource: Resource): Followed => ({
    resource,
    kind: followKind({
      ...scope,
      resource,
      onChange,
      claimsOf: claimsOfTemplate,
      prefersCluster: scope.namespaces.length === 0,
    }),
  });
  const builtIn = workloadResources.map(follow);
  const autoscalers = follow(resources.horizontalPodAutoscalers);
  const customKinds = new Map<string, Followed>();
  let custom: readonly CustomWorkload[] = [];

  const followed = (): Followed[] => [...builtIn, ...customKinds.values()];
  const whyUnreadable = (): string | undefined => {
    const [failure] = followed().flatMap((it) => failureOf(it) ?? []);
    return failure === undefined ? undefined : messageOf(failure);
  };
  const context = {
    autoscalers: (namespace: string): Reading<readonly KubernetesObject[]> => {
      const failure = failureOf(autoscalers);
      if (failure !== undefined) return unknown(messageOf(failure));
      return known(autoscalers.kind.list().filter(({ metadata }) => metadata.namespace === namespace));
    },
  };
  const scalables = (): Workload[] =>
    custom.flatMap(({ resource, namespace, name, claims, paths }) => {
      const object = customKinds.get(nameOf(resource))?.kind.get({ namespace, name });
      return object === undefined ? [] : (readScalable(resource, object, { claims, paths }, context) ?? []);
    });
  const toldByPods = ({ kind, metadata }: KubernetesObject): readonly string[] =>
    custom.find(
      (it) => it.resource.kind === kind && it.namespace === metadata.namespace && it.name === metadata.name,
    )?.claims ?? [];

  let last:
    | { version: number; claims: string; unsized: unknown; answer: Reading<readonly Workload[]> }
    | undefined;
  const readNow = (claimNames: (namespace: string) => ReadonlySet<string>): Reading<readonly Workload[]> => {
    const objects = builtIn.flatMap(({ resource, kind }) =>
      kind.list().map((object) => ({ resource, object })),
    );
    const told = (object: KubernetesObject) => (custom.length === 0 ? [] : toldByPods(object));
    return known(withScalables(readWorkloads(objects, claimNames, context, told), scalables()));
  };

  return {
    looked: Promise.all([...builtIn, autoscalers].map(({ kind }) => kind.looked)),
    read: (claimNames, claims) => {
      // That a site can be read again is no change of an object: what is kept is only what was read.
      const why = whyUnreadable();
      if (why !== undefined) return unknown(why);
      const unsized = failureOf(autoscalers);
      if (last?.version !== version || last.claims !== claims || last.unsized !== unsized)
        last = { version, claims, unsized, answer: readNow(claimNames) };
      return last.answer;
    },
    addCustom: (more) => {
      version += 1;
      const keyOf = ({ resource, namespace, name }: CustomWorkload) =>
        `${nameOf(resource)} ${namespace}/${name}`;
      custom = [...new Map([...custom, ...more].map((it) => [keyOf(it), it])).values()];
      const isFollowed = (resource: Resource) =>
        builtIn.some((it) => nameOf(it.resource) === nameOf(resource));
      for (const { resource } of more.filter((it) => !isFollowed(it.resource)))
        if (!customKinds.has(nameOf(resource))) customKinds.set(nameOf(resource), follow(resource));
      return Promise.all([...customKinds.values()].map(({ kind }) => kind.looked));
    },
    observe: (resource, object) => {
      const found = followed().find((it) => nameOf(it.resource) === nameOf(resource));
      found?.kind.observe(object);
    },
    find: (resource, key) =>
      followed()
        .find((it) => nameOf(it.resource) === nameOf(resource))
        ?.kind.get(key),
  };
};
