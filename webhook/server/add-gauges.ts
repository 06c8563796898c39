import { addProcessGauges, gaugesOf } from '../../kube/program/gauges.ts';
import type { RotationPhase, ServedCertificates } from '../certificates/served-certificates.ts';
import type { WebhookMetrics } from './metrics.ts';

/** Read when metrics are scraped. */
export type GaugeSources = {
  readonly certificates: Pick<ServedCertificates, 'current' | 'state'>;
  /** Seconds since each cache last heard of its API server, by kind. */
  readonly cacheAges: () => ReadonlyMap<string, number>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

const phases: readonly RotationPhase[] = ['none', 'steady', 'prepare', 'retire', 'files'];

/** Adds the gauges that are read at each scrape. */
export const addGauges = (
  { registry }: WebhookMetrics,
  { certificates, cacheAges, now }: GaugeSources,
): void => {
  const gauges = gaugesOf(registry);
  const { single, labelled } = gauges;
  single(
    'dr_webhook_certificate_expiry_seconds',
    'Seconds until the certificate served expires, negative after that; none while there is no certificate.',
    () => {
      const leaf = certificates.current();
      return leaf && (leaf.notAfter - now()) / 1000;
    },
  );
  labelled('dr_webhook_rotation_phase', '1 for the phase of the rotation of the CA.', 'phase', () => {
    const { phase } = certificates.state();
    return new Map(phases.map((one) => [one, Number(one === phase)]));
  });
  single('dr_webhook_leader', '1 while this process writes the certificates.', () =>
    Number(certificates.state().isLeader),
  );
  labelled(
    'dr_webhook_cache_age_seconds',
    'Seconds since a cache last heard of the API server.',
    'resource',
    cacheAges,
  );
  addProcessGauges(gauges);
};
