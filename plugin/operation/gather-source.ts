import type { Io } from '../io.ts';
import { bringFromSite, narrowSource, nothingToBring, type ObjectSource } from './bring-objects.ts';
import type { PreparedOperation } from './prepare-operation.ts';

/**
 * What there is to bring: a backup that was named; else what the source shows, where it can be read; else nothing, and everything has to
 * be on the target already.
 */
export const gatherSource = async (
  { backup, sites, volumes, request }: PreparedOperation,
  io: Pick<Io, 'now' | 'version'>,
  signal: AbortSignal,
): Promise<ObjectSource> => {
  const claims = volumes.map(({ source }) => source);
  if (backup !== undefined) return narrowSource(backup, claims);
  if (sites.source.whyDark() !== undefined) return nothingToBring;
  const there = claims.filter((claim) => sites.source.volumes.claims.get(claim) !== undefined);
  if (there.length === 0) return nothingToBring;
  return bringFromSite(sites.source.site, there, request.extent, { ...io, signal });
};
