import { differences, inFixedOrder } from './comparison.ts';
import { before, causeReviews, collection, modeOf, whileWatching } from './hidden-steps.ts';
import type { Answer, HttpsClient } from './https-client.ts';
import type { Entry, RecordedRequest, RecordedResponse } from './recording.ts';
import { prepareRequest } from './requests.ts';
import { settledView } from './settled.ts';
import { until } from './until.ts';
import type { Webhook } from './webhook.ts';

/** What one replay needs. */
export type Replay = { client: HttpsClient; webhook: Webhook; caBundle: string };

/** Replays one entry and answers where the target differs from the recording. */
export type Replayer = (entry: Entry) => Promise<string[]>;

/** What a build says of itself is its own business; clients read the version. */
const ownBusiness: Readonly<Record<string, readonly string[]>> = {
  version: ['gitCommit', 'gitTreeState', 'buildDate', 'goVersion', 'compiler', 'platform'],
};

const without = (body: unknown, fields: readonly string[]): unknown =>
  typeof body === 'object' && body !== null && !Array.isArray(body)
    ? Object.fromEntries(Object.entries(body).filter(([name]) => !fields.includes(name)))
    : body;

/** Some masked texts hold what the recording's machine had; the caBundle is ours. */
const withOurBundle = (body: unknown, caBundle: string): unknown =>
  JSON.parse(JSON.stringify(body).replaceAll(/("caBundle":")[^"]+/g, `$1${caBundle}`));

const compareAnswer = (
  title: string,
  recorded: RecordedResponse,
  answer: Answer,
  caBundle: string,
): string[] => {
  const ignored = ownBusiness[title] ?? [];
  const headers = Object.fromEntries(
    ['content-type', 'warning'].flatMap((name) => {
      const value = answer.headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return differences(
    { ...recorded, body: inFixedOrder(withOurBundle(without(recorded.body, ignored), caBundle)) },
    { status: answer.status, headers, body: inFixedOrder(without(answer.body, ignored)) },
  );
};

const settleMs = 15_000;
/** A state that should stay is looked at twice. */
const stayMs = 300;

const listVersion = async (client: HttpsClient): Promise<string> => {
  const { body } = await client.send({ method: 'GET', path: collection });
  return (body as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
};

const watchPath = async (client: HttpsClient, title: string, path: string): Promise<string> => {
  if (!path.includes('<rv>')) return path;
  const version = await listVersion(client);
  return path.replace('<rv>', title.includes('of the future') ? `${version}000` : version);
};

/** Makes the function that replays entries one after the other; they build on each other. */
export const createReplayer = ({ client, webhook, caBundle }: Replay): Replayer => {
  let continueToken = '';

  const replayRequest = async (
    title: string,
    request: RecordedRequest,
    response: RecordedResponse,
  ): Promise<string[]> => {
    const context = { client, title, webhook: { port: webhook.port, caBundle }, continueToken };
    const answer = await client.send(await prepareRequest(request, context));
    const token = (answer.body as { metadata?: { continue?: string } }).metadata?.continue;
    if (token !== undefined && token !== '') continueToken = token;
    return compareAnswer(title, response, answer, caBundle);
  };

  const replaySettled = async (path: string, value: unknown): Promise<string[]> => {
    let found: string[] = [];
    const look = async () => {
      const { body } = await client.send({ method: 'GET', path });
      found = differences(value, settledView(body as Parameters<typeof settledView>[0], value));
      return found.length === 0;
    };
    await until(path, settleMs, look).catch(() => undefined);
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, stayMs));
    await look();
    return found;
  };

  const replayWatch = async (title: string, path: string, events: { type?: string }[]): Promise<string[]> => {
    const act = whileWatching[title];
    const found = await client.follow(await watchPath(client, title, path), {
      // One more than recorded would be seen, too.
      enough: (lines) => lines.length > events.length,
      deadlineMs: events.length === 0 ? 1500 : 1000,
      ...(act === undefined ? {} : { opened: () => act(client) }),
    });
    return differences(events, found);
  };

  return async (entry) => {
    await before[entry.title]?.({ client, webhook });
    const mode = modeOf(entry.title);
    if (mode !== undefined) webhook.answer(mode);
    if ('request' in entry) return replayRequest(entry.title, entry.request, entry.response);
    if ('settled' in entry) return replaySettled(entry.settled.path, entry.settled.value);
    if ('watch' in entry) return replayWatch(entry.title, entry.watch.path, entry.watch.events);
    await causeReviews({ client, webhook });
    return differences(entry.reviews, webhook.takeReviews());
  };
};
