import { volumeIdentityKey, volumeIdentityOf } from '../../model/persistent-volume.ts';
import { knownValue } from '../../model/reading-of.ts';
import { claimKeyText } from '../../protection/claims-of-volume.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import type { Workload } from '../../workload/workload.ts';
import type { BroughtWorkload, GroupNow, VolumeNow } from '../move.ts';
import { claimObject, type StepKind, type StepLook, together, unknownWait } from '../step-look.ts';
import { broughtToGroup } from '../workloads-of-group.ts';

const site = 'target';

const identityIn = ({ volume }: StepFacts): string | undefined => {
  const pv = volume.known ? volume.value : undefined;
  const identity = pv && volumeIdentityOf(pv);
  return identity && volumeIdentityKey(identity);
};

/** Bound, and to the volume that the source has, where the source can be read. */
const isThere = ({ source, target }: VolumeNow): boolean => {
  if (!target.known || !target.value.claim.known) return false;
  if (knownValue(target.value.claim)?.status?.phase !== 'Bound') return false;
  const [here, there] = [identityIn(target.value), source.known ? identityIn(source.value) : undefined];
  return here !== undefined && (there === undefined || here === there);
};

const lookAt = (now: VolumeNow, { brought, sites }: GroupNow): Partial<StepLook> => {
  const { volume, target } = now;
  if (!target.known) return unknownWait(volume, site, target.why);
  if (isThere(now)) return {};
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
