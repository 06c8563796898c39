import { knownValue } from '../../model/reading-of.ts';
import { compareVolumes } from '../../model/same-volume.ts';
import { claimKeyText } from '../../protection/claims-of-volume.ts';
import { seenVolume } from '../../step/seen-volume.ts';
import type { Workload } from '../../workload/workload.ts';
import type { BroughtWorkload, GroupNow, VolumeNow } from '../move.ts';
import { claimObject, type StepKind, type StepLook, together, unknownWait } from '../step-look.ts';
import { wantedVolume } from '../wanted-volume.ts';
import { broughtToGroup } from '../workloads-of-group.ts';

const site = 'target';

/** Bound, and to the volume that the source has; where the source cannot be read, that what is brought speaks of. */
const isThere = ({ volume, source, target }: VolumeNow, { brought }: GroupNow): boolean => {
  if (!target.known || !target.value.claim.known) return false;
  if (knownValue(target.value.claim)?.status?.phase !== 'Bound') return false;
  const here = seenVolume(target.value);
  const there = wantedVolume({ volume, source }, brought);
  if (here === undefined || there === undefined) return here !== undefined;
  const sameness = compareVolumes(here, there);
  // What nobody can compare is not brought once more in a disaster: what it is promoted by has to be accepted.
  return sameness === 'same' || (sameness === 'maybe' && !source.known);
};

const lookAt = (now: VolumeNow, group: GroupNow): Partial<StepLook> => {
  const { brought, sites } = group;
  const { volume, target } = now;
  if (!target.known) return unknownWait(volume, site, target.why);
  if (isThere(now, group)) return {};
  const object = claimObject(volume, site);
  if (brought.claims.has(claimKeyText(volume.source))) return { writes: [{ kind: 'restore', site, object }] };
  const { name } = sites[site].site;
  const message = `claim ${claimKeyText(volume.target)} is not bound on ${name}, and nothing that was given brings it: name a backup with --from`;
  return { blocks: [{ site, object, obstacle: { code: 'NotFound', message }, isRule: false }] };
};

const isSame = (there: Workload, { kind, namespace, name }: BroughtWorkload): boolean =>
  there.name === name && there.namespace === namespace && there.resource.kind === kind;

/** Those of the group that are not on the target. While its workloads cannot be read, nobody knows which. */
const missingWorkloads = (now: GroupNow): Partial<StepLook>[] => {
  const { workloads } = now.sites[site];
  const own = broughtToGroup(now);
  const [first] = now.group.volumes;
  if (!workloads.known)
    return own.length === 0 || first === undefined ? [] : [unknownWait(first, site, workloads.why)];
  return own
    .filter((workload) => !workloads.value.some((it) => isSame(it, workload)))
    .map(({ kind, namespace, name }) => ({
      writes: [{ kind: 'restore', site, object: { kind, namespace, name } }],
    }));
};

/** The target has everything before anything is taken down: from then on no step needs what lives on the source alone. */
export const restoreObjects: StepKind = {
  name: 'Restore',
  site,
  title: 'Restore what the target lacks',
  reads: 'claims, PVs, classes and workloads of both sites, or a backup',
  writes: 'namespaces, classes, PVs, claims, workloads at 0',
  waitsFor: 'every claim bound',
  undo: '',
  canUndoAfter: true,
  look: (now) => together([...now.volumes.map((volume) => lookAt(volume, now)), ...missingWorkloads(now)]),
};
