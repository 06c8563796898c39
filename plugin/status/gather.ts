import { DrError } from '../../core/model/error.ts';
import { resources } from '../../core/model/resource.ts';
import type { Site, Sites } from '../door/clusters.ts';
import type { Selection } from '../selection/parse-selection.ts';
import { usageError } from '../usage-error.ts';
import { gatherSite, type Scope } from './gather-site.ts';
import type { LabelledClaims } from './selection.ts';

/** The sites there are: one, or the pair. */
export const listSites = ({ here, there }: Sites): Site[] => (there === undefined ? [here] : [here, there]);

/** Reads all sites at the same time. */
export const gatherSites = (sites: Sites, selection: Selection, signal: AbortSignal) => {
  const scope: Scope = { namespace: selection.namespace, signal };
  return Promise.all(listSites(sites).map((site) => gatherSite(site, scope, selection.claims)));
};

/** Servers know the grammar of selectors; what they say about a wrong one does not name it. */
const selectorFault = (labels: string, failure: unknown): unknown =>
  failure instanceof DrError && failure.code === 'BadRequest'
    ? usageError(`invalid selector "${labels}": ${failure.message}`, 'give labels such as app=db,tier!=test')
    : failure;

/** Asks each server itself which claims carry the labels; a site that does not answer has none. */
export const gatherLabelled = async (
  sites: Sites,
  { labels, namespace }: Selection,
  signal: AbortSignal,
): Promise<LabelledClaims> => {
  if (labels === undefined) return undefined;
  const ofSite = async ({ cluster, context }: Site) => {
    const { items } = await cluster.listAll(resources.persistentVolumeClaims, {
      labelSelector: labels,
      ...(namespace !== undefined && { namespace }),
      signal,
    });
    return [context, new Set(items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`))] as const;
  };
  const answers = await Promise.allSettled(listSites(sites).map(ofSite));
  const read = answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value);
  const [failure] = answers.filter((answer) => answer.status === 'rejected');
  if (read.length === 0 && failure !== undefined) throw selectorFault(labels, failure.reason);
  return new Map(read);
};
