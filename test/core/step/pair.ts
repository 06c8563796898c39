import type { PersistentVolume } from '../../../core/model/persistent-volume.ts';
import { known, unknown } from '../../../core/model/reading.ts';
import { type ListedSite, type SiteLists, viewLists } from '../../../core/protection/view-lists.ts';
import type { SiteName } from '../../../core/status/snapshot.ts';
import { describeStep, type SiteReading, type StepFacts } from '../../../core/step/step-facts.ts';
import { pv, pvc, vrc } from '../status/objects.ts';

export { ago, now, vgr, vr, vrc } from '../status/objects.ts';

const nameOf = (name: string): SiteName => ({ name, context: name, kubectl: `kubectl --context ${name}` });

/** A PV that is kept, as a protected one has to be. */
export const kept = (name: string, policy: 'Retain' | 'Delete' = 'Retain'): PersistentVolume => {
  const volume = pv(name);
  return { ...volume, spec: { ...volume.spec, persistentVolumeReclaimPolicy: policy } };
};

/** A cluster with the claims `db` and `web`, the class `every-5m` and nothing that uses a volume, unless told otherwise. */
export const listed = (lists: Partial<SiteLists> = {}): ListedSite =>
  viewLists({
    claims: known([pvc('db'), pvc('web')]),
    volumes: known([kept('pv-db'), kept('pv-web')]),
    replications: known([]),
    groups: known([]),
    replicationClasses: known([vrc('every-5m', { schedulingInterval: '5m' })]),
    storageClasses: known([]),
    pods: known([]),
    attachments: known([]),
    ...lists,
  });

/** What both sites show of claim shop/db. `there`: null where no other site is known, text where it cannot be read. */
export const stepFacts = (
  here: Partial<SiteLists>,
  there: Partial<SiteLists> | string | null = {},
): StepFacts => {
  const peer: SiteReading | undefined =
    there === null
      ? undefined
      : {
          site: nameOf('west'),
          view: typeof there === 'string' ? unknown(there) : known(listed(there)),
        };
  return describeStep(
    { here: { site: nameOf('east'), view: listed(here) }, there: peer },
    { namespace: 'shop', name: 'db' },
  );
};

/** Why a site cannot be read. */
export const dark = 'connection refused by 10.0.0.2:6443';
