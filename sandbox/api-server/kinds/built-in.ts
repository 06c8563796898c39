import type { Kind } from '../kind.ts';
import { configMaps } from './config-maps.ts';
import { customResourceDefinitions } from './custom-resource-definitions.ts';
import { namespaces } from './namespaces.ts';
import { persistentVolumeClaims } from './persistent-volume-claims.ts';
import { persistentVolumes } from './persistent-volumes.ts';
import { secrets } from './secrets.ts';
import { storageClasses } from './storage-classes.ts';

/** The kinds that are served before any CustomResourceDefinition is made, in the order of discovery. */
export const builtInKinds: readonly Kind[] = [
  configMaps,
  customResourceDefinitions,
  namespaces,
  persistentVolumeClaims,
  persistentVolumes,
  secrets,
  storageClasses,
];
