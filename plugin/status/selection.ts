import type { VolumeStatus } from '../../core/status/assess.ts';
import { usageError } from '../usage-error.ts';
import type { StatusFlags } from './status-flags.ts';

/** Which volumes were asked for. */
export type Selection = {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** Names of claims. */
  readonly claims: readonly string[];
  /** Names of VolumeReplications or groups, typed as `vr/NAME`. */
  readonly replications: readonly string[];
  readonly labels: string | undefined;
};

const claimKinds = ['pvc', 'pvcs', 'persistentvolumeclaim', 'persistentvolumeclaims'];
const replicationKinds = ['vr', 'volumereplication', 'volumereplications', 'vgr', 'volumegroupreplication'];

type NamedObject = { readonly kind: 'claim' | 'replication'; readonly name: string };

const parseName = (word: string): NamedObject => {
  const [kind = '', name, ...more] = word.includes('/') ? word.split('/') : ['pvc', word];
  const short = kind.toLowerCase().split('.')[0] ?? '';
  if (!name || more.length > 0)
    throw usageError(`"${word}" is no name`, 'give the name of a claim, pvc/NAME or vr/NAME');
  if (claimKinds.includes(short)) return { kind: 'claim', name };
  if (replicationKinds.includes(short)) return { kind: 'replication', name };
  throw usageError(`status knows no kind "${kind}"`, 'give the name of a claim, pvc/NAME or vr/NAME');
};

/** What was asked for, once the namespace of the context is known. */
export type SelectionIn = (defaultNamespace: string) => Selection;

/** Understands names, -n, -A and -l, before any cluster is asked. Throws a usage error. */
export const parseSelection = (flags: StatusFlags): SelectionIn => {
  const named = (flags.pvc ?? []).map(parseName);
  const everywhere = flags['all-namespaces'] ?? false;
  if (everywhere && named.length > 0)
    throw usageError('a claim cannot be named across all namespaces', 'leave out -A, or the names');
  if (flags.selector !== undefined && named.length > 0)
    throw usageError('a selector cannot be used together with names', 'leave out -l, or the names');
  const namesOf = (kind: NamedObject['kind']) =>
    named.filter((object) => object.kind === kind).map(({ name }) => name);
  return (defaultNamespace) => ({
    namespace: everywhere ? undefined : flags.namespace || defaultNamespace,
    claims: namesOf('claim'),
    replications: namesOf('replication'),
    labels: flags.selector,
  });
};

/** Claims that carry the labels, per site (by context), as `namespace/name`; undefined where no labels were asked for. */
export type LabelledClaims = ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** Keeps what was asked for: a volume counts when one of its sides does. */
export const selectVolumes = (
  volumes: readonly VolumeStatus[],
  { claims, replications }: Selection,
  labelled: LabelledClaims,
): VolumeStatus[] => {
  const isNamed = ({ sides }: VolumeStatus): boolean =>
    sides.some(
      ({ volume }) =>
        volume !== undefined &&
        (claims.includes(volume.claimName) || replications.includes(volume.replication?.name ?? '')),
    );
  const isLabelled = ({ sides }: VolumeStatus): boolean =>
    sides.some(
      ({ site, volume }) =>
        volume !== undefined && labelled?.get(site.context)?.has(`${volume.namespace}/${volume.claimName}`),
    );
  const hasNames = claims.length + replications.length > 0;
  return volumes
    .filter((volume) => !hasNames || isNamed(volume))
    .filter((volume) => labelled === undefined || isLabelled(volume));
};

/** Names that were asked for and are on neither site. */
export const missingNames = (
  volumes: readonly VolumeStatus[],
  { claims, replications }: Selection,
): string[] => {
  const sides = volumes.flatMap((volume) => volume.sides);
  const hasClaim = (name: string) => sides.some(({ volume }) => volume?.claimName === name);
  const hasReplication = (name: string) => sides.some(({ volume }) => volume?.replication?.name === name);
  return [
    ...claims.filter((name) => !hasClaim(name)).map((name) => `persistentvolumeclaims "${name}"`),
    ...replications.filter((name) => !hasReplication(name)).map((name) => `volumereplications "${name}"`),
  ];
};
