import type { VolumeReplication } from '../model/volume-replication.ts';
import { oneLine } from '../rules/one-line.ts';
import { currentCondition, replicationOfVolume, whoAsked } from '../status/replication.ts';
import { roleOf } from './step-facts.ts';

/** The replication that is waited for; undefined where there is none. */
type Seen = VolumeReplication | undefined;

/** How far a step is: reached, with a remark where there is one to make, or what is waited for, as one clause. */
export type Progress = {
  readonly reached: boolean;
  readonly message: string;
  /** Somebody asked for something else meanwhile: it will not be reached by waiting. */
  readonly isSetBack?: true;
};

const waiting = (message: string): Progress => ({ reached: false, message });
const reached = (message = ''): Progress => ({ reached: true, message });
/** A watch is a moment behind what was written. */
const notSeenYet = waiting('');

/** `kustomize-controller asked for primary meanwhile`. */
export const saySetBack = ({ metadata, spec }: VolumeReplication): string => {
  const who = whoAsked(metadata);
  const by = who === undefined ? 'somebody' : `field manager ${oneLine(who)}`;
  return `${by} asked for ${spec.replicationState} meanwhile`;
};

const setBack = (replication: VolumeReplication): Progress => ({
  ...waiting(saySetBack(replication)),
  isSetBack: true,
});

/** Whether the controller has made the volume what its spec asks for, seen at the current generation. */
const hasBecome = (wanted: 'primary' | 'secondary', replication: Seen): Progress => {
  if (replication === undefined) return notSeenYet;
  const { role, wants, progress, why } = roleOf({ kind: 'VolumeReplication', object: replication });
  if (wants !== wanted) return setBack(replication);
  if (role === wanted && progress === 'settled') return reached();
  const verbs = {
    ignored: 'waiting for the controller',
    changing: `becoming ${wanted}`,
    failing: `${wanted === 'primary' ? 'promote' : 'demote'} fails, and is tried again`,
    settled: `waiting for ${wanted}`,
  };
  return waiting(`${verbs[progress]}: ${why}`);
};

/**
 * Both copies are demoted and equal, as the side that was demoted last shows it; `site` is its name. One that is gone shows nothing any
 * more.
 */
export const isHandedOver =
  (site: string) =>
  (demoted: Seen): Progress => {
    if (demoted === undefined)
      return waiting(
        `the VolumeReplication on ${site} is gone: nobody can tell whether its last snapshot has arrived`,
      );
    const { role, inSync, why, progress } = roleOf({ kind: 'VolumeReplication', object: demoted });
    if (role === 'secondary' && inSync) return reached();
    return waiting(
      role === 'secondary' && progress === 'settled'
        ? `${site} is demoted: waiting until its last snapshot has arrived`
        : `waiting for ${site}: ${why}`,
    );
  };

/** A promote has been seen. */
export const isPromoted = (replication: Seen): Progress => hasBecome('primary', replication);

/** A demotion has been seen. */
export const isDemoted = (replication: Seen): Progress => hasBecome('secondary', replication);

/** A protection works: primary, and the first sync has gone out. `hasSchedule` false: nothing will ever be sent by itself. */
export const isProtected =
  (hasSchedule: (className: string) => boolean) =>
  (replication: Seen): Progress => {
    const primary = isPromoted(replication);
    const className = replication?.spec.volumeReplicationClass ?? '';
    if (!primary.reached || replication?.status?.lastSyncTime !== undefined) return primary;
    if (!hasSchedule(className))
      return reached('its class has no schedule, so that nothing is sent by itself');
    return waiting('is primary: waiting for the first sync to be complete');
  };

/** A replication is gone. */
export const isGone = (replication: Seen): Progress =>
  replication === undefined
    ? reached()
    : waiting('waiting for the controller to end the mirroring and let it go');

/**
 * A resync is through when the driver has answered it with OK at the current generation. Recorded from ceph-csi: while the copy is made
 * anew each answer is an error, and the first OK comes when it holds a whole snapshot again. It reads Degraded and Resyncing all the
 * same, for as long as its peer is primary.
 */
export const isResynced = (replication: Seen): Progress => {
  if (replication === undefined) return notSeenYet;
  const { role, progress, why } = roleOf({ kind: 'VolumeReplication', object: replication });
  if (progress === 'ignored') return waiting(`waiting for the controller: ${why}`);
  if (progress === 'failing') return waiting(`its copy is being made anew; for now the driver says: ${why}`);
  // A driver that is ready at once leaves no trace but the OK.
  const isReady = role === 'secondary' && isCompleted(replication);
  return role === 'resyncing' || isReady ? reached() : waiting(`waiting for the controller: ${why}`);
};

const isCompleted = (replication: VolumeReplication): boolean =>
  currentCondition(replicationOfVolume(replication), 'Completed')?.status === 'True';
