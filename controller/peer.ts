import { messageOf } from '../core/model/error.ts';
import { resources } from '../core/model/resource.ts';
import type { VolumeReplication } from '../core/model/volume-replication.ts';
import type { PeerView } from '../core/replication/facts.ts';
import { isNotFound } from '../kube/api-error.ts';
import type { Cluster } from '../kube/cluster.ts';

/** A person waits for the answer, and the other site may be dark. */
const timeoutMs = 5_000;

/** A site that did not answer is left in peace for so long: a thousand volumes may want to know at once. */
const silenceMs = 10_000;

const roleOf = (there: VolumeReplication, site: string): PeerView => {
  if (there.spec.replicationState === 'primary' || there.status?.state === 'Primary') {
    return { state: 'primary', site };
  }
  const isCurrent = there.status?.observedGeneration === there.metadata.generation;
  return isCurrent && there.status?.state === 'Secondary'
    ? { state: 'not-primary', site }
    : { state: 'unknown', site, reason: 'its VolumeReplication has not settled' };
};

/** What the VolumeReplication of the same name on the other site says. What cannot be read is unknown, never "not primary". */
export const peerLook = (
  peer: Cluster,
  now: () => number,
): ((replication: VolumeReplication) => Promise<PeerView>) => {
  const site = peer.name;
  let lost: { at: number; view: PeerView } | undefined;
  return async ({ metadata }) => {
    if (lost !== undefined && now() - lost.at < silenceMs) return lost.view;
    const key = { name: metadata.name ?? '', namespace: metadata.namespace ?? '' };
    try {
      const there = await peer.get<VolumeReplication>(resources.volumeReplications, key, { timeoutMs });
      lost = undefined;
      return roleOf(there, site);
    } catch (error) {
      if (isNotFound(error))
        return { state: 'unknown', site, reason: 'no VolumeReplication of this name there' };
      const view: PeerView = { state: 'unknown', site, reason: messageOf(error) };
      lost = { at: now(), view };
      return view;
    }
  };
};
