import type { VolumeIdentity } from '../model/persistent-volume.ts';

/** Which volume is looked for on the other site. */
export type PeerQuestion = {
  /** What both sites share of it; undefined where nobody knows it yet, and then namespace and name of the claim stand for it. */
  readonly identity: VolumeIdentity | undefined;
  /** The handle of its copy on the other site, where something tells that it is another one. */
  readonly destination?: string | undefined;
  /** The name of its PV here: the other site's most often has the same, as it is carried over. */
  readonly volumeName: string | undefined;
  readonly claim: {
    readonly namespace: string;
    readonly name: string;
    /** Its uid here: a claim there that has it, too, is this one, and that site is this very cluster. */
    readonly uid?: string | undefined;
  };
};
