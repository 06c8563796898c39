import type { ObjectMeta } from '../../model/kubernetes-object.ts';
import type { Resource } from '../../model/resource.ts';
import type { Manager } from '../workload.ts';
import type { Managed } from './managed.ts';

/** As Flux 2.3 and later serve them (https://fluxcd.io/flux/components/): `v1` since 2.0, `v2` since 2.3. */
export const kustomizations: Resource = {
  group: 'kustomize.toolkit.fluxcd.io',
  version: 'v1',
  plural: 'kustomizations',
  kind: 'Kustomization',
  namespaced: true,
};
export const helmReleases: Resource = {
  group: 'helm.toolkit.fluxcd.io',
  version: 'v2',
  plural: 'helmreleases',
  kind: 'HelmRelease',
  namespaced: true,
};

/** The merge patch that lets either of them go on. */
export const resumed = { spec: { suspend: null } };

/** Both controllers label what they apply with the name of the object that they apply it for. */
const appliedBy = (resource: Resource, { labels }: ObjectMeta, warning: string | undefined): Manager[] => {
  const [name, namespace] = [labels?.[`${resource.group}/name`], labels?.[`${resource.group}/namespace`]];
  if (!name || !namespace) return [];
  return [
    {
      name: `Flux ${resource.kind} ${namespace}/${name}`,
      kind: 'gitops',
      warning,
      pause:
        warning === undefined
          ? undefined
          : { resource, namespace, name, patch: { spec: { suspend: true } }, undo: resumed },
    },
  ];
};

/** Each, as a label or an annotation, keeps kustomize-controller from applying an object that is there. */
const leftAlone: readonly (readonly [string, string])[] = [
  ['kustomize.toolkit.fluxcd.io/reconcile', 'disabled'],
  ['kustomize.toolkit.fluxcd.io/ssa', 'ifnotpresent'],
  ['kustomize.toolkit.fluxcd.io/ssa', 'ignore'],
];

const isLeftAlone = ({ labels, annotations }: ObjectMeta): boolean =>
  leftAlone.some(([key, value]) =>
    [labels?.[key], annotations?.[key]].some((text) => text?.toLowerCase() === value),
  );

/** Kustomizations and HelmReleases of Flux that apply a workload. */
export const fluxOf = ({ object: { metadata } }: Managed): Manager[] => [
  ...appliedBy(
    kustomizations,
    metadata,
    isLeftAlone(metadata) ? undefined : 'sets it back at its next reconciliation: suspend it first',
  ),
  ...appliedBy(
    helmReleases,
    metadata,
    'sets it back at its next upgrade, or as soon as it corrects drift: suspend it first',
  ),
];
