import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import type { Kind } from '../kind.ts';
import { builtInKind } from './built-in-kind.ts';
import { flag, integer, text } from './columns.ts';
import { editItems, editObject, fill } from './editing.ts';
import { listAt, read, recordAt, textAt, textsAt } from './reading.ts';

const storage = (plural: string, kind: string): Resource => ({
  group: 'storage.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});

const driverDefaults = (driver: KubernetesObject): KubernetesObject => ({
  ...driver,
  spec: fill(recordAt(driver, 'spec'), {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    requiresRepublish: false,
    seLinuxMount: false,
    volumeLifecycleModes: ['Persistent'],
  }),
});

const audiences = (driver: KubernetesObject): string =>
  listAt(driver, 'spec', 'tokenRequests')
    .map((request) => textAt(request, 'audience'))
    .join(',') || '<unset>';

const isSet = (name: string) => (driver: KubernetesObject) => read(driver, 'spec', name) === true;

/** CSIDrivers: what the cluster needs to know of a driver. */
export const csiDrivers: Kind = builtInKind(storage('csidrivers', 'CSIDriver'), {
  defaults: driverDefaults,
  columns: [
    flag('AttachRequired', isSet('attachRequired')),
    flag('PodInfoOnMount', isSet('podInfoOnMount')),
    flag('StorageCapacity', isSet('storageCapacity')),
    text('TokenRequests', audiences),
    flag('RequiresRepublish', isSet('requiresRepublish')),
    text('Modes', (driver) => textsAt(driver, 'spec', 'volumeLifecycleModes').join(',')),
  ],
});

/** CSINodes: which drivers a node has. */
export const csiNodes: Kind = builtInKind(storage('csinodes', 'CSINode'), {
  defaults: (node) =>
    editObject(node, 'spec', (spec) =>
      editItems(spec, 'drivers', (driver) => ({
        ...driver,
        topologyKeys: driver['topologyKeys'] ?? null,
      })),
    ),
  columns: [integer('Drivers', (node) => listAt(node, 'spec', 'drivers').length)],
});
