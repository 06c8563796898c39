import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { knownValue } from '../model/reading-of.ts';
import { type ClaimKey, claimKeyText } from '../protection/claims-of-volume.ts';
import { protectorsOf } from '../protection/protectors.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { drCommand } from '../status/dr-command.ts';
import type { SiteFacts } from './facts.ts';
import { type Check, type CheckFinding, finding, type Seen } from './finding.ts';
import { onEachProtected, type ProtectedSide } from './on-each.ts';

/** `spec.dataSourceRef`, and `spec.dataSource` where that is all there is. */
type DataSource = {
  readonly apiGroup?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
};

const sourceOf = ({ spec }: PersistentVolumeClaim): DataSource | undefined => {
  const { dataSourceRef, dataSource } = (spec ?? {}) as {
    dataSourceRef?: DataSource | null;
    dataSource?: DataSource | null;
  };
  return dataSourceRef ?? dataSource ?? undefined;
};

/** Both make an image that is a clone; what other populators make is none. */
const cloned: Readonly<Record<string, string>> = {
  '/PersistentVolumeClaim': 'PersistentVolumeClaim',
  'snapshot.storage.k8s.io/VolumeSnapshot': 'VolumeSnapshot',
};

const kindOf = ({ apiGroup = '', kind = '' }: DataSource): string | undefined =>
  cloned[`${apiGroup}/${kind}`];

/** A class of ceph-csi that says so has the image flattened first (`flattenMode`, csi-addons/volumereplication there). */
const isFlattened = ({ view }: Pick<SiteFacts, 'view'>, className: string | undefined): boolean =>
  className !== undefined && view.replicationClass(className)?.spec.parameters?.['flattenMode'] === 'force';

const isProtected = ({ view }: Pick<SiteFacts, 'view'>, key: ClaimKey): boolean =>
  knownValue(protectorsOf(view, key, view.claim(key))).length > 0;

/** A claim that is protected, or about to be, where it is primary. */
export type Cloned = {
  readonly site: Pick<SiteFacts, 'site' | 'view'>;
  readonly key: ClaimKey;
  readonly className: string | undefined;
  /** It has been mirrored at least once. */
  readonly isMirrored: boolean;
  /** Claims that are being protected along. */
  readonly along?: readonly ClaimKey[];
};

/** What stands against mirroring a claim that was made from something else. Throws, for `readingOf`, where the site was not read. */
export const cloneFindings = (cloned: Cloned): readonly CheckFinding[] => {
  const { site, key, className, isMirrored, along = [] } = cloned;
  const claim = site.view.claim(key);
  const source = claim && sourceOf(claim);
  const kind = source && kindOf(source);
  if (source === undefined || kind === undefined || isFlattened(site, className)) return [];
  const from = { namespace: source.namespace ?? key.namespace, name: source.name ?? '' };
  const isClaim = kind === 'PersistentVolumeClaim';
  const isAlong = along.some((it) => claimKeyText(it) === claimKeyText(from));
  if (isClaim && (isAlong || isProtected(site, from))) return [];
  const what = `was made from ${kind} ${from.namespace}/${from.name}${isClaim ? ', which is not protected' : ''}`;
  const risk = isMirrored
    ? 'it is mirrored now, but ceph-csi may refuse to enable mirroring again, because its parent is not mirrored'
    : 'ceph-csi refuses to mirror an image whose parent is not mirrored';
  return [
    finding('DR431', 'warning', {
      site,
      object: { kind: 'PersistentVolumeClaim', ...key },
      message: `${what}, and class ${className ?? ''} does not say flattenMode: force: ${risk}`,
      next:
        isClaim && site.view.claim(from) !== undefined
          ? drCommand(site.site, 'protect', from)
          : `${site.site.kubectl} get vrc ${shellWord(className ?? '')} -o yaml`,
    }),
  ];
};

const look = ({ site, volume, replication, status }: ProtectedSide): readonly Seen[] => {
  // The image is enabled for mirroring where it is made primary first; what runs as a replica was mirrored from there.
  if (replication.wants !== 'primary') return [];
  knownValue(knownValue(site.objects).claims);
  return cloneFindings({
    site,
    key: { namespace: volume.namespace, name: volume.claimName },
    className: replication.className,
    isMirrored: status.lag.lastSync !== undefined,
  });
};

/** DR431. A clone shares its bytes with an image that nobody mirrors. */
export const sourcesOfClones: Check = {
  name: 'SourcesOfClones',
  codes: ['DR431'],
  look: (facts) => onEachProtected(facts, look),
};
