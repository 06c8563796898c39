import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { Kind } from '../kind.ts';
import { builtInKind } from './built-in-kind.ts';
import { canonicalQuantities } from './canonical-quantity.ts';
import { orNone, text, wideText } from './columns.ts';
import { edit, editObject, fill } from './editing.ts';
import { listAt, read, recordAt, textAt } from './reading.ts';

const infoFields = [
  'machineID',
  'systemUUID',
  'bootID',
  'kernelVersion',
  'osImage',
  'containerRuntimeVersion',
  'kubeletVersion',
  'kubeProxyVersion',
  'operatingSystem',
  'architecture',
];
const noInfo = Object.fromEntries(infoFields.map((name) => [name, '']));

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** A new node takes no pods until somebody calls it ready. */
const create = (node: KubernetesObject): KubernetesObject => {
  const taints = listAt(node, 'spec', 'taints');
  const tainted = taints.some((taint) => textAt(taint, 'key') === notReady.key);
  return tainted ? node : { ...node, spec: { ...recordAt(node, 'spec'), taints: [...taints, notReady] } };
};

const defaults = (node: KubernetesObject): KubernetesObject => {
  const status = fill(recordAt(node, 'status'), {
    daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
    nodeInfo: noInfo,
  });
  const capacity = status['capacity'];
  const counted = edit(
    edit(
      capacity === undefined ? status : fill(status, { allocatable: capacity }),
      'capacity',
      canonicalQuantities,
    ),
    'allocatable',
    canonicalQuantities,
  );
  return {
    ...node,
    spec: recordAt(node, 'spec'),
    status: editObject(counted, 'nodeInfo', (info) => fill(info, noInfo)),
  };
};

const statusText = (node: KubernetesObject): string => {
  const ready = listAt(node, 'status', 'conditions').find((found) => textAt(found, 'type') === 'Ready');
  const state = ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return read(node, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state;
};

const rolePrefix = 'node-role.kubernetes.io/';

const rolesText = (node: KubernetesObject): string =>
  Object.entries(node.metadata.labels ?? {})
    .flatMap(([name, value]) => {
      if (name.startsWith(rolePrefix) && name !== rolePrefix) return [name.slice(rolePrefix.length)];
      return name === 'kubernetes.io/role' && value !== '' ? [value] : [];
    })
    .toSorted()
    .join(',');

const addressOf = (node: KubernetesObject, type: string): string =>
  textAt(
    listAt(node, 'status', 'addresses').find((address) => textAt(address, 'type') === type),
    'address',
  );

const info = (name: string) => (node: KubernetesObject) =>
  textAt(node, 'status', 'nodeInfo', name) || '<unknown>';

/** Nodes. */
export const nodes: Kind = builtInKind(resources.nodes, {
  shortNames: ['no'],
  status: true,
  create,
  defaults,
  selectableFields: {
    'spec.unschedulable': (node) => String(read(node, 'spec', 'unschedulable') === true),
  },
  columns: [text('Status', statusText), text('Roles', (node) => orNone(rolesText(node)))],
  wide: [
    text('Version', (node) => textAt(node, 'status', 'nodeInfo', 'kubeletVersion')),
    wideText('Internal-IP', (node) => orNone(addressOf(node, 'InternalIP'))),
    wideText('External-IP', (node) => orNone(addressOf(node, 'ExternalIP'))),
    wideText('OS-Image', info('osImage')),
    wideText('Kernel-Version', info('kernelVersion')),
    wideText('Container-Runtime', info('containerRuntimeVersion')),
  ],
});
