import { leftNothing } from '../../following/demotion.ts';
import { isRefused } from '../../model/site-refusal.ts';
import { replicationOfVolume } from '../../status/replication.ts';
import { isHandedOver } from '../../step/reached.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import type { GroupNow, VolumeNow } from '../move.ts';
import { claimObject, type StepKind, type StepLook, together, unknownWait } from '../step-look.ts';
import { replicationOf } from './replication-steps.ts';

/** Where it was lost, or the target is primary already, there is nothing to wait for; what that costs has been accepted. */
const isNotExpected = ({ source, target }: VolumeNow, { verb }: GroupNow): boolean => {
  if (verb !== 'failover') return false;
  const role = source.known ? source.value.role.role : undefined;
  const isPromoted = target.known && target.value.role.role === 'primary';
  return isPromoted || (role !== 'secondary' && role !== 'resyncing');
};

/** Of a source that does not answer nothing is seen, so that a person does not wait for it in vain. */
const needlessAs = (now: GroupNow): string | undefined => {
  const { site } = now.sites.source;
  if (now.verb !== 'failover' || !now.volumes.every((volume) => isNotExpected(volume, now))) return undefined;
  if (now.volumes.some(({ source }) => source.known)) return undefined;
  return isRefused(now.sites.source.view)
    ? `nobody can look at ${site.name} without credentials`
    : `${site.name} does not answer`;
};

const isLeftBehind = (source: StepFacts): boolean => {
  const demoted = replicationOf(source);
  return demoted !== undefined && !leftNothing(replicationOfVolume(demoted).demotion);
};

const lookAt = (now: VolumeNow, group: GroupNow): Partial<StepLook> => {
  const { volume, source, isThrough } = now;
  if (isThrough || isNotExpected(now, group) || group.isAccepted(volume, 'force-promote')) return {};
  if (!source.known) return unknownWait(volume, 'source', source.why);
  // What was demoted before the target had followed never arrives.
  if (group.isAccepted(volume, 'lose-since-promote') && isLeftBehind(source.value)) return {};
  const { reached, message } = isHandedOver(source.value.here.name)(replicationOf(source.value));
  const object = claimObject(volume, 'source');
  return reached ? {} : { waits: [{ site: 'source', object, why: message }] };
};

/** Both sides demoted and equal: until then what was written last is on the source alone. */
export const handOver: StepKind = {
  name: 'HandOver',
  site: 'source',
  title: 'See that the last snapshot has arrived',
  reads: 'conditions of the demoted VolumeReplications',
  writes: '',
  waitsFor: 'both sides demoted and equal',
  undo: '',
  canUndoAfter: true,
  needlessAs,
  look: (now) => together(now.volumes.map((volume) => lookAt(volume, now))),
};
