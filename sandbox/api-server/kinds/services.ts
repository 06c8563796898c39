import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { orNone, text, wideText } from './columns.ts';
import { editItems, editObject, fill } from './editing.ts';
import { listAt, numberAt, read, recordAt, textAt, textsAt } from './reading.ts';

const core = (plural: string, kind: string): Resource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
});

const defaultPort = (port: JsonObject): JsonObject =>
  fill(port, { protocol: 'TCP', ...(port['port'] === undefined ? {} : { targetPort: port['port'] }) });

/** An address made from the name: nothing routes to it here, but clients expect one. */
const addressFor = ({ namespace = '', name = '' }: KubernetesObject['metadata']): string => {
  const [high = 0, low = 0] = createHash('sha256').update(`${namespace}/${name}`).digest();
  return `10.96.${high}.${low}`;
};

/** How a service is reached, unless it is only an alias of a host. */
const reachable = (service: KubernetesObject): JsonObject => {
  const clusterIP = textAt(service, 'spec', 'clusterIP') || addressFor(service.metadata);
  return {
    clusterIP,
    clusterIPs: [clusterIP],
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
  };
};

const defaults = (service: KubernetesObject): KubernetesObject => ({
  ...editObject({ ...service, spec: recordAt(service, 'spec') }, 'spec', (spec) =>
    editItems(
      fill(spec, {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ...(textAt(spec, 'type') === 'ExternalName' ? {} : reachable(service)),
      }),
      'ports',
      defaultPort,
    ),
  ),
  status: fill(recordAt(service, 'status'), { loadBalancer: {} }),
});

const validate = (service: KubernetesObject): FieldError[] => {
  const headless = textAt(service, 'spec', 'clusterIP') === 'None';
  const external = textAt(service, 'spec', 'type') === 'ExternalName';
  return listAt(service, 'spec', 'ports').length === 0 && !headless && !external
    ? [findings.required('spec.ports')]
    : [];
};

const portsText = (service: KubernetesObject): string =>
  listAt(service, 'spec', 'ports')
    .map((port) => `${numberAt(port, 'port')}/${textAt(port, 'protocol')}`)
    .join(',');

const pairs = (labels: JsonObject): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(',');

/** Services: stored and shown, not routed. */
export const services: Kind = builtInKind(core('services', 'Service'), {
  shortNames: ['svc'],
  categories: ['all'],
  status: true,
  nameRule: 'label',
  defaults,
  validate,
  columns: [
    text('Type', (service) => textAt(service, 'spec', 'type')),
    text('Cluster-IP', (service) => orNone(textAt(service, 'spec', 'clusterIP'))),
    text('External-IP', (service) =>
      orNone(textAt(service, 'spec', 'externalName') || textsAt(service, 'spec', 'externalIPs').join(',')),
    ),
    text('Port(s)', (service) => orNone(portsText(service))),
  ],
  wide: [wideText('Selector', (service) => orNone(pairs(recordAt(service, 'spec', 'selector'))))],
});

const addressesOf = (subset: unknown): string[] =>
  listAt(subset, 'addresses').flatMap((address) => {
    const ports = listAt(subset, 'ports');
    const ip = textAt(address, 'ip');
    return ports.length === 0 ? [ip] : ports.map((port) => `${ip}:${numberAt(port, 'port')}`);
  });

const shownAddresses = 3;

const endpointsText = (endpoints: KubernetesObject): string => {
  const all = listAt(endpoints, 'subsets').flatMap(addressesOf);
  const more = all.length > shownAddresses ? ` + ${all.length - shownAddresses} more...` : '';
  return orNone(`${all.slice(0, shownAddresses).join(',')}${more}`);
};

/** Endpoints. */
export const endpoints: Kind = builtInKind(core('endpoints', 'Endpoints'), {
  shortNames: ['ep'],
  defaults: (object) =>
    editItems(object, 'subsets', (subset) =>
      editItems(subset, 'ports', (port) => (isJsonObject(port) ? fill(port, { protocol: 'TCP' }) : port)),
    ),
  warnings: () => ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  columns: [
    text('Endpoints', (object) => (read(object, 'subsets') === undefined ? '<none>' : endpointsText(object))),
  ],
});
