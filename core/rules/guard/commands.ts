import type { ReplicationState } from '../../model/volume-replication.ts';
import type { ReplicationKind } from '../replication-facts.ts';

/** What names a replication in a command. `site` is the context of another cluster; undefined: this one. */
export type ReplicationReference = {
  readonly site?: string | undefined;
  readonly kind: ReplicationKind;
  readonly namespace: string;
  readonly name: string;
};

const shortKinds = { VolumeReplication: 'vr', VolumeGroupReplication: 'vgr' } as const;

const plainWord = /^[\w.:/@%+=-]+$/;

/** One word for a shell: people copy what we print, and not every name was checked by an API server. */
export const shellWord = (text: string): string =>
  plainWord.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** `kubectl -n <namespace> …`, or `kubectl --context <site> -n <namespace> …`. */
export const kubectl = (
  { namespace, site }: { readonly namespace: string; readonly site?: string | undefined },
  words: string,
): string =>
  `kubectl ${site === undefined ? '' : `--context ${shellWord(site)} `}-n ${shellWord(namespace)} ${words}`;

/** A replication as kubectl takes it: `vr db`. */
export const typeAndName = ({ kind, name }: Pick<ReplicationReference, 'kind' | 'name'>): string =>
  `${shortKinds[kind]} ${shellWord(name)}`;

/** A replication as a sentence names it: `VolumeReplication shop/db`. */
export const nameReplication = ({ kind, namespace, name }: ReplicationReference): string =>
  `${kind} ${namespace}/${name}`;

/** Asks for another state of a replication. */
export const askFor = (
  replication: ReplicationReference,
  wish: { readonly replicationState: ReplicationState; readonly autoResync?: boolean },
): string =>
  kubectl(
    replication,
    `patch ${typeAndName(replication)} --type=merge -p '${JSON.stringify({ spec: wish })}'`,
  );

/** Waits until the status of a replication tells of a role. */
export const waitFor = (state: 'Primary' | 'Secondary', replication: ReplicationReference): string =>
  kubectl(
    replication,
    `wait ${typeAndName(replication)} --for=jsonpath='{.status.state}'=${state} --timeout=5m`,
  );

/** Ends the protection that a replication gives. */
export const deleteReplication = (replication: ReplicationReference): string =>
  kubectl(replication, `delete ${typeAndName(replication)}`);

/** Both sites side by side, of one claim or of all. Changes nothing. */
export const showBothSites = (namespace: string, claimName?: string): string =>
  `kubectl dr status -n ${shellWord(namespace)}${claimName === undefined ? '' : ` ${shellWord(claimName)}`}`;

/** Has PVs outlive their claims. */
export const setRetain = (volumes: readonly string[]): string =>
  `kubectl patch pv ${volumes.map(shellWord).join(' ')} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`;
