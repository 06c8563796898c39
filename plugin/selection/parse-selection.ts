import { usageError } from '../usage-error.ts';
import type { SelectionFlags } from './selection-flags.ts';

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
  throw usageError(
    `"${word}" names neither a claim nor its replication`,
    'give the name of a claim, pvc/NAME or vr/NAME',
  );
};

/** What was asked for, once the namespace of the context is known. */
export type SelectionIn = (defaultNamespace: string) => Selection;

/** Understands names, -n, -A and -l, before any cluster is asked. Throws a usage error. */
export const parseSelection = (flags: SelectionFlags & { readonly pvc?: readonly string[] }): SelectionIn => {
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
