import { replicationNames } from '../model/volume-replication.ts';

/** A class's parameters, divided. */
export type ClassParameters = {
  /** What the driver gets: all without the reserved prefix, unchanged. */
  forDriver: Readonly<Record<string, string>>;
  /** The secret the driver is called with; undefined where the class names none. */
  secret: { name: string; namespace: string } | undefined;
};

const prefix = replicationNames.parameterPrefix;

/** The keys with the reserved prefix that a class may carry, and what is said when one is empty. */
export const reservedKeys: Readonly<Record<string, string>> = {
  [replicationNames.secretName]: 'secret name cannot be empty',
  [replicationNames.secretNamespace]: 'secret namespace cannot be empty',
  [`${prefix}group-replication-secret-name`]: 'secret name cannot be empty',
  [`${prefix}group-replication-secret-namespace`]: 'secret namespace cannot be empty',
};

const problemOf = (parameters: Readonly<Record<string, string>>): string | undefined => {
  for (const [key, value] of Object.entries(parameters)) {
    if (!key.startsWith(prefix)) continue;
    const whenEmpty = reservedKeys[key];
    if (whenEmpty === undefined) {
      return `found unknown parameter key "${key}" with reserved prefix ${prefix}`;
    }
    if (value === '') return whenEmpty;
  }
  return undefined;
};

/**
 * Divides a class's parameters into the driver's and ours. The error texts are those of kubernetes-csi-addons; half a
 * secret reference is an error here, because it can only fail later and less clearly.
 */
export const readClassParameters = (
  parameters: Readonly<Record<string, string>> = {},
): { ok: true; parameters: ClassParameters } | { ok: false; error: string } => {
  const error = problemOf(parameters);
  if (error !== undefined) return { ok: false, error };
  const name = parameters[replicationNames.secretName];
  const namespace = parameters[replicationNames.secretNamespace];
  if (name === undefined && namespace !== undefined)
    return { ok: false, error: 'secret name cannot be empty' };
  if (name !== undefined && namespace === undefined) {
    return { ok: false, error: 'secret namespace cannot be empty' };
  }
  const forDriver = Object.fromEntries(Object.entries(parameters).filter(([key]) => !key.startsWith(prefix)));
  const secret = name === undefined || namespace === undefined ? undefined : { name, namespace };
  return { ok: true, parameters: { forDriver, secret } };
};
