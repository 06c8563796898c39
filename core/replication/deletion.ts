import { replicationNames } from '../model/volume-replication.ts';
import { type Answers, errorText } from './answer.ts';
import type { Facts } from './facts.ts';
import { readClassParameters } from './parameters.ts';
import { backoff, type Note, type Step } from './step.ts';

type Situation = { facts: Facts; answers: Answers };

const hasFinalizer = ({ facts }: Situation): boolean =>
  facts.replication.metadata.finalizers?.includes(replicationNames.finalizer) ?? false;

const leave = (situation: Situation): Step | undefined =>
  hasFinalizer(situation) ? undefined : { do: 'ignore' };

const ownerOf = ({ claim }: Facts): string | undefined =>
  claim?.metadata.annotations?.[replicationNames.pvcOwnerAnnotation];

/** Whether mirroring of the volume is this object's to end: its claim says so, or nobody else lays claim to it. */
const isOwner = (facts: Facts): boolean => {
  const owner = ownerOf(facts);
  return owner === undefined ? facts.rivals.length === 0 : owner === facts.replication.metadata.name;
};

/**
 * A second VolumeReplication of a claim goes without a call: disabling would end the mirroring of the first one's volume,
 * and on the primary remove the peer's copy.
 */
const leaveToOwner = ({ facts }: Situation): Step | undefined => {
  if (isOwner(facts)) return undefined;
  const owner = ownerOf(facts) ?? facts.rivals[0]?.metadata.name;
  return {
    do: 'remove-finalizer',
    note: {
      type: 'Normal',
      reason: 'MirroringLeft',
      message: `Mirroring was left as it is: the claim belongs to VolumeReplication "${owner}"`,
    },
  };
};

const blocked = (message: string, note?: Note): Step => ({
  do: 'finish',
  status: { message, conditions: [] },
  requeue: backoff,
  notes: note === undefined ? [] : [note],
});

/** By its class, and where that is gone by its volume: then only that driver's controller may let go of it. */
const otherDriver = ({ facts: { replicationClass, volume, driver } }: Situation): Step | undefined => {
  const name = replicationClass === undefined ? volume?.spec?.csi?.driver : replicationClass.spec.provisioner;
  return name === undefined || name === driver.name ? undefined : { do: 'ignore' };
};

const refuseGroup = ({ facts }: Situation): Step | undefined =>
  facts.replication.spec.dataSource.kind === 'PersistentVolumeClaim'
    ? undefined
    : blocked(
        'cannot be deleted: this controller does not handle its kind of source, so another one has to end its mirroring',
      );

/** Without a volume of our driver there is nothing on this cluster that could be disabled. */
const isMirrorable = ({ volume, driver }: Facts): boolean => volume?.spec?.csi?.driver === driver.name;

const waitForClass = ({ facts }: Situation): Step | undefined => {
  const { replicationClass, replication } = facts;
  if (!isMirrorable(facts)) return undefined;
  if (replicationClass === undefined) {
    const name = replication.spec.volumeReplicationClass;
    return blocked(
      `cannot be deleted: VolumeReplicationClass "${name}" does not exist, and mirroring is disabled with its parameters; create it again`,
    );
  }
  const read = readClassParameters(replicationClass.spec.parameters);
  return read.ok ? undefined : blocked(`cannot be deleted: ${read.error}`);
};

const disable = ({ facts, answers }: Situation): Step | undefined => {
  if (!isMirrorable(facts) || answers.disable !== undefined) return undefined;
  if (facts.driver.state === 'ready') return { do: 'call', rpc: 'disable', force: false };
  return {
    do: 'finish',
    status: { message: `waiting to disable mirroring: ${facts.driver.reason}`, conditions: [] },
    requeue: { when: 'driver-ready' },
    notes: [],
  };
};

/** What was primary or secondary once may be mirrored, whatever its status says now. */
const wasMirrored = ({ replication: { status } }: Facts): boolean =>
  status?.state === 'Primary' || status?.state === 'Secondary' || status?.lastSyncTime !== undefined;

/** Answers by which a driver says of a request itself that no time mends it. */
const neverTaken: readonly string[] = ['InvalidArgument', 'Unimplemented'];

/** A driver that does not take the volume at all has never enabled mirroring for it: there is nothing to be disabled. */
const wasNeverTaken = ({ facts, answers: { disable: answer } }: Situation): boolean =>
  answer !== undefined && !answer.ok && neverTaken.includes(answer.code) && !wasMirrored(facts);

const disableFailed = (situation: Situation): Step | undefined => {
  const { disable: answer } = situation.answers;
  if (answer === undefined || answer.ok || answer.code === 'NotFound' || wasNeverTaken(situation))
    return undefined;
  return blocked(`cannot be deleted: mirroring could not be disabled: ${answer.description}`, {
    type: 'Warning',
    reason: 'FailedToDisable',
    message: `Mirroring could not be disabled: ${errorText(answer)}`,
  });
};

const releaseClaim = ({ facts }: Situation): Step | undefined => {
  const isMarked =
    ownerOf(facts) !== undefined ||
    (facts.claim?.metadata.finalizers?.includes(replicationNames.pvcFinalizer) ?? false);
  return isMarked ? { do: 'release-pvc' } : undefined;
};

/**
 * Nor is a volume disabled that another VolumeReplication has through another claim: on the primary that would remove the peer's
 * copy, and the object that protects it would go on saying that all is well.
 */
const leaveToSharer = (situation: Situation): Step | undefined => {
  const [other] = situation.facts.sharers;
  if (other === undefined) return undefined;
  return (
    releaseClaim(situation) ?? {
      do: 'remove-finalizer',
      note: {
        type: 'Warning',
        reason: 'MirroringLeft',
        message: `Mirroring was left as it is: ${other.kind} ${other.namespace}/${other.name} has the same volume through claim "${other.claimName}"`,
      },
    }
  );
};

const letGo = (situation: Situation): Step => {
  const { facts } = situation;
  if (wasNeverTaken(situation))
    return {
      do: 'remove-finalizer',
      note: {
        type: 'Normal',
        reason: 'NeverMirrored',
        message:
          'Mirroring was never enabled: the driver does not take the volume, so there is nothing to disable',
      },
    };
  if (isMirrorable(facts)) return { do: 'remove-finalizer' };
  const why =
    facts.volume === undefined
      ? 'no volume of its claim exists here'
      : `volume "${facts.volume.metadata.name}" is not of driver ${facts.driver.name}`;
  return {
    do: 'remove-finalizer',
    note: {
      type: 'Warning',
      reason: 'MirroringLeft',
      message: `Mirroring was not disabled: ${why}. If the storage still mirrors it, end that there`,
    },
  };
};

const decisions = [
  leave,
  otherDriver,
  refuseGroup,
  leaveToOwner,
  leaveToSharer,
  waitForClass,
  disable,
  disableFailed,
  releaseClaim,
  letGo,
] as const;

/**
 * A VolumeReplication that is being deleted: disable mirroring, let go of the claim, let go of the object. Unlike
 * kubernetes-csi-addons it says in the status what holds it up, and a claim that is gone holds up nothing.
 */
export const stepToDeletion = (facts: Facts, answers: Answers): Step => {
  for (const decide of decisions) {
    const step = decide({ facts, answers });
    if (step !== undefined) return step;
  }
  return { do: 'ignore' };
};
