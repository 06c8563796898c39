import type { ReplicationChange } from '../replication-facts.ts';

/** A command about one replication on this site. */
export const showReplication = (
  { kind, namespace, name }: Pick<ReplicationChange, 'kind' | 'namespace' | 'name'>,
  verb: string,
): string => `kubectl -n ${namespace} ${verb} ${kind.toLowerCase()} ${name}`;
