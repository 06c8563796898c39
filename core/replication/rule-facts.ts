import { consentAnnotation } from '../consent.ts';
import { known, unknown } from '../model/reading.ts';
import type { Member, ReplicationFacts } from '../rules/replication-facts.ts';
import type { CloseLook, Facts } from './facts.ts';

const notRead = unknown('the controller did not read it');

const memberOf = ({ replication, claim, volume }: Facts, { sameVolume, peer }: CloseLook): Member => ({
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

/**
 * What the safety rules look at, as the controller sees it before a careful call: the step from a replica that nobody resyncs to
 * what the spec asks for. Who may consent was decided at admission, so the annotation is taken at its word.
 */
export const ruleFacts = (facts: Facts, look: CloseLook): ReplicationFacts => {
  const { replication, replicationClass, now } = facts;
  const { metadata, spec, status } = replication;
  return {
    subject: 'replication',
    change: {
      operation: 'UPDATE',
      kind: 'VolumeReplication',
      namespace: metadata.namespace ?? '',
      name: metadata.name ?? '',
      before: { replicationState: 'secondary', autoResync: false },
      after: { replicationState: spec.replicationState, autoResync: spec.autoResync ?? false },
      state: status?.state ?? '',
      isProtecting: (metadata.finalizers ?? []).length > 0,
      isTerminating: metadata.deletionTimestamp !== undefined,
      followsGroup: false,
    },
    members: known([memberOf(facts, look)]),
    classes: known([
      {
        kind: 'VolumeReplicationClass',
        name: spec.volumeReplicationClass,
        provisioner: replicationClass?.spec.provisioner,
      },
    ]),
    namespaceTerminating: notRead,
    consent: {
      text: metadata.annotations?.[consentAnnotation],
      isNew: false,
      isUsed: false,
      mayConsent: known(true),
      user: 'dr-controller',
      now,
    },
    withoutPeer: 'allow',
  };
};
