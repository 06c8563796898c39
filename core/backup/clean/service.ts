import { editField, type Fields, without } from './edit-fields.ts';

const withoutNodePort = (port: unknown): unknown =>
  typeof port === 'object' && port !== null && 'nodePort' in port
    ? without(port as Fields, 'nodePort')
    : port;

const cleanSpec = (spec: Fields): Fields => {
  const isHeadless = spec['clusterIP'] === 'None';
  const rest = without(spec, 'healthCheckNodePort', ...(isHeadless ? [] : ['clusterIP', 'clusterIPs']));
  const { ports } = rest;
  return Array.isArray(ports) && ports.some((port) => withoutNodePort(port) !== port)
    ? { ...rest, ports: ports.map(withoutNodePort) }
    : rest;
};

/**
 * A Service without what one cluster allotted: its addresses, unless it is headless, and its node ports. Somebody may have chosen a
 * node port; nobody can tell, and one that is taken on the other cluster would keep the whole Service from being made.
 */
export const cleanService = <T extends Fields>(service: T): T => editField(service, 'spec', cleanSpec);
