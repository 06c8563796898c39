import type { Express } from 'express';
import request, { type Response } from 'supertest';
import type { FactSource } from '../../../webhook/fact-source.ts';
import type { BodyBudget } from '../../../webhook/server/body-budget.ts';
import { createApp } from '../../../webhook/server/create-app.ts';
import { createWebhookMetrics, type WebhookMetrics } from '../../../webhook/server/metrics.ts';
import type { Readiness } from '../../../webhook/server/readiness.ts';
import { keptLog, type LogLine } from './kept-log.ts';
import { type ScriptedFacts, scriptedFacts } from './scripted-facts.ts';

export type AppUnderTest = {
  app: Express;
  facts: ScriptedFacts;
  metrics: WebhookMetrics;
  lines: LogLine[];
  /** Sends a value as JSON. */
  send(path: string, review: unknown): Promise<Response>;
  /** The value of a metric's line that begins so; undefined where there is none. */
  metric(start: string): Promise<number | undefined>;
};

/** The express application with a scripted fact source, without TLS. */
export const appUnderTest = (
  script: Partial<FactSource> = {},
  readiness: Readiness = async () => [],
  bodies?: BodyBudget,
): AppUnderTest => {
  const facts = scriptedFacts(script);
  const log = keptLog();
  const metrics = createWebhookMetrics();
  const app = createApp({ facts, metrics, log, readiness, ...(bodies === undefined ? {} : { bodies }) });
  return {
    app,
    facts,
    metrics,
    lines: log.lines,
    send: (path, review) =>
      request(app).post(path).set('Content-Type', 'application/json').send(JSON.stringify(review)),
    metric: async (start) => {
      const line = (await metrics.registry.metrics()).split('\n').find((text) => text.startsWith(start));
      return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
    },
  };
};
