import { consentAnnotation } from '../../consent.ts';
import { usesAnnotation } from '../../consent-use.ts';
import { demotionAnnotation } from '../../following/demotion.ts';
import { lastBackupAnnotation } from '../backup-record.ts';
import { editField, type Fields, without, withoutAnnotations } from './edit-fields.ts';

/** What a server writes, or what names objects of the one cluster. A server refuses to create with a resourceVersion. */
const fieldsOfOneCluster = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
  'ownerReferences',
  'finalizers',
];

/** The object as kubectl applied it, with all that was cleaned away; and what is said of one version of an object: a consent, a demotion, a backup. */
const annotationsOfOneCluster = [
  'kubectl.kubernetes.io/last-applied-configuration',
  consentAnnotation,
  usesAnnotation,
  demotionAnnotation,
  lastBackupAnnotation,
];

/** What no object takes along to another cluster, whatever its kind is. */
export const cleanMetadata = <T extends Fields>(object: T): T =>
  withoutAnnotations(
    editField(without(object, 'status'), 'metadata', (metadata) => without(metadata, ...fieldsOfOneCluster)),
    (name) => annotationsOfOneCluster.includes(name),
  );
