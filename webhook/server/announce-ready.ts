import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookLog } from '../webhook-log.ts';
import { isReady, type Readiness } from './readiness.ts';

const pollMs = 250;

/** Tells the log once all is ready, and until then what is missing whenever that changes. It ends with the signal, and never rejects. */
export const announceReady = async (
  look: Readiness,
  { address, signal, log }: { address: string; signal: AbortSignal; log: WebhookLog },
): Promise<void> => {
  let told = '';
  while (!signal.aborted) {
    const checks = await look();
    if (isReady(checks)) {
      log.info({ address }, 'Ready');
      return;
    }
    const missing = checks.flatMap(({ name, result }) => (result.ok ? [] : [`${name}: ${result.why}`]));
    const text = missing.join('; ');
    if (text !== told) log.info({ missing }, 'Not ready yet');
    told = text;
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
};
