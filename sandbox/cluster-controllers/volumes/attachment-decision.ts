import { createHash } from 'node:crypto';
import type { PersistentVolume } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import { type Decision, only, settled, withFinalizer, withoutFinalizer } from '../runtime/decision.ts';
import type { VolumeAttachment } from './storage-objects.ts';

/** What the attacher knows about one volume on the site's one node. */
export type AttachmentFacts = {
  /** Undefined when the volume is gone but an attachment is left. */
  volume: PersistentVolume | undefined;
  attachment: VolumeAttachment | undefined;
  /** Pods with a node that mount the volume and have not finished; leaving ones count until they are gone. */
  users: number;
  nodeName: string;
  /** The driver whose volumes this site attaches. */
  driverName: string;
};

/** What the attacher asks of the driver before it goes on. */
export type AttachmentStep =
  | { kind: 'write'; decision: Decision }
  | { kind: 'publish'; attachment: VolumeAttachment; volume: PersistentVolume }
  | { kind: 'unpublish'; attachment: VolumeAttachment };

const attachments = resources.volumeAttachments;

/** The finalizer by which the attacher of a driver keeps an attachment until it is undone. */
export const attacherFinalizer = (driverName: string): string =>
  `external-attacher/${driverName.replaceAll('.', '-')}`;

/** The name that Kubernetes gives to the attachment of a CSI volume to a node. */
export const attachmentName = (volumeHandle: string, driverName: string, nodeName: string): string =>
  `csi-${createHash('sha256').update(`${volumeHandle}${driverName}${nodeName}`).digest('hex')}`;

const write = (decision: Decision): AttachmentStep => ({ kind: 'write', decision });

const attach = ({ volume, nodeName, driverName }: AttachmentFacts): Decision => {
  const csi = volume?.spec?.csi;
  const name = volume?.metadata.name;
  if (csi?.driver !== driverName || name === undefined) return settled;
  return only({
    act: 'create',
    resource: attachments,
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: attachmentName(csi.volumeHandle, driverName, nodeName) },
      spec: { attacher: driverName, nodeName, source: { persistentVolumeName: name } },
    },
  });
};

/**
 * The next step for one volume: an attachment appears with the first pod that uses it, is published by the driver, and goes
 * after the last pod is gone, unpublished first.
 */
export const decideAttachment = (facts: AttachmentFacts): AttachmentStep => {
  const { attachment, users, driverName, volume } = facts;
  if (attachment === undefined) return write(users > 0 ? attach(facts) : settled);
  if (attachment.spec?.attacher !== driverName) return write(settled);
  const finalizer = attacherFinalizer(driverName);
  const isHeld = attachment.metadata.finalizers?.includes(finalizer) === true;
  if (attachment.metadata.deletionTimestamp !== undefined) {
    return isHeld ? { kind: 'unpublish', attachment } : write(settled);
  }
  if (users === 0) return write(only({ act: 'delete', resource: attachments, object: attachment }));
  if (!isHeld) return write(only(withFinalizer(attachments, attachment, finalizer)));
  if (attachment.status?.attached === true || volume === undefined) return write(settled);
  return { kind: 'publish', attachment, volume };
};

/** After the driver published the volume. */
export const markAttached = (attachment: VolumeAttachment): Decision =>
  only({
    act: 'patch',
    resource: attachments,
    object: attachment,
    body: { status: { attached: true, attachError: null } },
    subresource: 'status',
  });

/** After the driver refused; the same refusal is written once. */
export const markAttachError = (attachment: VolumeAttachment, message: string, now: string): Decision =>
  attachment.status?.attachError?.message === message
    ? settled
    : only({
        act: 'patch',
        resource: attachments,
        object: attachment,
        body: { status: { attached: false, attachError: { message, time: now } } },
        subresource: 'status',
      });

/** After the driver unpublished the volume: the attachment may go. */
export const letGo = (attachment: VolumeAttachment, driverName: string): Decision =>
  only(withoutFinalizer(attachments, attachment, attacherFinalizer(driverName)));
