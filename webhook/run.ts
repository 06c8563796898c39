import { messageOf } from '../core/model/error.ts';
import { type ListenAddress, showAddress } from '../kube/program/listen.ts';
import { atMost, untilAborted } from '../kube/program/wait.ts';
import { assembleWebhook, type Parts, type WebhookOptions } from './assemble.ts';
import { cacheAges } from './cache-ages.ts';
import type { ServedCertificates, ServedLeaf } from './certificates/served-certificates.ts';
import { addGauges } from './server/add-gauges.ts';
import { announceReady } from './server/announce-ready.ts';
import { createApp } from './server/create-app.ts';
import { lookAtReadiness } from './server/look-at-readiness.ts';
import { createWebhookMetrics } from './server/metrics.ts';
import { serveObservability } from './server/observability.ts';
import type { Readiness } from './server/readiness.ts';
import { type ReviewServer, startReviewServer } from './server/serve.ts';
import type { WebhookLog } from './webhook-log.ts';

/** A review that runs when nobody comes any more may take as long: 25 s in all with the default delay. */
const graceMs = 15_000;
/** The Lease is given back within this, or left to run out. */
const farewellMs = 5_000;

/** Shows the leaf that there is, and each that comes after it. */
const showCertificates = (
  server: ReviewServer,
  certificates: Pick<ServedCertificates, 'current' | 'onChange'>,
  log: WebhookLog,
): void => {
  const show = (leaf: ServedLeaf): void => {
    try {
      server.show(leaf);
    } catch (error) {
      log.error({ error: messageOf(error) }, 'Certificate not shown');
    }
  };
  const leaf = certificates.current();
  if (leaf !== undefined) show(leaf);
  certificates.onChange(show);
};

type Running = {
  readonly server: ReviewServer;
  readonly readiness: Readiness;
  close(): void;
};

/** Listens everywhere. What is served and told of comes from the parts. */
const listen = async (options: WebhookOptions, parts: Parts): Promise<Running> => {
  const { flags, now, log } = options;
  const { caches, facts, certificates, clientCa } = parts;
  const metrics = createWebhookMetrics();
  addGauges(metrics, { certificates, cacheAges: () => cacheAges(caches, now()), now });
  let server: ReviewServer | undefined;
  const addressNow = (): ListenAddress | undefined => server && { ...flags.bindAddress, port: server.port };
  const readiness = lookAtReadiness({
    facts,
    certificates,
    isDraining: () => server?.isDraining() ?? false,
    address: addressNow,
  });
  server = await startReviewServer({
    listener: createApp({ facts, metrics, log, readiness }),
    address: flags.bindAddress,
    clientCa,
    onHandshakeFailure: (error) => {
      metrics.handshakeFailed();
      log.debug({ error: messageOf(error) }, 'TLS handshake failed');
    },
  });
  showCertificates(server, certificates, log);
  const plain = await serveObservability(flags, { metrics, readiness });
  return {
    server,
    readiness,
    close: () => {
      for (const one of plain) one.close();
    },
  };
};

const serve = async (options: WebhookOptions, parts: Parts): Promise<void> => {
  const { flags, cluster, signal, log } = options;
  const { server, readiness, close } = await listen(options, parts);
  const address = showAddress({ ...flags.bindAddress, port: server.port });
  log.info({ address, cluster: cluster.name }, 'Listening');
  void parts.caches.synced.then(() => log.info({ cluster: cluster.name }, 'Caches synced'));
  const announced = announceReady(readiness, { address, signal, log });
  await untilAborted(signal);
  await announced;
  log.info({ drainDelayMs: flags.drainDelayMs }, 'Draining: callers are pushed away');
  await server.drain({ delayMs: flags.drainDelayMs, graceMs });
  close();
};

/**
 * Runs the webhook until its signal aborts, then drains: no review on a connection that is kept alive is lost. Rejects with `PortInUse`,
 * `BindFailed` or `FlagInvalid` at start.
 */
export const runWebhook = async (options: WebhookOptions): Promise<void> => {
  const { cluster, peer } = options;
  const ending = new AbortController();
  let parts: Parts | undefined;
  try {
    parts = await assembleWebhook(options, ending.signal);
    await serve(options, parts);
  } finally {
    ending.abort();
    if (parts !== undefined) await atMost(farewellMs, parts.certificates.ended);
    parts?.close();
    cluster.close();
    peer?.close();
  }
};
