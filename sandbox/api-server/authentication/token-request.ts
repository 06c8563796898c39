import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { failures } from '../http/failure.ts';
import { timeText } from '../objects/metadata.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import type { Store } from '../store/store.ts';
import { keyOf } from '../store/stored-object.ts';
import { claimsOf, type TokenBinding, tokenIssuer } from './service-account-token.ts';
import type { TokenSigner } from './web-token.ts';

const tokenRequests = { group: 'authentication.k8s.io', kind: 'TokenRequest', plural: 'tokenrequests' };

/** As kube-apiserver: at least ten minutes, an hour unless asked otherwise. */
const shortestSeconds = 600;
const usualSeconds = 3600;
const longestSeconds = 2 ** 32;

const secondsOf = (spec: JsonObject): number => {
  const { expirationSeconds } = spec;
  if (expirationSeconds === undefined || expirationSeconds === null) return usualSeconds;
  const seconds = Number(expirationSeconds);
  const invalid = (problem: string) =>
    failures.invalid(tokenRequests, '', [
      {
        reason: 'FieldValueInvalid',
        field: 'spec.expirationSeconds',
        message: `Invalid value: ${JSON.stringify(expirationSeconds)}: ${problem}`,
      },
    ]);
  if (!(seconds >= shortestSeconds)) throw invalid('may not specify a duration less than 10 minutes');
  if (seconds > longestSeconds) throw invalid('may not specify a duration larger than 2^32 seconds');
  return seconds;
};

const bindable = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' } as const;

const isBindable = (kind: unknown): kind is keyof typeof bindable =>
  typeof kind === 'string' && Object.hasOwn(bindable, kind);

const bindingOf = (
  spec: JsonObject,
  store: Store,
  namespace: string | undefined,
): TokenBinding | undefined => {
  const reference = spec['boundObjectRef'];
  if (!isJsonObject(reference)) return undefined;
  const { kind, name, uid } = reference;
  if (!isBindable(kind))
    throw failures.badRequest(`cannot bind token for serviceaccount to object type ${String(kind)}`);
  const plural = bindable[kind];
  const found = store.get(plural, keyOf(kind === 'Node' ? undefined : namespace, String(name)));
  const resource = { group: '', kind, plural };
  if (found === undefined) throw failures.notFound(resource, String(name));
  const actual = found.object.metadata.uid ?? '';
  if (uid !== undefined && uid !== '' && uid !== actual)
    throw failures.conflict(
      resource,
      String(name),
      `the UID in the bound object reference (${String(uid)}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  return { kind, name: String(name), uid: actual };
};

/** Answers a TokenRequest for a service account: the request with `status.token`. */
export const issueToken = (
  request: JsonObject,
  account: KubernetesObject,
  { store, signer, now }: { store: Store; signer: TokenSigner; now: () => number },
): JsonObject => {
  const spec = isJsonObject(request['spec']) ? request['spec'] : {};
  const { name, namespace } = account.metadata;
  const audiences = Array.isArray(spec['audiences']) ? spec['audiences'].map(String) : [];
  const seconds = secondsOf(spec);
  const wish = { account, audiences, seconds, bound: bindingOf(spec, store, namespace) };
  const token = signer.sign(claimsOf(wish, now()));
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timeText(now()) },
    spec: {
      ...spec,
      audiences: audiences.length === 0 ? [tokenIssuer] : audiences,
      expirationSeconds: seconds,
    },
    status: { token, expirationTimestamp: timeText(now() + seconds * 1000) },
  };
};
