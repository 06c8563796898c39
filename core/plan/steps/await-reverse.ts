import { followedBy } from '../../step/followed-by.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import type { VolumeNow } from '../move.ts';
import { claimObject, type StepKind, type StepLook, together } from '../step-look.ts';
import { scheduleOfVolume } from '../sync-of-volume.ts';

const site = 'target';

/** A class without a schedule of its own sends nothing by itself, unless the pool has one: nothing is waited for then. */
const hasSchedule = (facts: StepFacts): boolean => {
  const schedule = scheduleOfVolume(facts);
  return !(schedule.known && schedule.value.kind === 'none');
};

const lookAt = ({ volume, target }: VolumeNow): Partial<StepLook> => {
  if (!target.known) return {};
  const facts = target.value;
  if (!hasSchedule(facts))
    return {
      remarks: [
        `DR301: the class of ${facts.here.name} has no schedulingInterval: nothing is sent back by itself`,
      ],
    };
  const followed = followedBy(facts);
  if (followed.state === 'yes') return {};
  if (followed.state === 'unknown')
    return { remarks: [`whether it is mirrored back cannot be told: ${followed.why}`] };
  const why = `waits for the first sync from ${facts.here.name}`;
  return { waits: [{ site, object: claimObject(volume, site), why }] };
};

/** The move is over when the other side is protected again. */
export const awaitReverse: StepKind = {
  name: 'Reverse',
  site,
  title: 'See that it is mirrored back',
  reads: 'Followed and lastSyncTime of the new primary, and its class',
  writes: '',
  waitsFor: 'the first sync back',
  undo: 'Move back',
  canUndoAfter: false,
  look: ({ volumes }) => together(volumes.map(lookAt)),
};
