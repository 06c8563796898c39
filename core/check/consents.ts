import { consentAnnotation, whyConsentIsVoid } from '../consent.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { shellWord, typeAndName } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import type { CheckFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachProtected, type ProtectedSide } from './on-each.ts';

const objectOf = ({ site, replication }: ProtectedSide): KubernetesObject | undefined => {
  const { kind, namespace, name } = replication;
  return kind === 'VolumeReplication'
    ? site.view.replication(namespace, name)
    : site.view.groupsIn(namespace).find(({ metadata }) => metadata.name === name);
};

const ofSide = (side: ProtectedSide, now: number): readonly Seen[] => {
  const text = objectOf(side)?.metadata.annotations?.[consentAnnotation];
  if (text === undefined) return [];
  const { kind, namespace, name } = side.replication;
  const { kubectl } = side.site.site;
  const why = whyConsentIsVoid(text, now);
  return [
    finding('DR413', 'warning', {
      site: side.site,
      object: { kind, namespace, name },
      message:
        why === undefined
          ? 'carries a consent that holds: the next change of it may lose data without being refused'
          : `carries a consent that nobody honours any more: ${oneLine(why)}`,
      next: `${kubectl} -n ${shellWord(namespace)} annotate ${typeAndName({ kind, name })} ${consentAnnotation}-`,
    }),
  ];
};

/** DR413. A consent is for one change and for now. */
export const consents: Check = {
  name: 'Consents',
  codes: ['DR413'],
  look: (facts: CheckFacts) => onEachProtected(facts, (side) => ofSide(side, facts.now)),
};
