import type { RecordFacts, RecordKindFacts } from '../protection-facts.ts';
import { cannotTell } from './cannot-tell.ts';
import { shellWord } from './commands.ts';
import { listNames } from './list-names.ts';
import type { GuardRule, Objection } from './objection.ts';

const objectToRecord = ({ namespace, name, isTerminating, atWork }: RecordFacts): readonly Objection[] => {
  if (isTerminating || atWork === undefined) return [];
  return [
    {
      fact: `Operation ${namespace}/${name} is the record of a procedure that runs now: ${atWork}`,
      risk: 'a second person would no longer be held off from the same volumes, and how large the workloads were, which nothing else may tell, would be gone',
      next: `Wait until it has ended, or end it where it runs; it can be deleted 5 minutes after nobody writes to it any more: kubectl dr history ${shellWord(name)} -n ${shellWord(namespace)}`,
    },
  ];
};

const risk =
  'all records would go with it: which copy is older after a failover, how large workloads were, and what holds a second person off';

const objectToKind = ({ name, isTerminating, replications }: RecordKindFacts): readonly Objection[] => {
  if (isTerminating) return [];
  const about = `CustomResourceDefinition ${name}`;
  if (!replications.known)
    return [cannotTell(`whether ${about} is of use to what protects`, replications.why, `if so, ${risk}`)];
  if (replications.value.length === 0) return [];
  return [
    {
      fact: `${about} holds the records of procedures, and ${listNames(replications.value)} protect`,
      risk,
      next: 'Keep it for as long as anything is protected; single records can be deleted: kubectl get operations -A',
    },
  ];
};

/** DR116. What cannot be observed is on record alone: nobody deletes that of a procedure that runs, nor the kind while anything is protected. */
export const recordNeeded: GuardRule = (facts) => {
  switch (facts.subject) {
    case 'record':
      return objectToRecord(facts);
    case 'recordKind':
      return objectToKind(facts);
    default:
      return [];
  }
};
