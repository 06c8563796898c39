import { knownValue, readingOf } from '../../model/reading-of.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import type { SiteRole, VolumeNow } from '../move.ts';
import { claimObject, type StepKind, type StepLook, together, unknownWait, type Wait } from '../step-look.ts';

/** Of more names, a line is longer than anybody reads. */
const mostNames = 3;

const listed = (names: readonly string[]): string =>
  names.length > mostNames
    ? `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more`
    : names.join(', ');

const usesOf = ({ site, key, volume }: StepFacts) =>
  readingOf(() => {
    const pods = site.podsUsing(key);
    const name = knownValue(volume)?.metadata.name;
    const nodes = name === undefined ? [] : site.nodesOf(name);
    return [
      ...(pods.length === 0 ? [] : [`${pods.length === 1 ? 'pod' : 'pods'} ${listed(pods)} to end`]),
      ...(nodes.length === 0 ? [] : [`its attachment to ${listed(nodes)} to go`]),
    ];
  });

const lookAt = (now: VolumeNow, site: SiteRole): Partial<StepLook> => {
  if (now.isThrough) return {};
  const facts = now[site];
  if (!facts.known) return unknownWait(now.volume, site, facts.why);
  const uses = usesOf(facts.value);
  if (!uses.known) return unknownWait(now.volume, site, uses.why);
  const object = claimObject(now.volume, site);
  const waits: Wait[] = uses.value.map((use) => ({ site, object, why: `waits for ${use}` }));
  return { waits };
};

/** Seen, not concluded from a replica count: operators and GitOps start workloads again. */
export const releaseVolumes = (site: SiteRole): StepKind => ({
  name: 'Release',
  site,
  title: 'See that nothing uses the volumes',
  reads: 'pods and VolumeAttachments',
  writes: '',
  waitsFor: 'no pod and no VolumeAttachment',
  undo: '',
  canUndoAfter: true,
  look: ({ volumes }) => together(volumes.map((volume) => lookAt(volume, site))),
});
