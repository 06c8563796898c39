import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { FieldError } from '../field-error.ts';
import { findings } from '../schema/finding.ts';
import { recordAt, textAt, textsAt } from './reading.ts';

const dnsLabel = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

const dnsLabelRule =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/** Findings about a text that must be a DNS-1035 label. */
export const checkDnsLabel = (field: string, value: string): FieldError[] =>
  dnsLabel.test(value) ? [] : [findings.invalid(field, value, dnsLabelRule)];

const checkRequiredLabel = (field: string, value: string): FieldError[] =>
  value === '' ? [findings.required(field)] : checkDnsLabel(field, value);

/** Kinds may have capitals, but are DNS labels otherwise. */
const checkKindName = (field: string, value: string): FieldError[] => {
  if (value === '') return [findings.required(field)];
  return dnsLabel.test(value.toLowerCase())
    ? []
    : [findings.invalid(field, value, `may have mixed case, but should otherwise match: ${dnsLabelRule}`)];
};

const checkList = (names: unknown, list: string): FieldError[] =>
  textsAt(names, list).flatMap((name, index) => checkRequiredLabel(`spec.names.${list}[${index}]`, name));

/** Findings about `spec.names` of a CustomResourceDefinition. */
export const checkCustomNames = (crd: KubernetesObject): FieldError[] => {
  const names = recordAt(crd, 'spec', 'names');
  return [
    ...checkRequiredLabel('spec.names.plural', textAt(names, 'plural')),
    ...checkRequiredLabel('spec.names.singular', textAt(names, 'singular')),
    ...checkKindName('spec.names.kind', textAt(names, 'kind')),
    ...checkKindName('spec.names.listKind', textAt(names, 'listKind')),
    ...checkList(names, 'shortNames'),
    ...checkList(names, 'categories'),
  ];
};
