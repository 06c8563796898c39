import { demotionOf } from '../following/demotion.ts';
import type { Followed } from '../following/followed.ts';
import { known, unknown } from '../model/reading.ts';
import { consentOnObject } from '../rules/consent-on-object.ts';
import type { Member, ReplicationFacts } from '../rules/replication-facts.ts';
import type { CloseLook, Facts } from './facts.ts';
import { ownWritesNow } from './own-writes-now.ts';

const notRead = unknown('the controller did not read it');

const memberOf = (
  { replication, claim, volume }: Facts,
  { sameVolume, peer }: Pick<CloseLook, 'sameVolume' | 'peer'>,
): Member => ({
  claimName: replication.spec.dataSource.name,
  claim: known(claim),
  elsewhere: notRead,
  volume: known(volume),
  storageClass: notRead,
  rivals: notRead,
  sameVolume,
  pods: notRead,
  attachedTo: notRead,
  peer,
});

/** What is about to be asked of the driver, with what has been looked at for it. */
export type Call =
  /** A replica that nobody resyncs becomes what the spec asks for. */
  | { readonly kind: 'replica'; readonly look: CloseLook }
  /** What is primary, or may be, is demoted. `isTold`: a condition tells whether it is followed. */
  | { readonly kind: 'demotion'; readonly followed: Followed; readonly isTold: boolean };

/** What was looked at for a call. */
const lookFor = ({ look }: Facts, call: Call): Pick<CloseLook, 'sameVolume' | 'peer'> => {
  if (call.kind === 'replica') return call.look;
  return look?.before === 'demote' ? look : nobodyAsked;
};

const nobodyAsked: Pick<CloseLook, 'sameVolume' | 'peer'> = {
  sameVolume: notRead,
  peer: { state: 'not-asked' },
};

/**
 * What the safety rules look at, as the controller sees it before a careful call: the step to what the spec asks for.
 */
export const ruleFacts = (facts: Facts, call: Call): ReplicationFacts => {
  const { replication, replicationClass } = facts;
  const { metadata, spec, status } = replication;
  return {
    subject: 'replication',
    change: {
      operation: 'UPDATE',
      kind: 'VolumeReplication',
      namespace: metadata.namespace ?? '',
      name: metadata.name ?? '',
      before: { replicationState: call.kind === 'demotion' ? 'primary' : 'secondary', autoResync: false },
      after: { replicationState: spec.replicationState, autoResync: spec.autoResync ?? false },
      state: status?.state ?? '',
      isProtecting: (metadata.finalizers ?? []).length > 0,
      isTerminating: metadata.deletionTimestamp !== undefined,
      followsGroup: false,
    },
    members: known([memberOf(facts, lookFor(facts, call))]),
    classes: known([
      {
        kind: 'VolumeReplicationClass',
        name: spec.volumeReplicationClass,
        provisioner: replicationClass?.spec.provisioner,
      },
    ]),
    namespaceTerminating: notRead,
    copy: {
      followed: call.kind === 'demotion' ? call.followed : { state: 'yes' },
      isTold: call.kind !== 'demotion' || call.isTold,
      demotion: demotionOf(replication, undefined),
    },
    ownWrites: ownWritesNow(facts),
    consent: consentOnObject(facts.replication, { user: 'dr-controller', now: facts.now }),
    withoutPeer: 'allow',
  };
};
