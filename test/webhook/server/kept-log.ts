import type { WebhookLog } from '../../../webhook/webhook-log.ts';

/** A log line as it was written. */
export type LogLine = { level: keyof WebhookLog; message: string; fields: Readonly<Record<string, unknown>> };

/** A log that is read by the test. */
export const keptLog = (): WebhookLog & { readonly lines: LogLine[] } => {
  const lines: LogLine[] = [];
  const write =
    (level: keyof WebhookLog) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void =>
      void lines.push({ level, message, fields });
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
};
