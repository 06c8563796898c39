import type { PeerView } from '../peer-view.ts';
import type { ReplicationReference } from './commands.ts';

/** The other site is primary, on its way to it, or on its way from it. */
export type PeerPrimary = Extract<PeerView, { state: 'primary' }>;

/** What names the other site's replication in a command and in a sentence; the view holds `namespace/name`. */
export const referenceTo = ({
  site,
  replication,
  kind = 'VolumeReplication',
}: Pick<PeerPrimary, 'site' | 'replication' | 'kind'>): ReplicationReference => {
  const slash = replication.indexOf('/');
  return { site, kind, namespace: replication.slice(0, slash), name: replication.slice(slash + 1) };
};
