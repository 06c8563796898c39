import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { cannotRead, knownValue } from '../model/reading-of.ts';
import type { CheckFacts, SiteFacts } from './facts.ts';
import type { FurtherKind } from './further-lists.ts';

/** The objects of one kind on one site. What was not read is unknown. */
export const furtherList = (
  { further }: Pick<CheckFacts, 'further'>,
  { site }: SiteFacts,
  kind: FurtherKind,
): readonly KubernetesObject[] => {
  const list = further.find(({ context }) => context === site.context)?.lists[kind];
  return list === undefined ? cannotRead(`${kind} of ${site.name} were not read`) : knownValue(list);
};
