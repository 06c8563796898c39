import type { VolumeIdentity } from '../core/model/persistent-volume.ts';
import type { Reading } from '../core/model/reading.ts';
import type { PeerView } from '../core/rules/peer-view.ts';

/** Which volume is looked for on the other site. */
export type PeerQuestion = {
  /** What both sites share of it; undefined where nobody knows it yet, and then namespace and name of the claim stand for it. */
  readonly identity: VolumeIdentity | undefined;
  /** The name of its PV here: the other site's most often has the same, as it is carried over. */
  readonly volumeName: string | undefined;
  readonly claim: { readonly namespace: string; readonly name: string };
};

/** A class of the other site, as far as two classes of one name can differ. */
export type PeerClass = {
  readonly site: string;
  readonly provisioner: string;
  readonly parameters: Readonly<Record<string, string>>;
};

/** Looks at the other site. Neither method rejects: what cannot be read in time is unknown, with the reason. */
export interface PeerLook {
  /** The other site's name. */
  readonly site: string;
  /** What it shows of a volume, read live: an answer is at most a second old. */
  look(question: PeerQuestion, signal: AbortSignal): Promise<PeerView>;
  /** Its class of that name; undefined where it has none. */
  classNamed(
    kind: 'VolumeReplicationClass' | 'VolumeGroupReplicationClass',
    name: string,
    signal: AbortSignal,
  ): Promise<Reading<PeerClass | undefined>>;
  /** Ends what it follows; the connection stays its owner's. */
  close(): void;
}
