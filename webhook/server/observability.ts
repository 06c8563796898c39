import type { Server } from 'node:http';
import { type Endpoint, parseBindAddress, serveEndpoints } from '../../kube/program/http-endpoints.ts';
import type { WebhookMetrics } from './metrics.ts';
import { answerReadiness, type Readiness } from './readiness.ts';

export type ObservabilityFlags = {
  readonly metricsBindAddress: string;
  readonly healthProbeBindAddress: string;
};

/**
 * Serves metrics, and probes for whoever cannot speak TLS with us, each where an address is given. The probes work before there is a
 * certificate, too. Rejects with `FlagInvalid` or `PortInUse`.
 */
export const serveObservability = async (
  flags: ObservabilityFlags,
  { metrics: { registry }, readiness }: { metrics: WebhookMetrics; readiness: Readiness },
): Promise<Server[]> => {
  const scrape: Endpoint = async () => ({
    status: 200,
    type: registry.contentType,
    body: await registry.metrics(),
  });
  const alive: Endpoint = async () => ({ status: 200, body: 'ok\n' });
  const ready: Endpoint = async (query) => {
    const { status, body } = await answerReadiness(readiness, query.has('verbose'));
    return { status, body: `${body}\n` };
  };
  const wanted = [
    ['metrics-bind-address', flags.metricsBindAddress, { '/metrics': scrape }],
    ['health-probe-bind-address', flags.healthProbeBindAddress, { '/healthz': alive, '/readyz': ready }],
  ] as const;
  const servers: Server[] = [];
  for (const [flag, text, endpoints] of wanted) {
    const address = parseBindAddress(flag, text);
    if (address !== undefined) servers.push(await serveEndpoints(flag, address, endpoints));
  }
  return servers;
};
