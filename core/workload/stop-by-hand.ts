import type { KubernetesObject, OwnerReference } from '../model/kubernetes-object.ts';
import { shellWord } from '../rules/guard/commands.ts';

/** Something that runs pods and that nobody here stops. */
export type RunsPods = {
  readonly owner: Pick<OwnerReference, 'apiVersion' | 'kind' | 'name'>;
  readonly namespace: string;
  /** Undefined where it could not be read. */
  readonly object: KubernetesObject | undefined;
};

type Words = (runs: RunsPods) => string;

const spec = ({ object }: RunsPods): Record<string, unknown> =>
  (object?.['spec'] as Record<string, unknown> | undefined) ?? {};

/** A virtual machine has one of two fields (https://kubevirt.io/user-guide/compute/run_strategies/); both at once are refused. */
const haltMachine: Words = (runs) => {
  const change = spec(runs)['running'] === undefined ? { runStrategy: 'Halted' } : { running: false };
  const patch = JSON.stringify({ spec: change });
  return `patch virtualmachines.kubevirt.io ${shellWord(runs.owner.name)} --type=merge -p ${shellWord(patch)}`;
};

/** CloudNativePG keeps at least one instance; hibernation ends them all (https://cloudnative-pg.io/documentation/current/declarative_hibernation/). */
const hibernate: Words = ({ owner }) =>
  `annotate clusters.postgresql.cnpg.io ${shellWord(owner.name)} cnpg.io/hibernation=on --overwrite`;

const known: Readonly<Record<string, Words>> = {
  'kubevirt.io/VirtualMachine': haltMachine,
  'postgresql.cnpg.io/Cluster': hibernate,
};

const groupOf = ({ apiVersion }: Pick<OwnerReference, 'apiVersion'>): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

/** What a person types to stop it, or to find out how it is stopped; `kubectl`: the words that reach its site. */
export const stopByHand = (runs: RunsPods, kubectl: string): string => {
  const { owner, namespace } = runs;
  const group = groupOf(owner);
  const key = `${group}/${owner.kind}`;
  const words = Object.hasOwn(known, key) ? known[key]?.(runs) : undefined;
  const kind = `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}`;
  return `${kubectl} -n ${shellWord(namespace)} ${words ?? `describe ${shellWord(kind)} ${shellWord(owner.name)}`}`;
};
