import { consentAnnotation } from '../../core/consent.ts';
import { usesAnnotation } from '../../core/consent-use.ts';
import { demotionAnnotation } from '../../core/following/demotion.ts';
import { resources } from '../../core/model/resource.ts';
import { binderAnnotations } from '../../core/rules/repair/binder-annotations.ts';
import type { MatchCondition } from './webhook-configuration.ts';

// CEL, decided by the API server before it calls. Only what kube-apiserver and the sandbox's server both know: `has()`, `in`,
// operators. An expression that fails refuses the request under `failurePolicy: Fail`, so every field that may be missing is asked
// for first.

const text = (value: string): string => `'${value.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`;

const replicationPrefix = 'replication.storage.openshift.io';

/** What the controllers leave on a claim that they protect. */
const claimMarks = {
  finalizer: `${replicationPrefix}/pvc-protection`,
  annotations: [
    `${replicationPrefix}/volume-replication-name`,
    `${replicationPrefix}/volume-group-replication-name`,
  ],
};

const hasAnnotation = (object: string, key: string): string =>
  `(has(${object}.metadata.annotations) && ${text(key)} in ${object}.metadata.annotations)`;

const sameAnnotation = (key: string): string => {
  const [before, after] = [hasAnnotation('oldObject', key), hasAnnotation('object', key)];
  const value = (object: string): string => `${object}.metadata.annotations[${text(key)}]`;
  return `${before} == ${after} && (!${after} || ${value('oldObject')} == ${value('object')})`;
};

/** Whether a path of fields leads somewhere: `has()` itself fails where anything before the last field is missing. */
const hasField = (object: string, path: readonly string[]): string =>
  `(${path.map((_, index) => `has(${[object, ...path.slice(0, index + 1)].join('.')})`).join(' && ')})`;

const sameField = (...path: readonly string[]): string => {
  const [before, after] = [hasField('oldObject', path), hasField('object', path)];
  const value = (object: string): string => [object, ...path].join('.');
  return `${before} == ${after} && (!${after} || ${value('oldObject')} == ${value('object')})`;
};

const isResource = (resource: string): string => `request.resource.resource == ${text(resource)}`;

const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;

/** Accounts that somebody vouched for are never judged. None is by its name alone: whoever may make an account of that name had its rights. */
export const notOwnAccounts = (accounts: readonly string[]): MatchCondition[] =>
  accounts.length === 0
    ? []
    : [
        {
          name: 'not-our-own-accounts',
          expression: `!(request.userInfo.username in ${list([...new Set(accounts)])})`,
        },
      ];

/**
 * Namespaces whose claims the cluster and the webhook itself need to come up or to go. A replication is judged in them as everywhere: nothing
 * needs one to come up.
 */
export const notSparedNamespaces = (namespaces: readonly string[]): MatchCondition => {
  const spared = list(namespaces);
  const isNamespace = isResource('namespaces');
  return {
    name: 'not-in-spared-namespaces',
    expression:
      `request.resource.group == ${text(replicationPrefix)}` +
      ` || !(${isNamespace} && has(oldObject.metadata.name) && oldObject.metadata.name in ${spared}` +
      ` || !(${isNamespace}) && has(request.namespace) && request.namespace in ${spared})`,
  };
};

/** Nodes have to come back whatever became of the webhook. */
export const notNodes: MatchCondition = {
  name: 'not-nodes',
  expression: "!(has(request.userInfo.groups) && 'system:nodes' in request.userInfo.groups)",
};

/**
 * It only deletes in namespaces whose own deletion was judged, and that was refused while anything in them protects: what is left
 * must never be stuck half deleted.
 */
export const notNamespaceController: MatchCondition = {
  name: 'not-the-namespace-controller',
  expression: "request.userInfo.username != 'system:serviceaccount:kube-system:namespace-controller'",
};

/** Labels, finalizers and other annotations change nothing that a rule looks at; a consent does. */
export const changedReplication: MatchCondition = {
  name: 'spec-or-consent-changes',
  expression: `request.operation != 'UPDATE' || ${isResource('persistentvolumes')} || !(${sameField('spec')} && ${sameAnnotation(consentAnnotation)})`,
};

const asksForPrimary = (object: string): string => {
  const path = ['spec', 'replicationState'];
  return `(${hasField(object, path)} && ${[object, ...path].join('.')} == 'primary')`;
};

/** A primary is asked to step down, what was demoted is changed again, or what was noted of a demotion is. */
export const touchesDemotion: MatchCondition = {
  name: 'touches-demotion',
  expression:
    `(${asksForPrimary('oldObject')} && !${asksForPrimary('object')})` +
    ` || (${hasAnnotation('oldObject', demotionAnnotation)} && !(${sameField('spec')}))` +
    ` || !(${sameAnnotation(demotionAnnotation)})`,
};

/** A consent goes along with a change of the spec; or what was used before is to be left out. */
export const usesConsent: MatchCondition = {
  name: 'uses-consent',
  expression:
    `(request.operation == 'CREATE' && ${hasAnnotation('object', consentAnnotation)})` +
    ` || (request.operation == 'UPDATE' && ((${hasAnnotation('object', consentAnnotation)} && !(${sameField('spec')}))` +
    ` || (${hasAnnotation('oldObject', usesAnnotation)} && !(${sameAnnotation(usesAnnotation)}))))`,
};

/** The binder and others change PVs all the time; only the reclaim policy is judged. */
export const changedReclaimPolicy: MatchCondition = {
  name: 'reclaim-policy-changes',
  expression: `request.operation != 'UPDATE' || !(${isResource('persistentvolumes')}) || !(${sameField('spec', 'persistentVolumeReclaimPolicy')})`,
};

/** Deleting once more what is already going changes nothing. */
export const notDeletedBefore: MatchCondition = {
  name: 'not-deleted-before',
  expression: "request.operation != 'DELETE' || !has(oldObject.metadata.deletionTimestamp)",
};

const replicationDefinitions = [
  'volumereplications',
  'volumegroupreplications',
  'volumereplicationclasses',
  'volumegroupreplicationclasses',
]
  .map((plural) => `${plural}.${replicationPrefix}`)
  .concat(`${resources.operations.plural}.${resources.operations.group}`);

/** Definitions of other kinds are none of our business: the cluster must be able to delete them whatever became of the webhook. */
export const ownDefinitions: MatchCondition = {
  name: 'definitions-of-replications',
  expression: `!(${isResource('customresourcedefinitions')}) || (has(oldObject.metadata.name) && oldObject.metadata.name in [${replicationDefinitions.map(text).join(', ')}])`,
};

const carriesMark = [
  `(${isResource('persistentvolumeclaims')} && (has(oldObject.metadata.finalizers) && ${text(claimMarks.finalizer)} in oldObject.metadata.finalizers` +
    `${claimMarks.annotations.map((key) => ` || ${hasAnnotation('oldObject', key)}`).join('')}))`,
  `(${isResource('persistentvolumes')} && ${hasField('oldObject', ['status', 'phase'])} && oldObject.status.phase == 'Bound')`,
].join(' || ');

const isStorageDelete = `request.operation == 'DELETE' && (${isResource('persistentvolumeclaims')} || ${isResource('persistentvolumes')})`;

const keepsVolume = `(${hasField('object', ['spec', 'persistentVolumeReclaimPolicy'])} && object.spec.persistentVolumeReclaimPolicy == 'Retain')`;

const sameClaimRef = ['namespace', 'name', 'uid']
  .map((field) => sameField('spec', 'claimRef', field))
  .join(' && ');

/** A PV that does not keep its volume is made, as provisioners make them all day, or gets a claim. */
const takesVolume = `${isResource('persistentvolumes')} && request.operation != 'DELETE' && ${hasField('object', ['spec', 'csi'])} && !${keepsVolume} && (request.operation == 'CREATE' || !(${sameClaimRef}))`;

/**
 * What the cluster does all day with claims and volumes that have nothing to do with us: the end of what carries nobody's mark and is not
 * bound, and PVs that are made to be deleted with their claims.
 */
export const unmarked: MatchCondition = {
  name: 'unmarked',
  expression: `(${isStorageDelete} && !(${carriesMark})) || (${takesVolume})`,
};

/** All deletes that `unmarked` does not take in: together they take in each exactly once. */
export const notUnmarkedDelete: MatchCondition = {
  name: 'marked',
  expression: `!(${isStorageDelete}) || ${carriesMark}`,
};

/** Only what looks as if it had been bound before, on some cluster: a claimRef with a uid, or the binder's annotations. */
export const wasBoundBefore: MatchCondition = {
  name: 'was-bound-before',
  expression:
    `(${isResource('persistentvolumes')} && ${hasField('object', ['spec', 'claimRef', 'uid'])})` +
    ` || (${isResource('persistentvolumeclaims')} && (${[binderAnnotations.bindCompleted, binderAnnotations.boundByController].map((key) => hasAnnotation('object', key)).join(' || ')}))`,
};
