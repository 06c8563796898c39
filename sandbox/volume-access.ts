import { DrError } from '../core/model/error.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../core/model/persistent-volume.ts';
import { resources } from '../core/model/resource.ts';
import { isNotFound } from '../kube/api-error.ts';
import type { ClaimRequest, ReadAnswer, ReadRequest, WriteAnswer, WriteRequest } from './control-protocol.ts';
import { largestTransfer } from './control-protocol.ts';
import type { Site } from './site/site.ts';
import type { StoredVolume } from './storage/site-array.ts';

const notBound = (site: Site, { namespace, claim }: ClaimRequest): DrError =>
  new DrError({
    code: 'ClaimNotBound',
    message: `${site.name}: claim ${namespace}/${claim} is not bound to a volume`,
    hint: `kubectl --context ${site.name} -n ${namespace} describe pvc ${claim}`,
  });

const findHandle = async (site: Site, request: ClaimRequest): Promise<string> => {
  if (site.state !== 'up') {
    throw new DrError({
      code: 'SiteFailed',
      message: `${site.name} has failed: nobody reaches its volumes`,
      hint: `bring it back with kubectl dr sandbox heal ${site.name}`,
    });
  }
  const { namespace, claim: name } = request;
  const claim = await site.cluster
    .get<PersistentVolumeClaim>(resources.persistentVolumeClaims, { namespace, name })
    .catch((thrown: unknown) => {
      if (!isNotFound(thrown)) throw thrown;
      throw new DrError({
        code: 'ClaimNotFound',
        message: `${site.name}: there is no claim ${namespace}/${name}`,
        hint: `claims there: kubectl --context ${site.name} get pvc -A`,
      });
    });
  const volumeName = claim.spec?.volumeName;
  if (volumeName === undefined || claim.status?.phase !== 'Bound') throw notBound(site, request);
  const volume = await site.cluster.get<PersistentVolume>(resources.persistentVolumes, { name: volumeName });
  const handle = volume.spec?.csi?.volumeHandle;
  if (handle === undefined) throw notBound(site, request);
  return handle;
};

const storedVolume = (site: Site, volumeHandle: string): StoredVolume | undefined =>
  site.array.volumes().find(({ volumeId }) => volumeId === volumeHandle);

/** Writes bytes into the volume behind a claim, as a pod of that site would. Refused where the volume is secondary. */
export const writeVolume = async (site: Site, request: WriteRequest): Promise<WriteAnswer> => {
  const bytes = Buffer.from(request.base64, 'base64');
  const volumeHandle = await findHandle(site, request);
  site.array.write(volumeHandle, request.offset, bytes);
  return { volumeHandle, offset: request.offset, bytes: bytes.length };
};

const textChunk = 64 * 1024;

/** Bytes up to the first zero: what was written as text, in a volume that is zero elsewhere. */
const readText = (site: Site, volumeHandle: string, offset: number): Buffer => {
  const sizeBytes = storedVolume(site, volumeHandle)?.sizeBytes ?? 0;
  const parts: Uint8Array[] = [];
  for (let at = offset; at < Math.min(sizeBytes, offset + largestTransfer); at += textChunk) {
    const part = site.array.read(volumeHandle, { offset: at, length: Math.min(textChunk, sizeBytes - at) });
    const end = part.indexOf(0);
    parts.push(end < 0 ? part : part.subarray(0, end));
    if (end >= 0) break;
  }
  return Buffer.concat(parts);
};

/** Reads bytes of the volume behind a claim; on a secondary those of its last whole snapshot. */
export const readVolume = async (site: Site, request: ReadRequest): Promise<ReadAnswer> => {
  const { offset, length } = request;
  if (length !== undefined && length > largestTransfer) {
    throw new DrError({
      code: 'TransferTooLarge',
      message: `${length} bytes are more than the ${largestTransfer} that one read may carry`,
      hint: 'read in parts with --offset and --length',
    });
  }
  const volumeHandle = await findHandle(site, request);
  const bytes =
    length === undefined
      ? readText(site, volumeHandle, offset)
      : Buffer.from(site.array.read(volumeHandle, { offset, length }));
  const stored = storedVolume(site, volumeHandle);
  return {
    volumeHandle,
    base64: bytes.toString('base64'),
    role: stored?.role ?? 'none',
    ...(stored?.snapshotAt !== undefined && { snapshotAt: new Date(stored.snapshotAt).toISOString() }),
  };
};
