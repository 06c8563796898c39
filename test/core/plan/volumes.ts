// How the VolumeReplication of a claim stands, in one word, and what uses the claim.

import type { Pod } from '../../../core/model/pod.ts';
import { known } from '../../../core/model/reading.ts';
import type { VolumeAttachment } from '../../../core/model/volume-attachment.ts';
import type { VolumeReplication } from '../../../core/model/volume-replication.ts';
import type { SiteLists } from '../../../core/protection/view-lists.ts';
import { type VrSketch, vr } from '../status/objects.ts';

const sketches = {
  /** Promoted an hour ago. */
  primary: {},
  /** The same, with a sync of five minutes ago. */
  followed: { synced: 5 },
  /** As dr-controller tells it, whatever the times say. */
  toldFollowed: { sets: ['promoted', 'followed'] },
  toldUnfollowed: { synced: 5, sets: ['promoted', 'notFollowed'] },
  toldUnknown: { synced: 5, sets: ['promoted', 'followedUnknown'] },
  toBeDemoted: { wants: 'secondary', generation: 2, observed: 1 },
  toBePromoted: { wants: 'primary', state: 'Secondary', generation: 2, observed: 1 },
  /** A running replica. */
  replica: { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] },
  /** Demoted, and not looked further yet. */
  demoted: { wants: 'secondary', state: 'Secondary', sets: ['demoted'] },
  inSync: { wants: 'secondary', state: 'Secondary', sets: ['inSync'] },
  /** A replica that the driver answers with errors. */
  split: { wants: 'secondary', state: 'Secondary', sets: ['resyncFailed'], message: 'no last sync' },
  resyncing: { wants: 'resync', state: 'Secondary', sets: ['resyncing'] },
  following: { wants: 'secondary', state: 'Secondary', sets: ['resyncing'], autoResync: true },
  demoteFails: { wants: 'secondary', state: 'Primary', sets: ['demoteFailed'], message: 'in use' },
  deleting: { deleting: 1 },
  /** Asked for primary a while ago, and the driver finds no such volume. */
  notFound: { state: 'Unknown', sets: ['volumeNotFound'], changed: 5 },
  notFoundYet: { state: 'Unknown', sets: ['volumeNotFound'], changed: 0 },
  /** A replica that its driver never found. */
  replicaNotFound: { wants: 'secondary', state: 'Unknown', sets: ['volumeNotFound'] },
  /** The driver did not promote it without force. */
  promoteRefused: { state: 'Secondary', sets: ['promoteRefused'] },
} as const satisfies Record<string, VrSketch>;

export type Standing = keyof typeof sketches;

/** The VolumeReplication of a claim. */
export const standing = (
  word: Standing,
  claim = 'db',
  annotations?: Record<string, string>,
): VolumeReplication => {
  const replication = vr({ ...sketches[word], claim });
  return annotations === undefined
    ? replication
    : { ...replication, metadata: { ...replication.metadata, annotations } };
};

/** A site on which claims stand so. */
export const site = (
  stands: Partial<Record<string, Standing>>,
  lists: Partial<SiteLists> = {},
): Partial<SiteLists> => ({
  replications: known(
    Object.entries(stands).flatMap(([claim, word]) => (word === undefined ? [] : [standing(word, claim)])),
  ),
  ...lists,
});

/** A pod of `shop` that mounts a claim. */
export const podOn = (claimName: string, name = `${claimName}-0`, phase = 'Running'): Pod => ({
  metadata: { namespace: 'shop', name },
  spec: { volumes: [{ persistentVolumeClaim: { claimName } }] },
  status: { phase },
});

export const attached = (claim: string): VolumeAttachment => ({
  metadata: { name: `csi-${claim}` },
  spec: { nodeName: 'node-1', source: { persistentVolumeName: `pv-${claim}` } },
});
