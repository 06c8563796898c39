import { DrError } from '../../core/model/error.ts';
import { resources } from '../../core/model/resource.ts';
import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import type { ListedSite } from '../../core/protection/view-lists.ts';
import type { Site } from '../door/clusters.ts';
import { parseSelection, type Selection, type SelectionIn } from '../selection/parse-selection.ts';
import { usageError } from '../usage-error.ts';
import type { StepFlags } from './step-flags.ts';

/** What a step is about: claims have to be named or labelled, as nobody means everything by saying nothing. */
export const parseStepSelection = (flags: StepFlags): SelectionIn => {
  const selectionIn = parseSelection(flags);
  if ((flags.pvc ?? []).length === 0 && flags.selector === undefined)
    throw usageError('no claim is named', 'name claims, or select them with -l');
  return selectionIn;
};

/** Claims that carry the labels, as the server finds them. */
const labelledClaims = async (
  { cluster }: Site,
  { labels, namespace }: Selection,
  signal: AbortSignal,
): Promise<ClaimKey[]> => {
  const { items } = await cluster.listAll(resources.persistentVolumeClaims, {
    labelSelector: labels ?? '',
    ...(namespace !== undefined && { namespace }),
    signal,
  });
  return items.map(({ metadata: { namespace: where = '', name = '' } }) => ({ namespace: where, name }));
};

const claimOfReplication = (view: ListedSite, namespace: string, name: string): ClaimKey => {
  const source = view.replication(namespace, name)?.spec.dataSource;
  if (source?.kind === 'PersistentVolumeClaim') return { namespace, name: source.name };
  throw new DrError({
    code: 'NotFound',
    message:
      source === undefined
        ? `volumereplications "${name}" not found in namespace ${namespace}`
        : `VolumeReplication ${namespace}/${name} carries the state of a group, whose claims change together`,
  });
};

/** Claims that were labelled; undefined where they were named. Asked before anything else is read, for their namespaces. */
export const findLabelled = async (
  site: Site,
  selection: Selection,
  signal: AbortSignal,
): Promise<readonly ClaimKey[] | undefined> => {
  if (selection.labels === undefined) return undefined;
  const found = await labelledClaims(site, selection, signal);
  if (found.length > 0) return found;
  throw new DrError({ code: 'NotFound', message: `no claim of ${site.name} carries ${selection.labels}` });
};

/** The claims that a step is about, each once, in the order they were named. */
export const selectedClaims = (
  view: ListedSite,
  { namespace = '', claims, replications }: Selection,
  labelled: readonly ClaimKey[] | undefined,
): readonly ClaimKey[] => {
  const keys = labelled ?? [
    ...claims.map((name) => ({ namespace, name })),
    ...replications.map((name) => claimOfReplication(view, namespace, name)),
  ];
  return [...new Map(keys.map((key) => [claimKeyText(key), key])).values()];
};
