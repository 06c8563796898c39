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

const isAlias = (service: KubernetesObject): boolean => textAt(service, 'spec', 'type') === 'ExternalName';

/** What the server allocates for a service that is more than an alias of a host. */
const allocated = (service: KubernetesObject): KubernetesObject => {
  if (isAlias(service)) return service;
  const clusterIP = textAt(service, 'spec', 'clusterIP') || addressFor(service.metadata);
  const families = { clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
  return { ...service, spec: fill({ ...recordAt(service, 'spec'), clusterIP }, families) };
};

/** What was allocated stays, also where somebody replaces a service without saying it again. */
const kept = (service: KubernetesObject, old: KubernetesObject): KubernetesObject => {
  if (isAlias(service)) return service;
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = recordAt(old, 'spec');
  const given = { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy };
  return { ...service, spec: fill(recordAt(service, 'spec'), given) };
};

const defaults = (service: KubernetesObject): KubernetesObject => ({
  ...editObject({ ...service, spec: recordAt(service, 'spec') }, 'spec', (spec) =>
    editItems(
      fill(spec, {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ...(isAlias(service) ? {} : { internalTrafficPolicy: 'Cluster' }),
      }),
      'ports',
      defaultPort,
    ),
  ),
  status: fill(recordAt(service, 'status'), { loadBalancer: {} }),
});

const validate = (service: KubernetesObject): FieldError[] => {
  const headless = textAt(service, 'spec', 'clusterIP') === 'None';
  return listAt(service, 'spec', 'ports').length === 0 && !headless && !isAlias(service)
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
  update: kept,
  defaults,
  complete: allocated,
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
