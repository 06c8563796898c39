import type { VolumeReplication } from '../model/volume-replication.ts';
import { replicationHereOf } from '../protection/protectors.ts';
import { nameReplication } from '../rules/guard/commands.ts';
import { drCommand } from '../status/dr-command.ts';
import { cannot, type Decision, type ReplicationKey } from './decision.ts';
import type { StepFacts } from './step-facts.ts';

/** The one VolumeReplication of a claim; undefined where nothing replicates it. Or why a step cannot act on it. */
export type OwnReplication =
  | { readonly replication: VolumeReplication | undefined }
  | { readonly obstacle: Extract<Decision, { kind: 'refuse' }> };

const claimText = ({ key }: StepFacts): string => `claim ${key.namespace}/${key.name}`;

/** Whether the claim is there at all, and what acts on it. A claim of a group moves with its group only. */
export const ownReplication = (facts: StepFacts): OwnReplication => {
  const { claim, protectors, here, key } = facts;
  if (!claim.known) return { obstacle: cannot('Unknown', claim.why) };
  if (!protectors.known) return { obstacle: cannot('Unknown', protectors.why) };
  const [first, ...others] = protectors.value;
  if (first === undefined && claim.value === undefined)
    return {
      obstacle: cannot(
        'NotFound',
        `${claimText(facts)} does not exist on ${here.name}; one of the other site comes here by kubectl dr restore`,
        `${here.kubectl} -n ${key.namespace} get pvc`,
      ),
    };
  if (others.length > 0) {
    const names = protectors.value.map((it) => nameReplication(replicationHereOf(it, key.name)));
    return {
      obstacle: cannot(
        'DR105',
        `${claimText(facts)} has several replications: ${names.join(', ')}`,
        `${here.kubectl} -n ${key.namespace} get vr,vgr`,
      ),
    };
  }
  if (first?.kind === 'VolumeGroupReplication')
    return {
      obstacle: cannot(
        'GroupMember',
        `${claimText(facts)} is in VolumeGroupReplication ${first.object.metadata.name}, whose claims change together: change the group`,
        `${here.kubectl} -n ${key.namespace} get vgr ${first.object.metadata.name} -o yaml`,
      ),
    };
  return { replication: first?.object };
};

/** The replication that a step changes, and where it is; or why there is none to change. */
export const replicationToChange = (
  facts: StepFacts,
):
  | { readonly replication: VolumeReplication; readonly key: ReplicationKey }
  | { readonly obstacle: Decision } => {
  const own = ownReplication(facts);
  if ('obstacle' in own) return own;
  const { replication } = own;
  if (replication === undefined) {
    const message = `nothing replicates ${claimText(facts)} on ${facts.here.name}`;
    return { obstacle: cannot('NotProtected', message, drCommand(facts.here, 'status', facts.key)) };
  }
  const { namespace = '', name = '', deletionTimestamp } = replication.metadata;
  return deletionTimestamp === undefined
    ? { replication, key: { namespace, name } }
    : { obstacle: terminating(facts, replication) };
};

/** A replication that is going takes no wish any more. */
export const terminating = (
  { here }: StepFacts,
  { metadata: { namespace, name } }: VolumeReplication,
): Extract<Decision, { kind: 'refuse' }> =>
  cannot(
    'Terminating',
    `VolumeReplication ${namespace}/${name} is being deleted`,
    `${here.kubectl} -n ${namespace} describe vr ${name}`,
  );

/** A class cannot be changed: one that was named and is not the one there is no wish that can be met. */
export const whyAnotherClass = (
  { here }: StepFacts,
  { metadata: { namespace, name }, spec: { volumeReplicationClass } }: VolumeReplication,
  named: string | undefined,
): Extract<Decision, { kind: 'refuse' }> | undefined =>
  named === undefined || named === volumeReplicationClass
    ? undefined
    : cannot(
        'Ambiguous',
        `VolumeReplication ${namespace}/${name} has class ${volumeReplicationClass}, which cannot be changed to ${named}`,
        `${here.kubectl} get vrc`,
      );
