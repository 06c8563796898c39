import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SiteCertificates } from '../../../sandbox/certificates.ts';
import type { CertificatesState } from '../../../webhook/certificates/served-certificates.ts';
import { addGauges } from '../../../webhook/server/add-gauges.ts';
import { announceReady } from '../../../webhook/server/announce-ready.ts';
import { lookAtReadiness, type ReadinessParts } from '../../../webhook/server/look-at-readiness.ts';
import { createWebhookMetrics } from '../../../webhook/server/metrics.ts';
import { serveObservability } from '../../../webhook/server/observability.ts';
import { renderReadiness } from '../../../webhook/server/readiness.ts';
import { startReviewServer } from '../../../webhook/server/serve.ts';
import { keptLog } from './kept-log.ts';
import { leafOf, makeCertificates } from './tls-client.ts';

let certificates: SiteCertificates;
let others: SiteCertificates;
beforeAll(async () => {
  [certificates, others] = await Promise.all([makeCertificates(), makeCertificates()]);
});

const wellState: CertificatesState = {
  certificate: { ok: true },
  bundle: { ok: true },
  phase: 'steady',
  isLeader: true,
  remarks: [],
};

/** A server that shows a certificate, and parts that are all well. */
const withServer = async (work: (parts: ReadinessParts) => Promise<void>): Promise<void> => {
  const server = await startReviewServer({
    listener: (_request, response) => void response.end(),
    address: { host: '127.0.0.1', port: 0 },
    onHandshakeFailure: () => undefined,
  });
  server.show(leafOf(certificates));
  try {
    await work({
      facts: { notReady: () => [] },
      certificates: { current: () => leafOf(certificates), state: () => wellState },
      isDraining: server.isDraining,
      address: () => ({ host: '127.0.0.1', port: server.port }),
    });
  } finally {
    await server.drain({ delayMs: 0, graceMs: 0 });
  }
};

const renderFor = async (parts: ReadinessParts): Promise<string> =>
  renderReadiness(await lookAtReadiness(parts)());

describe('readiness', () => {
  test('is there when all is well', () =>
    withServer(async (parts) => {
      expect(await renderFor(parts)).toBe(
        [
          '[+]certificate ok',
          '[+]ca-bundle ok',
          '[+]caches ok',
          '[+]self-probe ok',
          '[+]shutdown ok',
          'readyz check passed',
        ].join('\n'),
      );
    }));

  test.each<[string, (parts: ReadinessParts) => Partial<ReadinessParts>, string]>([
    [
      'no certificate',
      () => ({
        certificates: {
          current: () => undefined,
          state: () => ({ ...wellState, certificate: { ok: false, why: 'the Secret is empty' } }),
        },
      }),
      '[-]certificate failed: the Secret is empty',
    ],
    [
      'a registration without our CA',
      ({ certificates: { current } }) => ({
        certificates: {
          current,
          state: () => ({ ...wellState, bundle: { ok: false, why: 'not injected' } }),
        },
      }),
      '[-]ca-bundle failed: not injected',
    ],
    [
      'caches that are not filled',
      () => ({ facts: { notReady: () => ['pods are not listed yet', 'PVs are not listed yet'] } }),
      '[-]caches failed: pods are not listed yet; PVs are not listed yet',
    ],
    [
      'a listener that shows another certificate',
      ({ certificates: { state } }) => ({ certificates: { current: () => leafOf(others), state } }),
      '[-]self-probe failed: the listener shows another certificate than the current one',
    ],
    [
      'nothing that listens',
      () => ({ address: () => undefined }),
      '[-]self-probe failed: nothing listens yet',
    ],
    [
      'a server that drains',
      () => ({ isDraining: () => true }),
      '[-]shutdown failed: it is ending and pushes callers away',
    ],
  ])('is not there with %s, and names it', async (_what, change, line) =>
    withServer(async (parts) => {
      const text = await renderFor({ ...parts, ...change(parts) });
      expect(text.split('\n')).toContain(line);
      expect(text).toMatch(/readyz check failed$/);
    }),
  );

  test('is announced once, and until then each time something else is missing', () =>
    withServer(async (parts) => {
      const log = keptLog();
      const missing = [['a'], ['a'], ['b'], []];
      const look = lookAtReadiness({ ...parts, facts: { notReady: () => missing.shift() ?? [] } });
      await announceReady(look, { address: ':1', signal: new AbortController().signal, log });
      expect(log.lines.map(({ message, fields }) => [message, fields['missing']])).toEqual([
        ['Not ready yet', ['caches: a']],
        ['Not ready yet', ['caches: b']],
        ['Ready', undefined],
      ]);
    }));
});

test('metrics and probes are there without TLS, before there is a certificate', async () => {
  const metrics = createWebhookMetrics();
  const now = 1_000_000;
  let notAfter: number | undefined;
  addGauges(metrics, {
    certificates: {
      current: () => (notAfter === undefined ? undefined : { cert: '', key: '', notAfter }),
      state: () => ({ ...wellState, phase: 'prepare' }),
    },
    cacheAges: () => new Map([['volumes', 1.5]]),
    now: () => now,
  });
  const readiness = async () => [{ name: 'certificate', result: { ok: false, why: 'none' } as const }];
  const any = '127.0.0.1:0';
  const flags = { metricsBindAddress: any, healthProbeBindAddress: any };
  const servers = await serveObservability(flags, { metrics, readiness });
  const [scrape, probe] = await Promise.all(
    servers.map(async (server) => {
      if (!server.listening) await once(server, 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }),
  );
  try {
    const before = await (await fetch(`${scrape}/metrics`)).text();
    expect(before).not.toMatch(/^dr_webhook_certificate_expiry_seconds /m);
    notAfter = now + 90_000;
    const text = await (await fetch(`${scrape}/metrics`)).text();
    expect(text).toMatch(/^dr_webhook_certificate_expiry_seconds 90$/m);
    expect(text).toMatch(/^dr_webhook_cache_age_seconds\{resource="volumes"\} 1.5$/m);
    expect(text).toMatch(/^dr_webhook_rotation_phase\{phase="prepare"\} 1$/m);
    expect(text).toMatch(/^dr_webhook_rotation_phase\{phase="steady"\} 0$/m);
    expect(text).toMatch(/^dr_webhook_leader 1$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
    expect((await fetch(`${probe}/healthz`)).status).toBe(200);
    const ready = await fetch(`${probe}/readyz?verbose`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toBe('[-]certificate failed: none\nreadyz check failed\n');
  } finally {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  }
});
