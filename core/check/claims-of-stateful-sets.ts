import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { ClaimKey } from '../protection/claims-of-volume.ts';
import { shellWord } from '../rules/guard/commands.ts';
import {
  claimRetentionOf,
  claimsMadeBy,
  keepWhenDeleted,
  keepWhenScaled,
} from '../workload/claim-retention.ts';
import type { CheckFacts, SiteFacts } from './facts.ts';
import { type Check, type CheckFinding, finding, type Seen } from './finding.ts';
import { furtherList } from './further-list.ts';
import { firstOf, onEachSiteOfVolumes, type ProtectedSide } from './on-each.ts';

/** Claims of a template end in a number: without one such nothing is read. */
export const mayBeOfStatefulSet = (claimName: string): boolean => /-\d+$/.test(claimName);

/** What becomes of these claims, which are protected or about to be, with a StatefulSet that made any of them. */
export const retentionFindings = (
  site: Pick<SiteFacts, 'site'>,
  statefulSet: KubernetesObject,
  protectedClaims: readonly ClaimKey[],
): readonly CheckFinding[] => {
  const { namespace = '', name = '' } = statefulSet.metadata;
  const { whenScaled, whenDeleted } = claimRetentionOf(statefulSet);
  if (whenScaled !== 'Delete' && whenDeleted !== 'Delete') return [];
  const protectedHere = protectedClaims.filter((key) => key.namespace === namespace).map((key) => key.name);
  const own = claimsMadeBy(statefulSet, protectedHere);
  if (own.length === 0) return [];
  const claims = firstOf(own.map((claim) => `${namespace}/${claim}`));
  const says = (level: 'error' | 'warning', message: string, patch: string): CheckFinding =>
    finding('DR429', level, {
      site,
      object: { kind: 'StatefulSet', namespace, name },
      message,
      next: `${site.site.kubectl} -n ${shellWord(namespace)} patch statefulset ${shellWord(name)} --type=merge -p '${patch}'`,
    });
  return [
    ...(whenScaled === 'Delete'
      ? [
          says(
            'error',
            `deletes its claims when it is scaled down (whenScaled: Delete), and claim ${claims} is protected: procedures do not stop it, and whoever scales it to 0 has the claim deleted`,
            keepWhenScaled,
          ),
        ]
      : []),
    ...(whenDeleted === 'Delete'
      ? [
          says(
            'warning',
            `deletes its claims when it is deleted (whenDeleted: Delete), and claim ${claims} is protected: the claim goes with whoever deletes the StatefulSet`,
            keepWhenDeleted,
          ),
        ]
      : []),
  ];
};

const ofSite = (facts: CheckFacts, site: SiteFacts, sides: readonly ProtectedSide[]): readonly Seen[] => {
  if (!sides.some(({ volume }) => mayBeOfStatefulSet(volume.claimName))) return [];
  const claims = sides.map(({ volume }) => ({ namespace: volume.namespace, name: volume.claimName }));
  return furtherList(facts, site, 'statefulSets').flatMap((statefulSet) =>
    retentionFindings(site, statefulSet, claims),
  );
};

/** DR429. A move scales workloads down, which for this one means that the claims go. */
export const claimsOfStatefulSets: Check = {
  name: 'ClaimsOfStatefulSets',
  codes: ['DR429'],
  look: (facts) => onEachSiteOfVolumes(facts, (site, sides) => ofSite(facts, site, sides)),
};
