import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { replicationNames } from '../model/volume-replication.ts';
import { type ConditionSet, failureOf, unmet, unmetPrerequisite } from './condition-sets.ts';
import { currentState, type Facts } from './facts.ts';
import { type ClassParameters, readClassParameters } from './parameters.ts';

/** Why nothing can be done yet. Whatever mends it triggers the next look; `retry` is for what nothing tells us of. */
export type Obstacle = {
  code:
    | 'NotOurs'
    | 'ClassMissing'
    | 'ParametersInvalid'
    | 'SourceUnsupported'
    | 'ClaimMissing'
    | 'ClaimUnbound'
    | 'ClaimTerminating'
    | 'VolumeMissing'
    | 'NoCsiSource'
    | 'DriverMismatch'
    | 'OwnedByAnother';
  message: string;
  conditions: ConditionSet;
  retry: boolean;
};

/** What the checks found out on the way. */
export type Prepared = {
  claim: PersistentVolumeClaim;
  volume: PersistentVolume;
  volumeHandle: string;
  parameters: ClassParameters;
};

type Check = (facts: Facts) => Obstacle | undefined;

const obstacle = (
  facts: Facts,
  code: Obstacle['code'],
  failure: { completed: string; error: string; source?: string; retry?: boolean },
): Obstacle => ({
  code,
  message: failure.error,
  conditions: failureOf(facts.replication.spec.replicationState, {
    // Until the source is resolved the texts begin with a space, as in kubernetes-csi-addons.
    source: failure.source ?? '',
    message: failure.completed,
    error: failure.error,
  }),
  retry: failure.retry ?? true,
});

/** A prerequisite that kubernetes-csi-addons does not check: it says so in `Validated` as well. */
const notMet = (facts: Facts, code: Obstacle['code'], error: string): Obstacle => {
  const failed = obstacle(facts, code, { completed: unmetPrerequisite, error, source: 'volume' });
  return { ...failed, conditions: unmet(failed.conditions, error) };
};

/** What rule DR106 forbids to become primary is told with its code; it is never in the way of a demotion. */
const withCode = ({ replication }: Facts, error: string): string =>
  replication.spec.replicationState === 'primary' ? `DR106: ${error}` : error;

const sourceWord = ({ replication }: Facts): string =>
  ({ PersistentVolumeClaim: 'volume', VolumeGroupReplication: 'volume group' })[
    replication.spec.dataSource.kind
  ] ?? '';

const claimName = ({ replication }: Facts): string => replication.spec.dataSource.name;

const classExists: Check = (facts) => {
  if (facts.replicationClass !== undefined) return undefined;
  const name = facts.replication.spec.volumeReplicationClass;
  const error = withCode(
    facts,
    `VolumeReplicationClass.replication.storage.openshift.io "${name}" not found`,
  );
  const missing = obstacle(facts, 'ClassMissing', {
    completed: 'failed to get volumeReplication class',
    source: sourceWord(facts),
    error,
  });
  return facts.replication.spec.replicationState === 'primary'
    ? { ...missing, conditions: unmet(missing.conditions, error) }
    : missing;
};

/** Another driver's controller looks after it. Said nowhere: each controller sees every VolumeReplication. */
const classIsOurs: Check = ({ replicationClass, driver }) =>
  replicationClass === undefined || replicationClass.spec.provisioner === driver.name
    ? undefined
    : { code: 'NotOurs', message: '', conditions: [], retry: false };

const parametersAreValid: Check = (facts) => {
  const read = readClassParameters(facts.replicationClass?.spec.parameters);
  if (read.ok) return undefined;
  return obstacle(facts, 'ParametersInvalid', {
    completed: 'failed to validate parameters of volumeReplicationClass',
    source: sourceWord(facts),
    error: read.error,
  });
};

const sourceIsClaim: Check = (facts) => {
  const { kind } = facts.replication.spec.dataSource;
  if (kind === 'PersistentVolumeClaim') return undefined;
  return obstacle(facts, 'SourceUnsupported', {
    completed: 'unsupported datasource',
    error:
      kind === 'VolumeGroupReplication'
        ? 'unsupported datasource kind: this controller replicates single volumes, not groups'
        : 'unsupported datasource kind',
    retry: false,
  });
};

const claimExists: Check = (facts) =>
  facts.claim !== undefined
    ? undefined
    : obstacle(facts, 'ClaimMissing', {
        completed: 'failed to find PVC',
        error: `PersistentVolumeClaim "${claimName(facts)}" not found`,
      });

const claimIsBound: Check = (facts) =>
  facts.claim?.status?.phase === 'Bound'
    ? undefined
    : obstacle(facts, 'ClaimUnbound', {
        completed: 'failed to find PVC',
        error: `PVC "${claimName(facts)}" is not bound to any PV`,
      });

const claimStays: Check = (facts) => {
  const { deletionTimestamp, finalizers = [] } = facts.claim?.metadata ?? {};
  if (deletionTimestamp === undefined || finalizers.includes(replicationNames.pvcFinalizer)) return undefined;
  return obstacle(facts, 'ClaimTerminating', {
    completed: 'failed to find PVC',
    error: `PVC "${claimName(facts)}" is marked for deletion, cannot be part of VolumeReplication`,
  });
};

const volumeExists: Check = (facts) =>
  facts.volume !== undefined
    ? undefined
    : obstacle(facts, 'VolumeMissing', {
        completed: 'failed to find PVC',
        error: `PersistentVolume "${facts.claim?.spec?.volumeName ?? ''}" not found`,
      });

const volumeIsCsi: Check = (facts) =>
  facts.volume?.spec?.csi !== undefined
    ? undefined
    : notMet(
        facts,
        'NoCsiSource',
        withCode(
          facts,
          `PersistentVolume "${facts.volume?.metadata.name}" has no CSI source, so no driver can replicate it`,
        ),
      );

const driverMatches: Check = (facts) => {
  const { volume, replicationClass } = facts;
  const driver = volume?.spec?.csi?.driver;
  if (driver === replicationClass?.spec.provisioner) return undefined;
  const mismatch = `PersistentVolume "${volume?.metadata.name}" belongs to driver ${driver}, VolumeReplicationClass "${replicationClass?.metadata.name}" to ${replicationClass?.spec.provisioner}`;
  return notMet(facts, 'DriverMismatch', withCode(facts, mismatch));
};

/** The VolumeReplication that a claim's annotation names, as long as it exists and means this claim. */
const namedOwner = (facts: Facts): string | undefined => {
  const owner = facts.claim?.metadata.annotations?.[replicationNames.pvcOwnerAnnotation];
  if (owner === facts.replication.metadata.name) return owner;
  return facts.rivals.some(({ metadata }) => metadata.name === owner) ? owner : undefined;
};

const claimIsFree: Check = (facts) => {
  const { replication, claim } = facts;
  const { name = '', namespace = '' } = replication.metadata;
  const where = `PVC (${namespace}/${claimName(facts)})`;
  const group = claim?.metadata.annotations?.[replicationNames.pvcGroupOwnerAnnotation];
  if (group) {
    return notMet(
      facts,
      'OwnedByAnother',
      `${where} can't be owned by both VolumeReplication and VolumeGroupReplication`,
    );
  }
  const owner = namedOwner(facts);
  if (owner === undefined || owner === name) return undefined;
  return notMet(
    facts,
    'OwnedByAnother',
    `${where} not owned by correct VolumeReplication/VolumeGroupReplication "${name}": VolumeReplication "${owner}" has it`,
  );
};

/**
 * A second VolumeReplication of one volume, through another claim, leaves it alone while the other is primary or is to become so:
 * to demote or resync it here would take it from whoever writes to it there. One that is primary itself may step down, and one
 * that asks for primary is judged by DR101.
 */
const volumeIsFree: Check = (facts) => {
  const { replication, sharers } = facts;
  if (replication.spec.replicationState === 'primary' || currentState(facts) === 'Primary') return undefined;
  const other = sharers.find(({ wants, state }) => wants === 'primary' || state === 'Primary');
  if (other === undefined) return undefined;
  return notMet(
    facts,
    'OwnedByAnother',
    `DR105: ${other.kind} ${other.namespace}/${other.name} has the same volume through claim "${other.claimName}" and is primary or to become so; the volume is left to it`,
  );
};

/** In this order; the first that is not met is what the status says. */
const checks: readonly Check[] = [
  classExists,
  classIsOurs,
  parametersAreValid,
  sourceIsClaim,
  claimExists,
  claimIsBound,
  claimStays,
  volumeExists,
  volumeIsCsi,
  driverMatches,
  claimIsFree,
  volumeIsFree,
];

/** The first prerequisite that is not met, or what is needed to call the driver. */
export const prepare = (
  facts: Facts,
): { ready: true; prepared: Prepared } | { ready: false; obstacle: Obstacle } => {
  for (const check of checks) {
    const found = check(facts);
    if (found !== undefined) return { ready: false, obstacle: found };
  }
  const { claim, volume, replicationClass } = facts;
  const read = readClassParameters(replicationClass?.spec.parameters);
  const volumeHandle = volume?.spec?.csi?.volumeHandle;
  if (!read.ok || claim === undefined || volume === undefined || volumeHandle === undefined) {
    throw new TypeError('prerequisites passed, yet something is missing');
  }
  return { ready: true, prepared: { claim, volume, volumeHandle, parameters: read.parameters } };
};
