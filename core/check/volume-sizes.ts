import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { volumeIdentityKey } from '../model/persistent-volume.ts';
import { bytesOf } from '../model/quantity.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { type CheckFacts, peerOf } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachProtected, type ProtectedSide } from './on-each.ts';

const isLarger = (one: string | undefined, other: string | undefined): boolean => {
  const [a, b] = [bytesOf(one), bytesOf(other)];
  return a !== undefined && b !== undefined && a > b;
};

const claimOf = ({ site, volume }: ProtectedSide): PersistentVolumeClaim | undefined =>
  site.view.claim({ namespace: volume.namespace, name: volume.claimName });

const objectOf = ({ volume: { namespace, claimName } }: ProtectedSide) => ({
  kind: 'PersistentVolumeClaim',
  namespace,
  name: claimName,
});

const pendingResize = (side: ProtectedSide, claim: PersistentVolumeClaim): readonly Seen[] => {
  const [wants, has] = [claim.spec?.resources?.requests?.storage, claim.status?.capacity?.storage];
  if (!isLarger(wants, has)) return [];
  const { namespace, claimName } = side.volume;
  return [
    finding('DR414', 'warning', {
      site: side.site,
      object: objectOf(side),
      message: `asks for ${wants} and has ${has}: its resize is not finished, and a move now carries it over half done`,
      next: `${side.site.site.kubectl} -n ${shellWord(namespace)} describe pvc ${shellWord(claimName)}`,
    }),
  ];
};

/** The PV of the other site is a copy that nobody resizes along: it says what the volume was when it was restored. */
const smallerOnPeer = (
  facts: CheckFacts,
  side: ProtectedSide,
  claim: PersistentVolumeClaim,
): readonly Seen[] => {
  const peer = peerOf(facts, side.site);
  const { identity } = side.volume;
  if (peer === undefined || !identity.known) return [];
  const has = claim.status?.capacity?.storage;
  return peer.view
    .volumesOf(volumeIdentityKey(identity.value))
    .filter(({ spec }) => isLarger(has, spec?.capacity?.storage))
    .map(({ metadata, spec }) =>
      finding('DR414', 'warning', {
        site: peer,
        object: { kind: 'PersistentVolume', name: metadata.name ?? '' },
        message: `has ${spec?.capacity?.storage}, and claim ${side.volume.namespace}/${side.volume.claimName} of ${side.site.site.name} has ${has} of the same volume: a claim of that size does not bind to it`,
        next: `${peer.site.kubectl} get pv ${shellWord(metadata.name ?? '')} -o yaml`,
      }),
    );
};

const ofSide = (facts: CheckFacts, side: ProtectedSide): readonly Seen[] => {
  const claim = claimOf(side);
  return claim === undefined ? [] : [...pendingResize(side, claim), ...smallerOnPeer(facts, side, claim)];
};

/** DR414. Storage mirrors a volume's size; Kubernetes objects of the other site keep the old one. */
export const volumeSizes: Check = {
  name: 'VolumeSizes',
  codes: ['DR414'],
  look: (facts) => onEachProtected(facts, (side) => ofSide(facts, side)),
};
