import { failures } from '../http/failure.ts';
import { isJsonObject } from '../schema/json-value.ts';

/** Where the next page starts: behind the key `start`, in the list as it was at `revision` (-1: as it is now). */
export type ContinueToken = { revision: number; start: string };

/** Written as kube-apiserver writes its tokens. */
export const encodeContinue = (revision: number, key: string): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${key}\u0000` })).toString(
    'base64url',
  );

const invalid = (why: string) => failures.badRequest(`continue key is not valid: ${why}`);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw invalid('unexpected end of JSON input');
  }
};

/** Reads a token; refuses (400) what this server did not give out. */
export const decodeContinue = (text: string): ContinueToken => {
  const token = parse(text);
  if (!isJsonObject(token)) throw invalid('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  const { v, rv, start } = token;
  if (v !== 'meta.k8s.io/v1')
    throw invalid(`server does not recognize this encoded version ${JSON.stringify(v)}`);
  if (typeof rv !== 'number' || typeof start !== 'string' || rv === 0)
    throw invalid('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  return { revision: rv, start: start.endsWith('\u0000') ? start.slice(0, -1) : start };
};
