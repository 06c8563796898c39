import type { PersistentVolume } from '../model/persistent-volume.ts';
import { resources } from '../model/resource.ts';
import { claimKeyText, keyOfClaim } from '../protection/claims-of-volume.ts';
import type { VolumeFacts } from './conflicts/volume-rule.ts';
import { missingMetadata } from './missing-metadata.ts';
import type { Step } from './plan.ts';

const resource = resources.persistentVolumes;

type Change = { readonly what: string; readonly spec: Readonly<Record<string, unknown>> };

/** What keeps the PV for its claim, and its bytes for good: also a PV that is there already must be so. */
const safetyOf = (there: PersistentVolume, { wanted, options }: VolumeFacts): Change[] => {
  const isOpen = there.spec?.claimRef === undefined;
  const { claimRef } = wanted.volume.spec ?? {};
  return [
    ...(isOpen && options.claimRef === 'reserve'
      ? [{ what: `reserved for claim ${claimKeyText(keyOfClaim(wanted.claim))}`, spec: { claimRef } }]
      : []),
    ...(there.spec?.persistentVolumeReclaimPolicy === 'Retain'
      ? []
      : [{ what: 'reclaim policy Retain', spec: { persistentVolumeReclaimPolicy: 'Retain' } }]),
  ];
};

const stepForExisting = (there: PersistentVolume, facts: VolumeFacts): Step => {
  const metadata =
    facts.options.existing === 'update' ? missingMetadata(facts.wanted.volume, there) : undefined;
  const changes = safetyOf(there, facts);
  const what = [...changes.map((change) => change.what), ...(metadata ? ['labels and annotations'] : [])];
  if (what.length === 0)
    return { action: 'keep', resource, object: there, why: 'is there already, for the same volume' };
  const { resourceVersion } = there.metadata;
  const spec = Object.assign({}, ...changes.map((change) => change.spec));
  return {
    action: 'update',
    resource,
    object: there,
    patch: { metadata: { resourceVersion, ...metadata }, ...(changes.length > 0 && { spec }) },
    why: what.join(', '),
  };
};

/** What is to be done for the PV of a volume that nothing stands against. */
export const stepForVolume = (facts: VolumeFacts): Step => {
  const { volume, claim } = facts.wanted;
  const there = facts.target.volume(volume.metadata.name ?? '');
  if (there !== undefined) return stepForExisting(there, facts);
  const key = claimKeyText(keyOfClaim(claim));
  const why = facts.options.claimRef === 'reserve' ? `reserved for claim ${key}` : `open, for claim ${key}`;
  return { action: 'create', resource, object: volume, why };
};
