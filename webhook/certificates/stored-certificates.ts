import { DrError } from '../../core/model/error.ts';
import { resources } from '../../core/model/resource.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../../kube/api-error.ts';
import type { Cluster, RequestOptions } from '../../kube/cluster.ts';
import { registrationKeys } from '../registration/registration.ts';
import type { WebhookConfiguration } from '../registration/webhook-configuration.ts';
import { type BundlePatch, bundleFieldManager, type Registration } from './ca-bundle.ts';
import { type CertificateSet, type Secret, secretDataOf } from './certificate-set.ts';

/** The Secret that all replicas share, in the webhook's namespace. */
export const secretName = 'dr-webhook-certificates';

/** What the cluster holds at one moment; what does not exist is undefined or left out. */
export type Stored = { readonly secret: Secret | undefined; readonly registrations: readonly Registration[] };

const requestTimeoutMs = 5_000;

const within = (signal: AbortSignal): RequestOptions => ({ signal, timeoutMs: requestTimeoutMs });

const orAbsent = async <T>(read: Promise<T>): Promise<T | undefined> =>
  read.catch((thrown: unknown) => {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  });

/** Reads the Secret and the registrations; rejects where one of them cannot be read, so that nothing is taken for absent. */
export const readStored = async (
  cluster: Cluster,
  namespace: string,
  signal: AbortSignal,
): Promise<Stored> => {
  const key = { namespace, name: secretName };
  const [secret, ...registrations] = await Promise.all([
    orAbsent(cluster.get<Secret>(resources.secrets, key, within(signal))),
    ...Object.values(registrationKeys).map(async ({ resource, name }) => {
      const object = await orAbsent(cluster.get<WebhookConfiguration>(resource, { name }, within(signal)));
      return object === undefined ? [] : [{ key: { resource, name }, object }];
    }),
  ]);
  return { secret, registrations: registrations.flat() };
};

/** Whether a write was refused because the object is no longer as it was read: it has to be read anew. */
export const wasChangedMeanwhile = (thrown: unknown): boolean =>
  isConflict(thrown) ||
  isAlreadyExists(thrown) ||
  (thrown instanceof DrError && thrown.code === goneMeanwhile);

const goneMeanwhile = 'GoneMeanwhile';

/** A write to what was read a moment ago finds nothing: somebody has deleted it. */
const expectThere = async <T>(name: string, write: Promise<T>): Promise<T> =>
  write.catch((thrown: unknown) => {
    if (!isNotFound(thrown)) throw thrown;
    throw new DrError({ code: goneMeanwhile, message: `${name} was deleted meanwhile`, cause: thrown });
  });

/** Stores a set where nobody else did meanwhile (see `wasChangedMeanwhile`). */
export const writeSecret = (
  cluster: Cluster,
  options: { namespace: string; before: Secret | undefined; set: CertificateSet; signal: AbortSignal },
): Promise<Secret> => {
  const { namespace, before, set, signal } = options;
  const data = secretDataOf(set);
  if (before !== undefined)
    return expectThere(
      `Secret ${namespace}/${secretName}`,
      cluster.replace<Secret>(resources.secrets, { ...before, data }, within(signal)),
    );
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretName,
      namespace,
      labels: { 'app.kubernetes.io/name': 'dr-webhook', 'app.kubernetes.io/part-of': 'kubectl-dr' },
    },
    type: 'Opaque',
    data,
  };
  return cluster.create<Secret>(resources.secrets, secret, within(signal));
};

/** Applies a bundle to one registration as it was read (see `wasChangedMeanwhile`), and answers what it holds then. */
export const writeBundle = async (
  cluster: Cluster,
  { key, body }: BundlePatch,
  signal: AbortSignal,
): Promise<Registration> => {
  const options = {
    type: 'apply',
    fieldManager: bundleFieldManager,
    force: true,
    ...within(signal),
  } as const;
  const object = await expectThere(
    `${key.resource.kind} ${key.name}`,
    cluster.patch<WebhookConfiguration>(key.resource, { name: key.name }, body, options),
  );
  return { key, object };
};
