import { DrError } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { lookAgain } from '../../core/restore/look-again.ts';
import { nameText } from '../../core/restore/object-name.ts';
import type { VolumePlan } from '../../core/restore/plan.ts';
import { newClassesOf } from '../../core/restore/plan-restore.ts';
import { planVolume } from '../../core/restore/plan-volume.ts';
import type { WantedVolume } from '../../core/restore/wanted.ts';
import type { ObjectKey } from '../../kube/cluster.ts';
import { codeOf } from './error-code.ts';
import type { RestoreRun } from './restore-run.ts';
import { takeStep } from './take-step.ts';

type Writing = Pick<RestoreRun, 'site' | 'target' | 'wanted' | 'io'>;

/** Somebody else writes the same objects: a second restore, most often. After so many times there is more to it. */
const looksAtMost = 5;

/** It is there, or may be: of a request that had no answer nobody knows what became of it. */
const mayBeThere = (error: unknown): boolean =>
  ['AlreadyExists', 'Conflict', 'Unreachable', 'RequestTimeout'].includes(codeOf(error));

const readNow = async <T extends KubernetesObject>(
  { site, io }: Writing,
  resource: Resource,
  key: ObjectKey,
): Promise<T | undefined> => {
  try {
    return await site.cluster.get<T>(resource, key, { signal: io.signal });
  } catch (error) {
    if (codeOf(error) === 'NotFound') return undefined;
    throw error;
  }
};

/** Decides anew about one volume, as it is now. Throws a `DrError` where something stands against it. */
const planAgain = async (volume: WantedVolume, writing: Writing): Promise<VolumePlan> => {
  const { name = '', namespace = '' } = volume.claim.metadata;
  const [volumeNow, claimNow] = await Promise.all([
    readNow<PersistentVolume>(writing, resources.persistentVolumes, {
      name: volume.volume.metadata.name ?? '',
    }),
    readNow<PersistentVolumeClaim>(writing, resources.persistentVolumeClaims, { name, namespace }),
  ]);
  const planned = planVolume({
    wanted: volume,
    target: lookAgain(writing.target, volume, { volume: volumeNow, claim: claimNow }),
    options: writing.wanted,
    newClasses: newClassesOf(writing.wanted),
  });
  if ('plan' in planned) return planned.plan;
  const [{ object, fact, next }] = planned.conflicts;
  throw new DrError({ code: 'RestoreConflict', message: `${nameText(object)}: ${fact}`, hint: next });
};

/**
 * Writes PV and claim of one volume, the PV first. What turns up meanwhile is compared as at the beginning: a second restore of the
 * same source does no harm. Rejects with a `DrError`; what was written until then stays, and the next run goes on from it.
 */
export const writeVolume = async (plan: VolumePlan, writing: Writing): Promise<void> => {
  const options = { dryRun: false, signal: writing.io.signal };
  let current = plan;
  for (let looks = 1; ; looks += 1) {
    try {
      await takeStep(current.volume, writing.site, options);
      await takeStep(current.claim, writing.site, options);
      return;
    } catch (error) {
      const isLast = looks === looksAtMost || writing.wanted.existing === 'fail';
      if (!mayBeThere(error) || isLast) throw error;
      current = await planAgain(current.wanted, writing);
    }
  }
};
