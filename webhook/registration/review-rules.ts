import { resources } from '../../core/model/resource.ts';
import type { RuleWithOperations } from './webhook-configuration.ts';

const group = resources.volumeReplications.group;
const records = resources.operations;
const replications = ['volumereplications', 'volumegroupreplications'];
const classes = ['volumereplicationclasses', 'volumegroupreplicationclasses'];

const rule = (
  apiGroup: string,
  scope: RuleWithOperations['scope'],
  names: readonly string[],
  operations: RuleWithOperations['operations'],
): RuleWithOperations => ({
  apiGroups: [apiGroup],
  apiVersions: [[group, records.group].includes(apiGroup) ? records.version : 'v1'],
  operations,
  resources: [...names],
  scope,
});

const deletedClaims = rule('', 'Namespaced', ['persistentvolumeclaims'], ['DELETE']);

/** Which requests each webhook is asked about, before its conditions: kinds by name, and never a subresource. */
export const reviewRules = {
  guard: [
    rule(group, 'Namespaced', replications, ['CREATE', 'UPDATE', 'DELETE']),
    rule(group, 'Cluster', classes, ['CREATE', 'DELETE']),
    rule('', 'Cluster', ['persistentvolumes'], ['UPDATE', 'DELETE']),
    deletedClaims,
    rule('', 'Cluster', ['namespaces'], ['DELETE']),
    rule('apiextensions.k8s.io', 'Cluster', ['customresourcedefinitions'], ['DELETE']),
    rule('storage.k8s.io', 'Cluster', ['storageclasses'], ['DELETE']),
    rule(records.group, 'Namespaced', [records.plural], ['DELETE']),
  ],
  guardUnmarked: [rule('', 'Cluster', ['persistentvolumes'], ['CREATE', 'UPDATE', 'DELETE']), deletedClaims],
  advice: [
    rule(group, 'Namespaced', replications, ['CREATE', 'UPDATE']),
    rule(group, 'Cluster', classes, ['CREATE']),
  ],
  restore: [
    rule('', 'Cluster', ['persistentvolumes'], ['CREATE']),
    rule('', 'Namespaced', ['persistentvolumeclaims'], ['CREATE']),
  ],
  demotion: [rule(group, 'Namespaced', replications, ['UPDATE'])],
  consent: [rule(group, 'Namespaced', replications, ['CREATE', 'UPDATE'])],
} satisfies Record<string, RuleWithOperations[]>;
