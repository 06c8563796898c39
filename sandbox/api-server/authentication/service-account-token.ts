import { randomUUID } from 'node:crypto';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import type { Store } from '../store/store.ts';
import { keyOf } from '../store/stored-object.ts';
import { authenticatedGroup, type Caller } from './caller.ts';
import type { TokenSigner } from './web-token.ts';

/** Who issues the tokens, and the audience of a token that names none. */
export const tokenIssuer = 'https://kubernetes.default.svc.cluster.local';

/** An object that a token lives and dies with. */
export type TokenBinding = { kind: 'Pod' | 'Secret' | 'Node'; name: string; uid: string };

/** What a TokenRequest asks for. */
export type TokenWish = {
  account: KubernetesObject;
  audiences: readonly string[];
  seconds: number;
  bound: TokenBinding | undefined;
};

/** The claims of a new token, as kube-apiserver makes them. Times in seconds since the epoch. */
export const claimsOf = ({ account, audiences, seconds, bound }: TokenWish, now: number): JsonObject => {
  const { namespace = '', name = '', uid = '' } = account.metadata;
  const issuedAt = Math.floor(now / 1000);
  return {
    aud: audiences.length === 0 ? [tokenIssuer] : audiences,
    exp: issuedAt + seconds,
    iat: issuedAt,
    iss: tokenIssuer,
    jti: randomUUID(),
    'kubernetes.io': {
      namespace,
      serviceaccount: { name, uid },
      ...(bound === undefined ? {} : { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }),
    },
    nbf: issuedAt,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
};

type Identity = { namespace: string; name: string; uid: string };

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const identityOf = (claims: JsonObject): Identity | undefined => {
  const own = claims['kubernetes.io'];
  if (!isJsonObject(own)) return undefined;
  const account = own['serviceaccount'];
  if (!isJsonObject(account)) return undefined;
  return { namespace: textOf(own['namespace']), name: textOf(account['name']), uid: textOf(account['uid']) };
};

const boundCollections = { pod: 'pods', secret: 'secrets' } as const;

/** A token that is bound to an object is void once that object is gone. */
const isBoundAlive = (store: Store, claims: JsonObject, namespace: string): boolean =>
  Object.entries(boundCollections).every(([word, collection]) => {
    const own = claims['kubernetes.io'];
    const bound = isJsonObject(own) ? own[word] : undefined;
    if (!isJsonObject(bound)) return true;
    return (
      store.get(collection, keyOf(namespace, textOf(bound['name'])))?.object.metadata.uid === bound['uid']
    );
  });

const audiencesOf = (claims: JsonObject): string[] => {
  const { aud } = claims;
  return Array.isArray(aud) ? aud.map(String) : [textOf(aud)];
};

/** A token that was found good. */
export type VerifiedToken = { caller: Caller; audiences: string[] };

/**
 * Checks a bearer token: signature, time, and that the service account it names is still there with the same uid. Undefined
 * for a token that is not to be believed.
 */
export const verifyServiceAccountToken = (
  token: string,
  { store, signer, now }: { store: Store; signer: TokenSigner; now: number },
): VerifiedToken | undefined => {
  const claims = signer.verify(token);
  const identity = claims === undefined ? undefined : identityOf(claims);
  if (claims === undefined || identity === undefined) return undefined;
  const { namespace, name, uid } = identity;
  if (Number(claims['exp'] ?? 0) * 1000 <= now || Number(claims['nbf'] ?? 0) * 1000 > now) return undefined;
  const account = store.get('serviceaccounts', keyOf(namespace, name));
  if (account?.object.metadata.uid !== uid || !isBoundAlive(store, claims, namespace)) return undefined;
  return {
    audiences: audiencesOf(claims),
    caller: {
      name: `system:serviceaccount:${namespace}:${name}`,
      uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, authenticatedGroup],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${textOf(claims['jti'])}`] },
    },
  };
};
