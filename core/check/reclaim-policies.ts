import { shellWord } from '../rules/guard/commands.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachProtected, type ProtectedSide } from './on-each.ts';

const ofSide = ({ site, volume }: ProtectedSide): readonly Seen[] => {
  const { namespace, claimName, volumeName } = volume;
  const claim = `${namespace}/${claimName}`;
  const found = volumeName ? site.view.volume(volumeName) : undefined;
  if (found === undefined) {
    const why = volumeName ? `PV ${volumeName} is not there` : 'it is not bound yet';
    return [{ unknown: `the reclaim policy behind claim ${claim} on ${site.site.name}: ${why}` }];
  }
  // As kube-apiserver defaults it for a PV that says nothing.
  const policy = found.spec?.persistentVolumeReclaimPolicy ?? 'Retain';
  if (policy === 'Retain') return [];
  return [
    finding('DR104', 'error', {
      site,
      object: { kind: 'PersistentVolume', name: volumeName ?? '' },
      message: `has reclaim policy ${policy}, and claim ${claim} is protected: whoever deletes the claim deletes the data with it`,
      next: `${site.site.kubectl} patch pv ${shellWord(volumeName ?? '')} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
    }),
  ];
};

/** DR104. The policy can be changed before protection begins, and where no webhook stands. */
export const reclaimPolicies: Check = {
  name: 'ReclaimPolicies',
  codes: ['DR104'],
  look: (facts) => onEachProtected(facts, ofSide),
};
