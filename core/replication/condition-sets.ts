import type { NewCondition } from '../model/condition.ts';
import type { ReplicationState } from '../model/volume-replication.ts';

/**
 * The sets of conditions that the controller writes, word for word those of kubernetes-csi-addons. `source` is `volume`,
 * or empty where the source could not be resolved: those messages begin with a space.
 */
export type ConditionSet = readonly NewCondition[];

const condition = (
  type: string,
  status: NewCondition['status'],
  reason: string,
  message: string,
): NewCondition => ({ type, status, reason, message });

const notResyncing = (source: string, reason = 'NotResyncing'): NewCondition =>
  condition('Resyncing', 'False', reason, `${source} is not resyncing`);

/** Set on every success too: kubernetes-csi-addons never does, and Ramen reads a stale one as failure. */
export const validated = (source: string): ConditionSet => [
  condition('Validated', 'True', 'PrerequisiteMet', `${source} is validated and met all prerequisites`),
];

export const notValidated = (error: string): ConditionSet => [
  condition('Validated', 'False', 'PrerequisiteNotMet', `failed to meet prerequisite: ${error}`),
];

/** The `Completed` message of what kubernetes-csi-addons does not check; `kubectl dr status` reads from it that no call was made. */
export const unmetPrerequisite = 'failed to meet prerequisite';

/** A failure set that says in `Validated`, too, what is not met. */
export const unmet = (failed: ConditionSet, error: string): ConditionSet => [
  ...failed.filter(({ type }) => type !== 'Validated'),
  ...notValidated(error),
];

export const promoted = (source: string): ConditionSet => [
  condition('Completed', 'True', 'Promoted', `${source} is promoted to primary and replicating to secondary`),
  condition('Degraded', 'False', 'Healthy', `${source} is healthy`),
  notResyncing(source),
  ...validated(source),
];

export const failedPromotion = (source: string, message: string, error: string): ConditionSet => [
  condition('Completed', 'False', 'FailedToPromote', message),
  condition('Degraded', 'True', 'Error', `${source} failed to promote: ${error}`),
  notResyncing(source),
  ...validated(source),
];

/** Enable answered FAILED_PRECONDITION: the volume cannot be replicated as it is. */
export const failedValidation = (source: string, error: string): ConditionSet => [
  condition('Completed', 'False', 'FailedToPromote', `${source} failed to promote`),
  condition('Degraded', 'True', 'Error', 'failed to enable volume replication'),
  notResyncing(source),
  ...notValidated(error),
];

export const demoted = (source: string): ConditionSet => [
  condition('Completed', 'True', 'Demoted', `${source} is demoted to secondary`),
  condition('Degraded', 'True', 'VolumeDegraded', `${source} is degraded`),
  notResyncing(source),
  ...validated(source),
];

export const failedDemotion = (source: string, message: string, error: string): ConditionSet => [
  condition('Completed', 'False', 'FailedToDemote', message),
  condition('Degraded', 'True', 'Error', `${source} failed to demote: ${error}`),
  notResyncing(source),
];

export const resyncing = (source: string): ConditionSet => [
  condition('Completed', 'True', 'Demoted', `${source} is demoted to secondary`),
  condition('Degraded', 'True', 'VolumeDegraded', `${source} is degraded`),
  condition(
    'Resyncing',
    'True',
    'ResyncTriggered',
    `${source} is resyncing changes from primary to secondary`,
  ),
  ...validated(source),
];

export const failedResync = (source: string, message: string, error: string): ConditionSet => [
  condition('Completed', 'False', 'FailedToResync', message),
  condition('Degraded', 'True', 'Error', `${source} failed to resync: ${error}`),
  notResyncing(source, 'FailedToResync'),
];

export const notDegraded = (source: string): ConditionSet => [
  condition('Degraded', 'False', 'Healthy', `${source} is demoted to secondary`),
  notResyncing(source),
];

export const replicating = (source: string, message: string): ConditionSet => [
  condition('Replicating', 'True', 'Replicating', `${source} is replicating: ${message}`),
];

export const notReplicating = (source: string, message: string): ConditionSet => [
  condition('Replicating', 'False', 'NotReplicating', `${source} is not replicating: ${message}`),
];

export const replicationUnknown = (source: string, message: string): ConditionSet => [
  condition('Replicating', 'Unknown', 'Replicating', `${source} replication status is unknown: ${message}`),
];

export const destinationKnown = (source: string): ConditionSet => [
  condition(
    'DestinationInfoAvailable',
    'True',
    'DestinationInfoUpdated',
    `${source} destination info is available`,
  ),
];

/** Absent would mean that both sites share the volume's id, so it is there from the first write on. */
export const destinationPending = (source: string): ConditionSet => [
  condition(
    'DestinationInfoAvailable',
    'False',
    'DestinationInfoPending',
    `${source} destination info is pending update`,
  ),
];

export const destinationFailed = (source: string, description: string): ConditionSet => [
  condition(
    'DestinationInfoAvailable',
    'False',
    'FailedToGetDestinationInfo',
    `${source} failed to get destination info: ${description}`,
  ),
];

const failureByState: Readonly<
  Record<ReplicationState, (source: string, message: string, error: string) => ConditionSet>
> = { primary: failedPromotion, secondary: failedDemotion, resync: failedResync };

/** The failure set that belongs to what the spec asks for; none for a state that there is not. */
export const failureOf = (
  wanted: string,
  { source, message, error }: { source: string; message: string; error: string },
): ConditionSet =>
  Object.hasOwn(failureByState, wanted)
    ? failureByState[wanted as ReplicationState](source, message, error)
    : [];
