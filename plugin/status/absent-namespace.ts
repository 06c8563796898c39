import { resources } from '../../core/model/resource.ts';
import type { Site } from '../door/clusters.ts';
import { codeOf } from '../restore/error-code.ts';

const isAbsentOn = async ({ cluster }: Site, name: string, signal: AbortSignal): Promise<boolean> => {
  try {
    await cluster.get(resources.namespaces, { name }, { signal });
    return false;
  } catch (error) {
    return codeOf(error) === 'NotFound';
  }
};

/**
 * The sites that have no namespace of this name, where that is all that can be read and no other one may have it; else none. Asked where nothing
 * was found: a namespace that is spelled wrongly must not pass for one in which all is well.
 */
export const sitesWithoutNamespace = async (
  sites: readonly Site[],
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  if (namespace === undefined) return [];
  const absent = await Promise.all(sites.map((site) => isAbsentOn(site, namespace, signal)));
  return absent.every(Boolean) ? sites.map(({ name }) => name) : [];
};
