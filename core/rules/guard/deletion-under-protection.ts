import type { Reading } from '../../model/reading.ts';
import type { ClaimFacts, NamespaceFacts, VolumeFacts } from '../protection-facts.ts';
import type { ReplicationHere } from '../replication-facts.ts';
import { cannotTell } from './cannot-tell.ts';
import { deleteReplication, kubectl, nameReplication, shellWord, typeAndName } from './commands.ts';
import { listNames } from './list-names.ts';
import type { GuardRule, Objection } from './objection.ts';

/** What is to be deleted while replications depend on it. */
type Deletion = {
  /** The object, as a sentence names it. */
  readonly about: string;
  /** What is said of it before the names of its replications, and where these are unknown. */
  readonly verb: string;
  readonly doubt: string;
  readonly risk: string;
  readonly replications: Reading<readonly ReplicationHere[]>;
};

const endProtection = (replications: readonly [ReplicationHere, ...ReplicationHere[]]): string => {
  const [first, ...others] = replications;
  const more = others.length === 0 ? '' : ' (and so for each)';
  if (first.kind === 'VolumeReplication')
    return `End the protection first: ${deleteReplication(first)}${more}`;
  const selector = kubectl(first, `get ${typeAndName(first)} -o jsonpath='{.spec.source.selector}'`);
  return `Take the claim out of the group first, by its labels; the selector: ${selector} - or end the protection: ${deleteReplication(first)}${more}`;
};

const objectTo = ({ about, verb, doubt, risk, replications }: Deletion): readonly Objection[] => {
  if (!replications.known)
    return [cannotTell(`whether ${about} ${doubt}`, replications.why, `if so, ${risk}`)];
  const [first, ...others] = replications.value;
  if (first === undefined) return [];
  const names = listNames([first, ...others].map(nameReplication));
  return [{ fact: `${about} ${verb} ${names}`, risk, next: endProtection([first, ...others]) }];
};

const objectToClaim = ({ namespace, name, isTerminating, namespaceTerminating, protectedBy }: ClaimFacts) => {
  if (isTerminating || (namespaceTerminating.known && namespaceTerminating.value)) return [];
  return objectTo({
    about: `claim ${namespace}/${name}`,
    verb: 'is protected by',
    doubt: 'is protected',
    risk: 'without its claim a replication can neither be moved nor ended, and the data may go with the claim',
    replications: protectedBy,
  });
};

const objectToVolume = ({ name, operation, before, protectedBy }: VolumeFacts) => {
  if (operation !== 'DELETE' || before.metadata.deletionTimestamp !== undefined) return [];
  return objectTo({
    about: `PV ${name}`,
    verb: 'is protected by',
    doubt: 'is protected',
    risk: 'without its PV nobody finds the volume, and its claim turns Lost',
    replications: protectedBy,
  });
};

const objectToNamespace = ({ name, isTerminating, replications }: NamespaceFacts) => {
  if (isTerminating) return [];
  const objections = objectTo({
    about: `namespace ${name}`,
    verb: 'holds',
    doubt: 'holds replications that protect',
    risk: "everything in it would go: claims, mirroring, and with a primary the other site's copy",
    replications,
  });
  return objections.map((objection) => ({
    ...objection,
    next: replications.known
      ? `End the protection one by one first; all there is: kubectl -n ${shellWord(name)} get vr,vgr`
      : objection.next,
  }));
};

/**
 * DR111. Nothing is deleted that could hold the last copy: no claim or PV under protection, and no namespace with replications that
 * protect. What is terminating already goes on, so that nothing is stuck half deleted.
 */
export const deletionUnderProtection: GuardRule = (facts) => {
  switch (facts.subject) {
    case 'claim':
      return objectToClaim(facts);
    case 'volume':
      return objectToVolume(facts);
    case 'namespace':
      return objectToNamespace(facts);
    default:
      return [];
  }
};
