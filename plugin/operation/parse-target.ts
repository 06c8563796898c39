import { workloadResources } from '../../core/backup/workloads/workload-resources.ts';
import type { Resource } from '../../core/model/resource.ts';
import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import type { SelectionFlags } from '../selection/selection-flags.ts';
import { usageError } from '../usage-error.ts';
import type { TargetWords } from './operation-request.ts';

const claimKinds = ['pvc', 'pvcs', 'persistentvolumeclaim', 'persistentvolumeclaims'];
const replicationKinds = ['vr', 'volumereplication', 'volumereplications'];

/** As kubectl abbreviates them. */
const shortNames: Readonly<Record<string, string>> = {
  deploy: 'deployments',
  sts: 'statefulsets',
  ds: 'daemonsets',
  rs: 'replicasets',
  cj: 'cronjobs',
};

const workloadKind = (word: string): Resource | undefined => {
  const plural = shortNames[word] ?? word;
  return workloadResources.find((it) => it.plural === plural || it.kind.toLowerCase() === plural);
};

type Word =
  | { readonly kind: 'claim' | 'replication'; readonly name: string }
  | { readonly kind: 'workload'; readonly name: string; readonly resource: Resource };

const parseWord = (word: string): Word => {
  const [kind = '', name, ...more] = word.includes('/') ? word.split('/') : ['pvc', word];
  const short = kind.toLowerCase().split('.')[0] ?? '';
  const hint = 'give the name of a claim, or pvc/NAME, deploy/NAME, sts/NAME, vr/NAME';
  if (!name || more.length > 0) throw usageError(`"${word}" is no name`, hint);
  if (claimKinds.includes(short)) return { kind: 'claim', name };
  if (replicationKinds.includes(short)) return { kind: 'replication', name };
  const resource = workloadKind(short);
  if (resource === undefined) throw usageError(`"${word}" names neither a claim nor a workload`, hint);
  return { kind: 'workload', name, resource };
};

/**
 * Understands which volumes a procedure is about: claims, workloads, labels, a namespace that is named, or all. Throws a usage error;
 * nobody means everything by saying nothing.
 */
export const parseTarget = (flags: SelectionFlags & { readonly target?: readonly string[] }): TargetWords => {
  const words = (flags.target ?? []).map(parseWord);
  const everywhere = flags['all-namespaces'] ?? false;
  if (everywhere && words.length > 0)
    throw usageError('nothing can be named across all namespaces', 'leave out -A, or the names');
  if (flags.selector !== undefined && words.length > 0)
    throw usageError('a selector cannot be used together with names', 'leave out -l, or the names');
  if (words.length === 0 && flags.selector === undefined && !everywhere && !flags.namespace)
    throw usageError('nothing is named', 'name claims or workloads, select with -l, or take all of -n or -A');
  const namesOf = (kind: Word['kind']) => words.filter((it) => it.kind === kind).map(({ name }) => name);
  return {
    namespace: flags.namespace || undefined,
    everywhere,
    claims: namesOf('claim'),
    replications: namesOf('replication'),
    workloads: words.flatMap((it) =>
      it.kind === 'workload' ? [{ resource: it.resource, name: it.name }] : [],
    ),
    labels: flags.selector,
    keys: undefined,
  };
};

/** The claims that a plan or a record names. */
export const targetOfKeys = (keys: readonly ClaimKey[]): TargetWords => ({
  namespace: undefined,
  everywhere: true,
  claims: [],
  replications: [],
  workloads: [],
  labels: undefined,
  keys,
});
