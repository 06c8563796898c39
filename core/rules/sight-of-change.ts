import type { ConsentAction } from '../consent.ts';
import { type SeenPeer, type Sight, worstPeer } from '../consent-seen.ts';
import { recordedHandle } from '../model/handle-there.ts';
import { volumeIdentityOf } from '../model/persistent-volume.ts';
import type { SeenVolume } from '../model/same-volume.ts';
import type { PeerView } from './peer-view.ts';
import type { Member, ReplicationFacts } from './replication-facts.ts';

/** What a view of the other site says in a word. What is only on its way to be primary is none yet for who gives up a copy. */
export const peerWord = (view: PeerView, action: ConsentAction): SeenPeer => {
  switch (view.state) {
    case 'primary':
      return action === 'resync' && view.by !== 'both' ? 'unknown' : 'primary';
    case 'not-primary':
      return 'not-primary';
    default:
      return 'unknown';
  }
};

const volumeOf = ({ volume }: Member): SeenVolume | undefined => {
  if (!volume.known || volume.value === undefined) return undefined;
  const identity = volumeIdentityOf(volume.value);
  return identity && { ...identity, destination: recordedHandle(volume.value) };
};

const lastSyncOf = ({ peer }: Member): number[] =>
  peer.state === 'primary' && peer.lastSync !== undefined ? [peer.lastSync] : [];

const oldest = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : Math.min(...times);

/** What a consent to one action is compared with: of several volumes the worst. */
export const sightOf = (
  { members, consent: { generations } }: ReplicationFacts,
  action: ConsentAction,
): Sight => {
  if (!members.known) return { peer: 'unknown', lastSync: undefined, volumes: [undefined], generations };
  return {
    peer: worstPeer(
      action,
      members.value.map(({ peer }) => peerWord(peer, action)),
    ),
    lastSync: oldest(members.value.flatMap(lastSyncOf)),
    volumes: members.value.map(volumeOf),
    generations,
  };
};
