import net, { isIP, isIPv6 } from 'node:net';

/** Whether one entry of `NO_PROXY` covers the host: `*`, a domain and those under it, an address, or a CIDR block. */
const covers = (entry: string, host: string, port: string): boolean => {
  if (entry === '*') return true;
  const [network, prefix] = entry.split('/');
  if (network !== undefined && prefix !== undefined && isIP(network) !== 0) {
    if (isIP(host) !== isIP(network)) return false;
    const block = new net.BlockList();
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    block.addSubnet(network, Number(prefix), family);
    return block.check(host, family);
  }
  const withPort = /^(.*):(\d+)$/.exec(entry);
  if (withPort !== null && isIP(entry) === 0) {
    return withPort[2] === port && covers(withPort[1] ?? '', host, port);
  }
  const domain = entry.startsWith('*.') ? entry.slice(1) : entry;
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');

/**
 * The proxy for a server as Go's programs (kubectl among them) take it from the environment: `HTTPS_PROXY` or `HTTP_PROXY`,
 * minus `NO_PROXY`, and never for loopback addresses. Undefined where none is to be used.
 */
export const proxyFromEnvironment = (
  server: URL,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  const read = (name: string): string | undefined => env[name] || env[name.toLowerCase()] || undefined;
  const proxy = read(server.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY');
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (proxy === undefined || isLoopback(host)) return undefined;
  const port = server.port || (server.protocol === 'http:' ? '80' : '443');
  const exempt = (read('NO_PROXY') ?? '')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  if (exempt.some((entry) => covers(entry, host, port))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
};
