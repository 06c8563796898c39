import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RuleCode } from '../../core/rules/rule-code.ts';
import type { Decision } from '../judge/judgement.ts';
import type { WebhookName } from '../judge/webhook-name.ts';

/** One review that was answered, as metrics tell it. */
export type CountedReview = {
  readonly webhook: WebhookName;
  /** Empty where the body was no review. */
  readonly operation: string;
  readonly verdict: Decision;
  readonly rules: readonly RuleCode[];
  readonly dryRun: boolean;
  readonly seconds: number;
};

/** What the webhook counts, in a registry of its own. */
export type WebhookMetrics = {
  readonly registry: Registry;
  /** A request to a webhook begins; call the answer once it has ended. */
  begin(): () => void;
  review(review: CountedReview): void;
  /** A request that was answered by an HTTP error: it was no review. */
  rejected(status: number): void;
  /** A caller did not get through the TLS handshake: it may not know our CA. */
  handshakeFailed(): void;
};

/** Upper bounds in seconds, 1 ms to 5 s: no registration waits much longer. */
export const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Metrics named `dr_webhook_*`; nothing is registered globally. */
export const createWebhookMetrics = (): WebhookMetrics => {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'dr_webhook_requests_total',
    help: 'Reviews answered; rule is the worst that spoke, empty where none did.',
    labelNames: ['webhook', 'operation', 'verdict', 'rule', 'dry_run'] as const,
    registers,
  });
  const findings = new Counter({
    name: 'dr_webhook_findings_total',
    help: 'Rules that spoke; one review can have several.',
    labelNames: ['webhook', 'verdict', 'rule'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'dr_webhook_request_duration_seconds',
    help: 'From the first byte of a review to its answer.',
    labelNames: ['webhook', 'operation', 'verdict'] as const,
    buckets: latencyBuckets,
    registers,
  });
  const inFlight = new Gauge({
    name: 'dr_webhook_requests_in_flight',
    help: 'Reviews that wait for their answer.',
    registers,
  });
  const deadlineExceeded = new Counter({
    name: 'dr_webhook_deadline_exceeded_total',
    help: 'Reviews that could not be judged in time.',
    labelNames: ['webhook'] as const,
    registers,
  });
  const rejected = new Counter({
    name: 'dr_webhook_rejected_requests_total',
    help: 'Requests answered by an HTTP error because they were no review, by status.',
    labelNames: ['status'] as const,
    registers,
  });
  const handshakes = new Counter({
    name: 'dr_webhook_tls_handshake_failures_total',
    help: 'TLS handshakes that failed; API servers that do not know our CA are among them.',
    registers,
  });
  return {
    registry,
    begin: () => {
      inFlight.inc();
      return () => inFlight.dec();
    },
    review: ({ webhook, operation, verdict, rules, dryRun, seconds }) => {
      requests.inc({ webhook, operation, verdict, rule: rules[0] ?? '', dry_run: String(dryRun) });
      duration.observe({ webhook, operation, verdict }, seconds);
      if (verdict === 'late') deadlineExceeded.inc({ webhook });
      for (const rule of rules) findings.inc({ webhook, verdict, rule });
    },
    rejected: (status) => rejected.inc({ status: String(status) }),
    handshakeFailed: () => handshakes.inc(),
  };
};
