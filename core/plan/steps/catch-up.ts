import type { GroupNow, VolumeNow } from '../move.ts';
import { isFollowed, isFollowing } from '../stale-copy.ts';
import { claimObject, type StepKind, type StepLook, together, unknownWait } from '../step-look.ts';

/** A running replica reads Degraded for as long as its peer is primary: that is no sign, the primary's last sync is. */
const lookAt = ({ volume, source, target, isThrough }: VolumeNow, { sites }: GroupNow): Partial<StepLook> => {
  if (isThrough) return {};
  if (!source.known) return unknownWait(volume, 'source', source.why);
  if (!target.known) return unknownWait(volume, 'target', target.why);
  // What is demoted already, or asked to be, sends nothing any more, and was followed before.
  const { role, wants } = source.value.role;
  if (role !== 'primary' || wants !== 'primary') return {};
  if (!isFollowing(target.value)) {
    const { name } = sites.target.site;
    const why = `waits until ${name} follows: ${target.value.role.why}`;
    return { waits: [{ site: 'target', object: claimObject(volume, 'target'), why }] };
  }
  if (isFollowed(source.value)) return {};
  const why = `waits until ${sites.source.site.name} tells of a sync since it became primary`;
  return { waits: [{ site: 'source', object: claimObject(volume, 'source'), why }] };
};

/** Whatever is missing on the target is sent while the application still runs. */
export const catchUp: StepKind = {
  name: 'CatchUp',
  site: 'source',
  title: 'See that the target follows',
  reads: 'lastSyncTime of the primary',
  writes: '',
  waitsFor: 'a sync since the promotion',
  undo: '',
  canUndoAfter: true,
  look: (now) => together(now.volumes.map((volume) => lookAt(volume, now))),
};
