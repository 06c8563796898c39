import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Kind } from '../kind.ts';
import { checkFields, matchesFields, parseFieldSelector } from './field-selector.ts';
import { matchesLabels, parseLabelSelector } from './label-selector.ts';

/** Which objects a list, watch or deletecollection means. */
export type Selection = {
  /** Everything: nothing needs to be asked of the objects. */
  all: boolean;
  matches: (object: KubernetesObject) => boolean;
};

/** Reads `labelSelector` and `fieldSelector` of a request; refuses (400) what cannot be parsed or selected by. */
export const selectionOf = (query: URLSearchParams, kind: Kind): Selection => {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '');
  checkFields(fields, kind);
  return {
    all: labels.length === 0 && fields.length === 0,
    matches: (object) => matchesLabels(labels, object.metadata.labels) && matchesFields(fields, kind, object),
  };
};
