import { knownValue } from '../model/reading-of.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachProtected, type ProtectedSide } from './on-each.ts';

const ofSide = ({ site, volume }: ProtectedSide): readonly Seen[] => {
  const { namespace, claimName: name } = volume;
  knownValue(knownValue(site.objects).claims);
  if (site.view.claim({ namespace, name })?.metadata.deletionTimestamp === undefined) return [];
  return [
    finding('DR436', 'error', {
      site,
      object: { kind: 'PersistentVolumeClaim', namespace, name },
      message:
        'is being deleted, which nobody can take back: no new pod may mount it, so that what a move or a restart stops does not start on it again, and it is gone once its finalizers are',
      next: `${site.site.kubectl} -n ${shellWord(namespace)} describe pvc ${shellWord(name)}`,
    }),
  ];
};

/** DR436. It looks well for as long as its pods run. */
export const claimsTerminating: Check = {
  name: 'ClaimsTerminating',
  codes: ['DR436'],
  look: (facts) => onEachProtected(facts, ofSide),
};
