import { restoreAnnotations } from '../../backup/restore-annotations.ts';
import type { Reading } from '../../model/reading.ts';
import type {
  ClaimFacts,
  DefinitionFacts,
  NamespaceFacts,
  NeededFacts,
  TakenAlong,
  VolumeFacts,
} from '../protection-facts.ts';
import type { ReplicationHere } from '../replication-facts.ts';
import { cannotTell } from './cannot-tell.ts';
import {
  deleteReplication,
  kubectl,
  nameReplication,
  setRetain,
  shellWord,
  typeAndName,
} from './commands.ts';
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
    return `End the protection first, which asks for a consent (kubectl dr explain DR110): ${deleteReplication(first)}${more}`;
  const selector = kubectl(first, `get ${typeAndName(first)} -o jsonpath='{.spec.source.selector}'`);
  return `Take the claim out of the group first, by its labels; the selector: ${selector} - or end the protection, which asks for a consent (kubectl dr explain DR110): ${deleteReplication(first)}${more}`;
};

const objectTo = ({ about, verb, doubt, risk, replications }: Deletion): readonly Objection[] => {
  if (!replications.known)
    return [cannotTell(`whether ${about} ${doubt}`, replications.why, `if so, ${risk}`)];
  const [first, ...others] = replications.value;
  if (first === undefined) return [];
  const names = listNames([first, ...others].map(nameReplication));
  return [{ fact: `${about} ${verb} ${names}`, risk, next: endProtection([first, ...others]) }];
};

/** A volume is deleted with the claim that one of its PVs is bound to, whoever protects it through another. */
const objectToTakenAlong = (
  { about, namespace }: { readonly about: string; readonly namespace: string },
  takesAlong: Reading<readonly TakenAlong[]>,
): readonly Objection[] => {
  const risk = 'the volume would be deleted with the claim, and the data of all who have it';
  if (!takesAlong.known) {
    const what = `whether a protected volume would go with ${about}`;
    return [cannotTell(what, takesAlong.why, `if so, ${risk}`)];
  }
  const [first] = takesAlong.value;
  if (first === undefined) return [];
  const volumes = takesAlong.value.map(({ volumeName }) => volumeName);
  const more = volumes.length === 1 ? '' : ` (and so with PV ${listNames(volumes.slice(1))})`;
  return [
    {
      fact: `PV ${first.volumeName} of claim ${namespace}/${first.claimName} has reclaim policy ${first.policy}, and its volume is protected by ${listNames(first.protectedBy.map(nameReplication))}${more}`,
      risk,
      next: `Keep the volume: ${setRetain(volumes.slice(0, 5))}`,
    },
  ];
};

const objectToClaim = (facts: ClaimFacts): readonly Objection[] => {
  const { namespace, name, isTerminating, namespaceTerminating, protectedBy, takesAlong } = facts;
  if (isTerminating || (namespaceTerminating.known && namespaceTerminating.value)) return [];
  const about = `claim ${namespace}/${name}`;
  const objections = objectTo({
    about,
    verb: 'is protected by',
    doubt: 'is protected',
    risk: 'without its claim a replication can neither be moved nor ended, and the data may go with the claim',
    replications: protectedBy,
  });
  // What is refused already, or cannot be told for the same reason, is not said twice.
  return objections.length > 0 ? objections : objectToTakenAlong({ about, namespace }, takesAlong);
};

const objectToVolume = ({ name, operation, before, protectedBy }: VolumeFacts) => {
  if (operation !== 'DELETE' || before?.metadata.deletionTimestamp !== undefined) return [];
  return objectTo({
    about: `PV ${name}`,
    verb: 'is protected by',
    doubt: 'is protected',
    risk: 'without its PV nobody finds the volume, and its claim turns Lost',
    replications: protectedBy,
  });
};

const objectToNamespace = ({ name, isTerminating, replications, takesAlong }: NamespaceFacts) => {
  if (isTerminating) return [];
  const objections = objectTo({
    about: `namespace ${name}`,
    verb: 'holds',
    doubt: 'holds replications that protect',
    risk: "everything in it would go: claims, mirroring, and with a primary the other site's copy",
    replications,
  });
  if (objections.length === 0)
    return objectToTakenAlong({ about: `namespace ${name}`, namespace: name }, takesAlong);
  return objections.map((objection) => ({
    ...objection,
    next: replications.known
      ? `End the protection one by one first; all there is: kubectl -n ${shellWord(name)} get vr,vgr`
      : objection.next,
  }));
};

const objectToDefinition = ({ name, isTerminating, replications }: DefinitionFacts) => {
  if (isTerminating) return [];
  const objections = objectTo({
    about: `CustomResourceDefinition ${name}`,
    verb: 'holds',
    doubt: 'holds replications that protect',
    risk: "all of that kind would be deleted with it: their mirroring ends, and with each primary the other site's copy",
    replications,
  });
  return objections.map((objection) => ({
    ...objection,
    next: replications.known
      ? 'Keep it; to end the protection, end it one by one: kubectl get vr,vgr -A'
      : objection.next,
  }));
};

const neededRisk =
  'without it no volume of theirs is promoted or restored here: a failover to this site ends there, with the application down';

/** A volume that is mirrored to this site has no replication here yet: its restored claim carries the class as an annotation. */
const objectToStandby = (about: string, standby: Reading<readonly string[]>): readonly Objection[] => {
  if (!standby.known)
    return [cannotTell(`whether restored claims need ${about}`, standby.why, `if so, ${neededRisk}`)];
  const [first] = standby.value;
  if (first === undefined) return [];
  return [
    {
      fact: `${about} is needed to promote claim ${listNames(standby.value)}, which the other site mirrors to here`,
      risk: neededRisk,
      next: `Keep it for as long as they are mirrored. Of a claim that is not any more, take the note off: kubectl -n ${shellWord(first.split('/')[0] ?? '')} annotate pvc ${shellWord(first.split('/')[1] ?? '')} ${restoreAnnotations.replicationClass}-`,
    },
  ];
};

const objectToNeeded = ({ kind, name, isTerminating, replications, standby }: NeededFacts) => {
  if (isTerminating) return [];
  const about = `${kind} ${name}`;
  const objections = objectTo({
    about,
    verb: 'is needed by',
    doubt: 'is needed by replications',
    risk: neededRisk,
    replications,
  });
  if (objections.length === 0) return objectToStandby(about, standby);
  return objections.map((objection) => ({
    ...objection,
    next: replications.known
      ? 'Keep it; to end the protection, end it one by one: kubectl get vr,vgr -A'
      : objection.next,
  }));
};

/**
 * DR111. Nothing is deleted that could hold the last copy, or that a copy cannot be promoted without: no claim or PV under protection, no
 * namespace with replications that protect, no definition of their kind or of classes, no class that they name, nor what takes a volume along
 * that is protected through another claim. What is terminating already goes on, so that nothing is stuck half deleted.
 */
export const deletionUnderProtection: GuardRule = (facts) => {
  switch (facts.subject) {
    case 'claim':
      return objectToClaim(facts);
    case 'volume':
      return objectToVolume(facts);
    case 'namespace':
      return objectToNamespace(facts);
    case 'definition':
      return objectToDefinition(facts);
    case 'needed':
      return objectToNeeded(facts);
    default:
      return [];
  }
};
