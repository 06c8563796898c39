import type { HttpsClient } from './https-client.ts';
import type { RecordedRequest } from './recording.ts';

type Json = Record<string, unknown>;

/** What the replay knows when it sends a recorded request. */
export type RequestContext = {
  client: HttpsClient;
  title: string;
  webhook: { port: number; caBundle: string };
  /** From the list before, for the request that continues it. */
  continueToken: string;
};

const staleVersion = '1';
const strangeUid = '11111111-2222-4333-8444-555555555555';
const someTime = '2026-01-01T00:00:00Z';

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object as it is now, for requests that send back what they read. */
const liveObject = async ({ client }: RequestContext, { path, body }: RecordedRequest): Promise<unknown> => {
  const name = isObject(body) && isObject(body['metadata']) ? body['metadata']['name'] : undefined;
  const url = path.split('?')[0] ?? path;
  const at = typeof name === 'string' ? url.replace(/[^/]+$/, name) : url;
  const { status, body: found } = await client.send({ method: 'GET', path: at });
  return status === 200 ? found : undefined;
};

const standIns: Record<string, string> = { '<uid>': strangeUid, '<rv>': '12345', '<time>': someTime };

/** Puts real values where the recording has masks: those of the live object where it has any at that place. */
const unmask = (value: unknown, live: unknown, context: RequestContext): unknown => {
  if (Array.isArray(value))
    return value.map((item, index) => unmask(item, Array.isArray(live) ? live[index] : undefined, context));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([field, inner]) => [
        field,
        field === 'caBundle'
          ? context.webhook.caBundle
          : unmask(inner, isObject(live) ? live[field] : undefined, context),
      ]),
    );
  if (typeof value !== 'string') return value;
  if (value === '<rv>' && context.title.includes('stale resourceVersion')) return staleVersion;
  if (standIns[value] !== undefined) return typeof live === 'string' ? live : standIns[value];
  return value.replace('<port>', String(context.webhook.port));
};

const hasMask = (body: unknown): boolean => /"<(uid|rv|time)>"/.test(JSON.stringify(body) ?? '');

/** The recorded request with live values in place of masks. */
export const prepareRequest = async (
  request: RecordedRequest,
  context: RequestContext,
): Promise<RecordedRequest> => {
  const live =
    request.method !== 'POST' && request.method !== 'DELETE' && hasMask(request.body)
      ? await liveObject(context, request)
      : undefined;
  return {
    ...request,
    path: request.path.replace(/continue=[^&]+/, `continue=${encodeURIComponent(context.continueToken)}`),
    body: unmask(request.body, live, context),
  };
};
