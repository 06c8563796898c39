import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import { resources } from '../core/model/resource.ts';
import type { Cluster } from '../kube/cluster.ts';

/** A secret's name, as a class refers to it. */
export type SecretReference = { name: string; namespace: string };

/** Reads the secrets that drivers are called with. Values live in memory only, and only for seconds. */
export type SecretReader = {
  /** The decoded entries. Rejects with what the server answered. */
  read(reference: SecretReference): Promise<Readonly<Record<string, string>>>;
  /** A driver refused a call: it may be because of an old secret. */
  forget(reference: SecretReference): void;
};

type Secret = KubernetesObject & { data?: Record<string, string> };

/** Hundreds of volumes share one secret and are worked on together; one GET serves them. */
const heldForMs = 10_000;

const decode = (data: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );

/** A reader that asks the server by name alone: it needs no permission to list secrets. */
export const createSecretReader = (options: { cluster: Cluster; now: () => number }): SecretReader => {
  const { cluster, now } = options;
  const held = new Map<string, { at: number; entries: Promise<Record<string, string>> }>();
  const keyOf = ({ namespace, name }: SecretReference): string => `${namespace}/${name}`;
  return {
    read: (reference) => {
      const key = keyOf(reference);
      const known = held.get(key);
      if (known !== undefined && now() - known.at < heldForMs) return known.entries;
      const entries = cluster
        .get<Secret>(resources.secrets, reference)
        .then((secret) => decode(secret.data ?? {}));
      held.set(key, { at: now(), entries });
      entries.catch(() => held.delete(key));
      return entries;
    },
    forget: (reference) => {
      held.delete(keyOf(reference));
    },
  };
};
