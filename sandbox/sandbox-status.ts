import type { PersistentVolume } from '../core/model/persistent-volume.ts';
import { resources } from '../core/model/resource.ts';
import type { SiteStatus, VolumeStatus } from './control-protocol.ts';
import type { Site } from './site/site.ts';

const listTimeoutMs = 3_000;

/** Claims by volume handle, as far as the site can tell. */
const readClaims = async (site: Site): Promise<ReadonlyMap<string, string>> => {
  if (site.state !== 'up') return new Map();
  const { items } = await site.cluster
    .listAll<PersistentVolume>(resources.persistentVolumes, { timeoutMs: listTimeoutMs })
    .catch(() => ({ items: [] as PersistentVolume[] }));
  return new Map(
    items.flatMap(({ spec }) => {
      const { csi, claimRef } = spec ?? {};
      if (csi === undefined || claimRef === undefined) return [];
      return [[csi.volumeHandle, `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`] as const];
    }),
  );
};

const volumesOf = (site: Site, claims: ReadonlyMap<string, string>): VolumeStatus[] =>
  site.array.volumes().map(({ volumeId, sizeBytes, role, snapshotAt }) => {
    const claim = claims.get(volumeId);
    return {
      volumeHandle: volumeId,
      sizeBytes,
      role,
      ...(claim !== undefined && { claim }),
      ...(snapshotAt !== undefined && { snapshotAt: new Date(snapshotAt).toISOString() }),
    };
  });

/** What a site looks like right now; its storage is looked at from the inside, so also while it is dark. */
export const describeSite = async (site: Site): Promise<SiteStatus> => ({
  name: site.name,
  context: site.name,
  url: site.server.url,
  port: site.server.port,
  state: site.state,
  controller: site.controller?.state() ?? { state: 'off' },
  webhook: (await site.guard?.state()) ?? { state: 'off' },
  volumes: volumesOf(site, await readClaims(site)),
});
