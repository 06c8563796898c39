import { decideDemote } from '../../step/decide-demote.ts';
import type { Decision } from '../../step/decision.ts';
import { isDemoted } from '../../step/reached.ts';
import { staleMark } from '../../step/stale-mark.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import type { GroupNow, SiteRole, VolumeNow } from '../move.ts';
import { claimObject, type StepKind, type StepLook, together, unknownWait } from '../step-look.ts';
import { blocksUntilAccepted, refusalsOf, replicationOf } from './replication-steps.ts';

/** What a return demotes first is an older copy: that is written down with the demotion itself. */
const withMark = (decision: Decision, { source }: VolumeNow, site: SiteRole): Decision => {
  const primary = source.known ? replicationOf(source.value) : undefined;
  if (decision.kind !== 'write' || site !== 'target' || primary === undefined || !source.known)
    return decision;
  const annotations = staleMark(source.value.here.name, primary);
  return {
    ...decision,
    writes: decision.writes.map((write) => (write.kind === 'ask' ? { ...write, annotations } : write)),
  };
};

/** Only a target that believes that it is primary is demoted; one that has nothing yet is left alone. */
const isNoPrimary = ({ role }: StepFacts, site: SiteRole): boolean =>
  site === 'target' && role.role !== 'primary' && role.wants !== 'primary' && role.wants !== 'secondary';

/**
 * A primary that is to be demoted reads primary until it is. What fails after that is the look at how far the other side is, and what is
 * still to come is the end of a resync: other steps wait for these.
 */
const isDemotedAlready = ({ role: { role, wants } }: StepFacts): boolean =>
  role === 'secondary' && wants === 'secondary';

const lookAt = (now: VolumeNow, group: GroupNow, site: SiteRole): Partial<StepLook> => {
  if (now.isThrough) return {};
  const reading = now[site];
  if (!reading.known) return unknownWait(now.volume, site, reading.why);
  const facts = reading.value;
  if (isNoPrimary(facts, site)) return {};
  const decision = withMark(decideDemote(facts, { now: group.now, acceptsLoss: true }), now, site);
  const object = claimObject(now.volume, site);
  switch (decision.kind) {
    case 'unchanged':
      return {};
    case 'await':
      if (isDemotedAlready(facts)) return {};
      return { waits: [{ site, object, why: isDemoted(replicationOf(facts)).message }] };
    case 'refuse':
      return { blocks: refusalsOf(decision, { site, object }) };
    case 'write': {
      const { key, writes, consent } = decision;
      const { volume } = now;
      // The demotion of an older copy is part of throwing it away.
      const loss = site === 'target' ? 'resync' : 'lose-since-promote';
      if (consent !== undefined && !group.isAccepted(volume, loss))
        return { blocks: blocksUntilAccepted(consent, loss, { site, object }) };
      return {
        writes: [{ kind: 'replication', site, object, volume, key, does: 'demote', writes, consent }],
      };
    }
  }
};

/** No volume is promoted before all of its group are demoted. */
export const demoteVolumes = (site: SiteRole): StepKind => ({
  name: 'Demote',
  site,
  title: site === 'source' ? 'Demote the volumes' : 'Demote the older copies',
  reads: 'VolumeReplications, and once more pods and VolumeAttachments',
  writes: 'replicationState secondary, never autoResync',
  waitsFor: 'state Secondary',
  undo: site === 'source' ? 'Promote them again' : '',
  canUndoAfter: true,
  look: (now) => together(now.volumes.map((volume) => lookAt(volume, now, site))),
});
