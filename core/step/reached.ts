import type { VolumeReplication } from '../model/volume-replication.ts';
import { millisecondsOf, replicationOfVolume } from '../status/replication.ts';
import { roleOf } from './step-facts.ts';

/** What is to be seen of a step: the replication here, and of a resync the one of the other site, too. */
export type Sight = {
  readonly here: VolumeReplication | undefined;
  readonly there: VolumeReplication | undefined;
};

/** How far a step is: reached, with a remark where there is one to make, or what is waited for, as one clause. */
export type Progress = { readonly reached: boolean; readonly message: string };

const waiting = (message: string): Progress => ({ reached: false, message });
const reached = (message = ''): Progress => ({ reached: true, message });
/** A watch is a moment behind what was written. */
const notSeenYet = waiting('');

/** Whether the controller has made the volume what its spec asks for, seen at the current generation. */
const hasBecome = (wanted: 'primary' | 'secondary', { here }: Pick<Sight, 'here'>): Progress => {
  if (here === undefined) return notSeenYet;
  const { role, wants, progress, why } = roleOf({ kind: 'VolumeReplication', object: here });
  if (wants !== wanted) return waiting(`somebody asked for ${wants} meanwhile`);
  if (role === wanted && progress === 'settled') return reached();
  const verbs = {
    ignored: 'waiting for the controller',
    changing: `becoming ${wanted}`,
    failing: `${wanted === 'primary' ? 'promote' : 'demote'} fails, and is tried again`,
    settled: `waiting for ${wanted}`,
  };
  return waiting(`${verbs[progress]}: ${why}`);
};

/** Both copies are demoted and equal, as the side that was demoted last shows it; or it has nothing to hand over any more. */
export const isHandedOver = ({ there }: Pick<Sight, 'there'>): Progress => {
  if (there === undefined) return reached();
  const { role, inSync, why, progress } = roleOf({ kind: 'VolumeReplication', object: there });
  if (role === 'secondary' && inSync) return reached();
  return waiting(
    role === 'secondary' && progress === 'settled'
      ? 'the other site is demoted: waiting until its last snapshot has arrived'
      : `waiting for the other site: ${why}`,
  );
};

/** A promote has been seen. */
export const isPromoted = (sight: Sight): Progress => hasBecome('primary', sight);

/** A demotion has been seen. */
export const isDemoted = (sight: Sight): Progress => hasBecome('secondary', sight);

/** A protection works: primary, and the first sync has gone out. `hasSchedule` false: nothing will ever be sent by itself. */
export const isProtected =
  (hasSchedule: (className: string) => boolean) =>
  (sight: Sight): Progress => {
    const primary = isPromoted(sight);
    const className = sight.here?.spec.volumeReplicationClass ?? '';
    if (!primary.reached || sight.here?.status?.lastSyncTime !== undefined) return primary;
    if (!hasSchedule(className))
      return reached('its class has no schedule, so that nothing is sent by itself');
    return waiting('is primary: waiting for the first sync to be complete');
  };

/** A replication is gone. */
export const isGone = ({ here }: Sight): Progress =>
  here === undefined ? reached() : waiting('waiting for the controller to end the mirroring and let it go');

/**
 * A resync is through: its controller has taken it, and since it was asked for the primary tells of a sync that is complete. The
 * replica's own conditions cannot tell: they read Degraded and Resyncing for as long as its peer is primary.
 */
export const isResynced = ({ here, there }: Sight): Progress => {
  if (here === undefined) return notSeenYet;
  const { progress, why } = roleOf({ kind: 'VolumeReplication', object: here });
  if (progress === 'ignored') return waiting(`waiting for the controller: ${why}`);
  if (progress === 'failing') return waiting(`resync is tried again: ${why}`);
  const { askedAt = Number.POSITIVE_INFINITY } = replicationOfVolume(here);
  const lastSync = millisecondsOf(there?.status?.lastSyncTime);
  return lastSync !== undefined && lastSync >= askedAt
    ? reached()
    : waiting('its copy is being replaced: waiting for a sync that is complete');
};
