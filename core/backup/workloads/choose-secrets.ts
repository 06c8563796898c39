import type { KubernetesObject } from '../../model/kubernetes-object.ts';
import { resources } from '../../model/resource.ts';
import type { RawObject } from '../choose-objects.ts';
import type { NamespaceObjects } from './namespace-objects.ts';
import { secretsOf } from './pod-template.ts';
import { type HeldReference, type Referred, refer, referencesIn } from './refer.ts';

type PullSecrets = { readonly imagePullSecrets?: readonly { readonly name?: string }[] };

const pullSecretsOf = (by: RawObject): HeldReference[] =>
  ((by.object as PullSecrets).imagePullSecrets ?? []).flatMap(({ name }) =>
    name ? { by, name, isOptional: true } : [],
  );

/** A token of one cluster: the other one makes its own. */
const isToken = (secret: KubernetesObject): boolean =>
  secret['type'] === 'kubernetes.io/service-account-token';

const leftOut = / are not in the backup: .*; take them along with --include-secrets$/;

/** The line that says which Secrets a backup goes without: of no use where no backup is kept. */
export const isOfSecretsLeftOut = (warning: string): boolean => leftOut.test(warning);

const whatIsLeftOut = (namespace: string, held: readonly HeldReference[]): string[] => {
  const names = [...new Set(held.map(({ name }) => name))].sort().join(', ');
  return names === ''
    ? []
    : [`secrets of ${namespace} are not in the backup: ${names}; take them along with --include-secrets`];
};

/** The Secrets of workloads and of their accounts; where Secrets were not asked for, one line that names them. */
export const chooseSecrets = (
  here: NamespaceObjects,
  workloads: readonly RawObject[],
  accounts: readonly RawObject[],
): Referred => {
  const held = [...referencesIn(workloads, secretsOf), ...accounts.flatMap(pullSecretsOf)];
  if (here.byPlural[resources.secrets.plural] === undefined)
    return { objects: [], warnings: whatIsLeftOut(here.namespace, held) };
  const { objects, warnings } = refer(here, resources.secrets, held);
  return { objects: objects.filter(({ object }) => !isToken(object)), warnings };
};
