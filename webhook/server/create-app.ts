import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { messageOf } from '../../core/model/error.ts';
import type { FactSource } from '../fact-source.ts';
import type { WebhookName } from '../judge/webhook-name.ts';
import { createLargeReader } from '../reader/create-large-reader.ts';
import { reviewPaths } from '../registration/registration.ts';
import { answerReviews, type ReviewParts } from './answer-reviews.ts';
import { type BodyBudget, createBodyBudget } from './body-budget.ts';
import { createJudges } from './judge-review.ts';
import { answerReadiness, type Readiness } from './readiness.ts';
import { sendText } from './send.ts';

export type AppOptions = Pick<ReviewParts, 'metrics' | 'log'> & {
  readonly facts: FactSource;
  readonly readiness: Readiness;
  /** How many bytes of bodies are held at once; what the memory limit of the Deployment allows where left out. */
  readonly bodies?: BodyBudget;
};

const onlyPost = (_request: Request, response: Response): void =>
  sendText(response, 405, 'reviews are sent by POST', { Allow: 'POST' });

/** The webhooks and the probes as an express application. Nothing in it knows of TLS, and no middleware touches a body. */
export const createApp = (options: AppOptions): Express => {
  const { facts, metrics, log, readiness } = options;
  const judges = createJudges(facts);
  // All webhooks share them: it is one process that has the memory.
  const [bodies, readLarge] = [options.bodies ?? createBodyBudget(), createLargeReader()];
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  for (const [webhook, path] of Object.entries(reviewPaths) as [WebhookName, string][]) {
    app
      .route(path)
      .post(answerReviews({ webhook, judge: judges[webhook], metrics, log, bodies, readLarge }))
      .all(onlyPost);
  }
  app.get('/healthz', (_request, response) => sendText(response, 200, 'ok'));
  app.get('/readyz', async (request, response) => {
    const isVerbose = new URLSearchParams(request.url.split('?')[1] ?? '').has('verbose');
    const { status, body } = await answerReadiness(readiness, isVerbose);
    sendText(response, status, body);
  });
  app.use((_request, response) => sendText(response, 404, 'not found'));
  // express tells an error handler by its four parameters.
  const onError: ErrorRequestHandler = (error: unknown, request, response, _next): void => {
    log.error({ path: request.path, error: messageOf(error) }, 'Failed to answer a request');
    sendText(response, 500, 'dr-webhook failed; see its log');
  };
  app.use(onError);
  return app;
};
