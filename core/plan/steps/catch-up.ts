import { lossOf } from '../../step/decide-demote.ts';
import { followedBy } from '../../step/followed-by.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import type { GroupNow, VolumeNow } from '../move.ts';
import { isFollowing } from '../stale-copy.ts';
import {
  claimObject,
  type StepKind,
  type StepLook,
  type StepObject,
  together,
  unknownWait,
} from '../step-look.ts';
import { scheduleOfVolume } from '../sync-of-volume.ts';

/** How often it is sent, so that a person knows what the wait is about. */
const scheduleText = (source: StepFacts): string => {
  const schedule = scheduleOfVolume(source);
  return schedule.known && schedule.value.kind === 'interval' ? ` (sent every ${schedule.value.text})` : '';
};

const cannotTell = (source: StepFacts, why: string, object: StepObject): Partial<StepLook> => {
  const message = `cannot tell whether the other site has followed ${source.here.name} since it became primary: ${why}`;
  const obstacle = { code: 'DR113' as const, message };
  const consent = lossOf(source, { state: 'unknown', why }, [obstacle]);
  const need = { loss: 'lose-since-promote' as const, consent };
  return { blocks: [{ site: 'source', object, obstacle, isRule: true, need }] };
};

const lookAtPrimary = (source: StepFacts, object: StepObject, group: GroupNow): Partial<StepLook> => {
  const followed = followedBy(source);
  if (followed.state === 'yes') return {};
  if (followed.state === 'unknown') return cannotTell(source, followed.why, object);
  const { name } = group.sites.target.site;
  const why = `waits until ${name} has followed ${source.here.name} since its promote${scheduleText(source)}`;
  return { waits: [{ site: 'source', object, why }] };
};

/** A running replica reads Degraded for as long as its peer is primary: that is no sign, what the primary tells is. */
const lookAt = (now: VolumeNow, group: GroupNow): Partial<StepLook> => {
  const { volume, source, target, isThrough } = now;
  if (isThrough) return {};
  if (!source.known) return unknownWait(volume, 'source', source.why);
  if (!target.known) return unknownWait(volume, 'target', target.why);
  // What is demoted already, or asked to be, sends nothing any more, and was followed before.
  const { role, wants } = source.value.role;
  if (role !== 'primary' || wants !== 'primary') return {};
  // What a return made anew shows that it follows again; a replica that was equal when it stepped down shows nothing since.
  if (group.verb === 'failback' && !isFollowing(target.value)) {
    const { name } = group.sites.target.site;
    const why = `waits until ${name} follows: ${target.value.role.why}`;
    return { waits: [{ site: 'target', object: claimObject(volume, 'target'), why }] };
  }
  if (group.isAccepted(volume, 'lose-since-promote')) return {};
  return lookAtPrimary(source.value, claimObject(volume, 'source'), group);
};

/** Whatever is missing on the target is sent while the application still runs. */
export const catchUp: StepKind = {
  name: 'CatchUp',
  site: 'source',
  title: 'See that the target follows',
  reads: 'Followed and lastSyncTime of the primary',
  writes: '',
  waitsFor: 'a sync since the promotion',
  undo: '',
  canUndoAfter: true,
  look: (now) => together(now.volumes.map((volume) => lookAt(volume, now))),
};
