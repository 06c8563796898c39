import type { Demotion } from '../following/demotion.ts';
import type { VolumeIdentity } from '../model/persistent-volume.ts';

/** A copy that was demoted, and may hold what no other has. */
export type LeftCopy = {
  /** `namespace/name` over there. */
  readonly replication: string;
  readonly kind: 'VolumeReplication' | 'VolumeGroupReplication';
  readonly demotion: Demotion;
};

/** A claim of the same name that has another volume, and is protected: whoever types the name means one of the two. */
export type AnotherVolume = {
  /** `namespace/name` over there. */
  readonly claim: string;
  readonly identity: VolumeIdentity;
  /** `namespace/name` over there. */
  readonly replication: string;
  readonly kind: 'VolumeReplication' | 'VolumeGroupReplication';
};

/** What the other site has under the name of the claim, where that is another volume for sure. */
type Namesake = { readonly another?: AnotherVolume | undefined };

/** What the other site shows of one volume, looked up by the volume's identity. */
export type PeerView =
  /** No peer is known to whoever asks. */
  | { readonly state: 'not-configured' }
  /** Nobody asked: the change does not make a volume primary, nor overwrite one. */
  | { readonly state: 'not-asked' }
  /** Its spec asks for primary, or its status says that it is. */
  | (Namesake & {
      readonly state: 'primary';
      readonly site: string;
      /** `namespace/name` over there. */
      readonly replication: string;
      /** Left out: a VolumeReplication. */
      readonly kind?: 'VolumeReplication' | 'VolumeGroupReplication';
      /**
       * `spec`: it is to become primary, and its status does not say at the current generation that it is. `status`: it is
       * still primary, and asked to be something else. `both`: it is, and is to stay so; only then is it known to be primary.
       */
      readonly by: 'spec' | 'status' | 'both';
      /** When the last sync ended that it tells of, milliseconds since the epoch; undefined where it tells of none. */
      readonly lastSync?: number | undefined;
    })
  /** It answered, and nothing there is primary or on the way to it. */
  | (Namesake & {
      readonly state: 'not-primary';
      readonly site: string;
      /** Its replication that is demoted, unless it was never primary or is being made anew. */
      readonly left?: LeftCopy | undefined;
    })
  /** It may be primary: it did not answer, forbade the question, or its answer does not tell. `why` is one clause. */
  | (Namesake & {
      readonly state: 'unknown';
      readonly site: string;
      readonly why: string;
      /** It was not looked at whole, and is in a moment: nobody can accept what that shows. */
      readonly isCutShort?: true;
    });
