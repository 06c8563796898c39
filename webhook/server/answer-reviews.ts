import type { IncomingMessage, ServerResponse } from 'node:http';
import { DrError, messageOf } from '../../core/model/error.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import { answerFailure } from '../judge/answer-failure.ts';
import type { Judgement } from '../judge/judgement.ts';
import type { WebhookName } from '../judge/webhook-name.ts';
import { type ReviewReading, readReview } from '../read-review.ts';
import type { LargeReader } from '../reader/create-large-reader.ts';
import { respond } from '../respond.ts';
import type { WebhookLog } from '../webhook-log.ts';
import { announcedBytes, type BodyBudget } from './body-budget.ts';
import { budgetOf, type Deadline, startDeadline } from './deadline.ts';
import { type Judge, judgeReview } from './judge-review.ts';
import type { WebhookMetrics } from './metrics.ts';
import { type BodyReading, discardBody, longestBody, readBody } from './read-body.ts';
import { sendJson, sendText } from './send.ts';

/** What the reviews of one webhook are answered with. */
export type ReviewParts = {
  readonly webhook: WebhookName;
  readonly judge: Judge;
  readonly metrics: WebhookMetrics;
  readonly log: WebhookLog;
  readonly bodies: BodyBudget;
  readonly readLarge: LargeReader;
};

const httpErrors = {
  'too-long': { status: 413, text: `a review holds at most ${longestBody} bytes` },
  'not-json': { status: 415, text: 'a review is application/json, not encoded' },
  'not-utf8': { status: 400, text: 'the review is not UTF-8' },
  late: { status: 408, text: 'the review did not arrive in time' },
  broken: { status: 400, text: 'the review broke off' },
} as const satisfies Record<
  Exclude<BodyReading['state'], 'read' | 'large'>,
  { status: number; text: string }
>;

/** Nothing of it is still on its way. */
const isWhole = (state: BodyReading['state']): boolean => state === 'not-json' || state === 'not-utf8';

type Reviewed = Exclude<ReviewReading, { state: 'no-review' }>;

const judgeReading = (
  reading: Reviewed,
  deadline: Deadline,
  { webhook, judge, log }: ReviewParts,
): Promise<Judgement> => {
  if (reading.state === 'unreadable-object') {
    return Promise.resolve(answerFailure(webhook, { what: 'unreadable', why: reading.why }));
  }
  const onFault = (error: unknown): void =>
    log.error(
      {
        uid: reading.request.uid,
        webhook,
        error: messageOf(error),
        ...(error instanceof Error && !(error instanceof DrError) ? { stack: error.stack } : {}),
      },
      'Failed to judge a review',
    );
  return judgeReview({ webhook, judge }, reading.request, { deadline, onFault });
};

/** What the log tells of a request: never the objects. */
const subjectOf = ({ kind, resource, namespace, name, operation, user, dryRun }: AdmissionRequest) => ({
  operation,
  kind: kind.kind,
  group: resource.group,
  namespace,
  name,
  user: user.username,
  dryRun,
});

/** What is let in without a word is the rule, and is told to those who ask only. */
const tell = (
  log: WebhookLog,
  {
    webhook,
    reading,
    judgement,
    ms,
  }: { webhook: WebhookName; reading: Reviewed; judgement: Judgement; ms: number },
): void => {
  const { decision, rules } = judgement;
  const subject =
    reading.state === 'review'
      ? { uid: reading.request.uid, ...subjectOf(reading.request) }
      : { uid: reading.uid, operation: reading.operation, dryRun: reading.dryRun };
  const fields = { webhook, ...subject, verdict: decision, rules, ms: Math.round(ms * 1000) / 1000 };
  if (decision === 'allowed') log.debug(fields, 'Reviewed');
  else if (decision === 'late' || decision === 'failed') log.error(fields, 'Reviewed');
  else log.info(fields, 'Reviewed');
};

type Exchange = { request: IncomingMessage; response: ServerResponse; deadline: Deadline };

/** API servers ask again after so many seconds, as long as the review has time; after that their failurePolicy decides. */
const retryAfterSeconds = '1';

/** There is no verdict on a review that nobody has room for: it is thrown away as it comes in, so that the connection can go on. */
const pushBack = async (
  { request, response, deadline }: Exchange,
  { metrics }: ReviewParts,
): Promise<void> => {
  const isWhole = await discardBody(request, deadline.signal);
  metrics.rejected(429);
  sendText(response, 429, 'too many large reviews at once; ask again', {
    'Retry-After': retryAfterSeconds,
    ...(isWhole ? {} : { Connection: 'close' }),
  });
};

/** Reads, judges, answers, then tells log and metrics. */
const answerReview = async (exchange: Exchange, parts: ReviewParts): Promise<void> => {
  const { request, response, deadline } = exchange;
  const { webhook, metrics, log } = parts;
  const startedAt = performance.now();
  const body = await readBody(request, deadline.signal);
  if (body.state !== 'read' && body.state !== 'large') {
    const { status, text } = httpErrors[body.state];
    metrics.rejected(status);
    sendText(response, status, text, isWhole(body.state) ? {} : { Connection: 'close' });
    return;
  }
  const reading = body.state === 'large' ? await parts.readLarge(body.bytes) : readReview(body.text);
  if (reading.state === 'no-review') {
    metrics.rejected(400);
    if (reading.uid === undefined) sendText(response, 400, reading.why);
    else sendJson(response, 400, respond(reading.uid, { allowed: false, status: 400, message: reading.why }));
    return;
  }
  const judgement = await judgeReading(reading, deadline, parts);
  const { uid, operation, dryRun } = reading.state === 'review' ? reading.request : reading;
  sendJson(response, 200, respond(uid, judgement.answer));
  const ms = performance.now() - startedAt;
  const { decision: verdict, rules } = judgement;
  metrics.review({ webhook, operation, verdict, rules, dryRun, seconds: ms / 1000 });
  tell(log, { webhook, reading, judgement, ms });
};

/** Answers the reviews of one webhook, each in the time that its URL gives it. */
export const answerReviews =
  (parts: ReviewParts) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const end = parts.metrics.begin();
    const deadline = startDeadline(budgetOf(request.url ?? ''));
    // An API server that does not wait any more closes the connection.
    response.once('close', () => {
      if (!response.writableFinished) deadline.abandon();
    });
    const giveBack = parts.bodies.take(announcedBytes(request));
    try {
      const exchange = { request, response, deadline };
      await (giveBack === undefined ? pushBack(exchange, parts) : answerReview(exchange, parts));
    } finally {
      giveBack?.();
      deadline.clear();
      end();
    }
  };
