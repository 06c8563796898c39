import { readingOf } from '../model/reading-of.ts';
import { mayBeOfStatefulSet } from './claims-of-stateful-sets.ts';
import { type CheckFacts, peerOf, type SiteFacts } from './facts.ts';
import type { FurtherKind } from './further-lists.ts';
import { placedOn } from './node-affinity.ts';
import { needsOfPods, nodesForPods } from './pod-needs.ts';
import { restoresTo } from './restore-conflicts.ts';

/** Nothing that asks for it could be read: then there is nothing to hold the list against either. */
const orNone = <T>(read: () => readonly T[]): readonly T[] => {
  const reading = readingOf(read);
  return reading.known ? reading.value : [];
};

const hasClaimOfStatefulSet = ({ volumes }: CheckFacts, { site }: SiteFacts): boolean =>
  volumes.some(({ sides }) =>
    sides.some(
      (side) =>
        side.site.context === site.context &&
        side.volume?.replication !== undefined &&
        mayBeOfStatefulSet(side.volume.claimName),
    ),
  );

/** Which lists of a site the checks need beside, by what was read of both: of most sites few, and each once. */
export const furtherAsked = (facts: CheckFacts, site: SiteFacts): readonly FurtherKind[] => {
  const peer = peerOf(facts, site);
  const { volumes } = facts;
  const needs = peer === undefined ? [] : orNone(() => needsOfPods(peer, volumes));
  const wantsNodes =
    peer !== undefined &&
    orNone(() => nodesForPods(peer, volumes)).length + orNone(() => placedOn(facts, site)).length > 0;
  const wantsQuotas = readingOf(() => restoresTo(facts, site));
  return [
    ...new Set([
      ...(hasClaimOfStatefulSet(facts, site) ? (['statefulSets'] as const) : []),
      ...(wantsQuotas.known && wantsQuotas.value ? (['resourceQuotas'] as const) : []),
      ...(wantsNodes ? (['nodes'] as const) : []),
      ...needs.map(({ list }) => list),
    ]),
  ];
};
