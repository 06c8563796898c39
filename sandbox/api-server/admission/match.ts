import type { AdmissionAttributes } from '../objects/admission-control.ts';
import { selects, selectsEither } from './selectors.ts';
import type { Webhook, WebhookRule } from './webhook.ts';

/** Labels of a namespace; undefined where there is none of that name. */
export type NamespaceLabels = (name: string) => Readonly<Record<string, string>> | undefined;

const has = (items: readonly string[] | undefined, wanted: string): boolean =>
  items?.some((item) => item === '*' || item === wanted) ?? false;

const isNamespaceItself = ({ kind }: AdmissionAttributes): boolean =>
  kind.resource.group === '' && kind.resource.plural === 'namespaces';

const fitsScope = ({ scope = '*' }: WebhookRule, attributes: AdmissionAttributes): boolean => {
  const clusterWide = isNamespaceItself(attributes) || attributes.namespace === undefined;
  return scope === '*' || (scope === 'Cluster') === clusterWide;
};

const fitsResource = (
  { resources = [] }: WebhookRule,
  { kind, subresource = '' }: AdmissionAttributes,
): boolean =>
  resources.some((pattern) => {
    const [resource = '', sub = ''] = pattern.split('/', 2);
    return (resource === '*' || resource === kind.resource.plural) && (sub === '*' || sub === subresource);
  });

/** Whether a rule names the operation and the resource. */
const fitsRule = (rule: WebhookRule, attributes: AdmissionAttributes): boolean => {
  const { group, version } = attributes.kind.resource;
  return (
    fitsScope(rule, attributes) &&
    has(rule.operations, attributes.operation) &&
    has(rule.apiGroups, group) &&
    has(rule.apiVersions, version) &&
    fitsResource(rule, attributes)
  );
};

/** `Equivalent` asks, too, where the same resource was requested in another version than the rule names. */
const fitsEquivalent = (rule: WebhookRule, attributes: AdmissionAttributes): boolean =>
  fitsRule({ ...rule, apiVersions: ['*'] }, attributes) && (rule.apiVersions ?? []).length > 0;

const fitsRules = (
  { rules = [], matchPolicy = 'Equivalent' }: Webhook,
  attributes: AdmissionAttributes,
): boolean =>
  rules.some((rule) => fitsRule(rule, attributes)) ||
  (matchPolicy === 'Equivalent' &&
    attributes.kind.custom &&
    rules.some((rule) => fitsEquivalent(rule, attributes)));

const fitsNamespace = (
  { namespaceSelector }: Webhook,
  attributes: AdmissionAttributes,
  labelsOf: NamespaceLabels,
): boolean => {
  if (isNamespaceItself(attributes))
    return selects(namespaceSelector, (attributes.object ?? attributes.oldObject)?.metadata.labels);
  if (attributes.namespace === undefined) return true;
  return selects(namespaceSelector, labelsOf(attributes.namespace));
};

/** Nobody reviews the registration of reviewers: a broken one could then never be taken away. */
const isExempt = ({ kind }: AdmissionAttributes): boolean =>
  kind.resource.group === 'admissionregistration.k8s.io';

/** Whether a webhook is to be asked, its match conditions aside. */
export const isWanted = (
  webhook: Webhook,
  attributes: AdmissionAttributes,
  labelsOf: NamespaceLabels,
): boolean =>
  !isExempt(attributes) &&
  fitsNamespace(webhook, attributes, labelsOf) &&
  selectsEither(webhook.objectSelector, [attributes.object, attributes.oldObject]) &&
  fitsRules(webhook, attributes);
