import type { ListenAddress } from '../../kube/program/listen.ts';
import type { ServedCertificates } from '../certificates/served-certificates.ts';
import type { FactSource } from '../fact-source.ts';
import { probeSelf } from './probe-self.ts';
import type { Readiness, ReadinessCheck } from './readiness.ts';

export type ReadinessParts = {
  readonly facts: Pick<FactSource, 'notReady'>;
  readonly certificates: Pick<ServedCertificates, 'current' | 'state'>;
  readonly isDraining: () => boolean;
  /** Where the server listens; undefined while it does not. */
  readonly address: () => ListenAddress | undefined;
};

/** Less than what kubelets wait by default. */
const probeTimeoutMs = 800;

const resultOf = (why: readonly string[]): ReadinessCheck['result'] =>
  why.length === 0 ? { ok: true } : { ok: false, why: why.join('; ') };

const probe = async ({ certificates, address }: ReadinessParts): Promise<ReadinessCheck['result']> => {
  const [leaf, own] = [certificates.current(), address()];
  if (leaf === undefined) return { ok: false, why: 'there is no certificate to show' };
  if (own === undefined) return { ok: false, why: 'nothing listens yet' };
  return probeSelf({ address: own, expected: leaf, timeoutMs: probeTimeoutMs });
};

/**
 * Whether an API server that asks now would be answered. The probe dials our own listener, each time; requests that come while it
 * does share it.
 */
export const lookAtReadiness = (parts: ReadinessParts): Readiness => {
  let probing: Promise<ReadinessCheck['result']> | undefined;
  const probeOnce = (): Promise<ReadinessCheck['result']> => {
    probing ??= probe(parts).finally(() => {
      probing = undefined;
    });
    return probing;
  };
  return async () => {
    const { certificate, bundle } = parts.certificates.state();
    const draining = parts.isDraining() ? ['it is ending and pushes callers away'] : [];
    return [
      { name: 'certificate', result: certificate },
      { name: 'ca-bundle', result: bundle },
      { name: 'caches', result: resultOf(parts.facts.notReady()) },
      { name: 'self-probe', result: await probeOnce() },
      { name: 'shutdown', result: resultOf(draining) },
    ];
  };
};
