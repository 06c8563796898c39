import type { KubernetesObject } from '../../model/kubernetes-object.ts';
import { editField } from './edit-fields.ts';

/** `spec.replicationState` when the backup was taken, on the replication in the backup. */
export const backedUpStateAnnotation = 'kubectl-dr.dev/backed-up-state';

/** What was asked of a replication. One without a uid is no answer of a server: it may have been cleaned before. */
const backedUpState = ({ metadata, spec }: KubernetesObject): string => {
  const { replicationState: state } = spec as { replicationState?: unknown };
  const before = metadata.uid === undefined ? metadata.annotations?.[backedUpStateAnnotation] : undefined;
  return before ?? (typeof state === 'string' ? state : 'unknown');
};

/**
 * A VolumeReplication or its group asks for `secondary`, without autoResync, whatever it asked for on its own cluster. Upstream's
 * controller forces a promote without a question, so a backup that asked for `primary` would make a second primary of each of its
 * volumes by `kubectl create -R -f` alone; and autoResync would overwrite the copy that is there. `restore` and `promote` make a
 * primary, under the rules that guard it. What was asked for is kept in the annotation `kubectl-dr.dev/backed-up-state`.
 */
export const cleanReplication = (raw: KubernetesObject): KubernetesObject => {
  const harmless = editField(raw, 'spec', (spec) => ({
    ...spec,
    replicationState: 'secondary',
    autoResync: false,
  }));
  // Without a spec it asks for nothing.
  if (harmless === raw) return raw;
  const annotations = { ...raw.metadata.annotations, [backedUpStateAnnotation]: backedUpState(raw) };
  return { ...harmless, metadata: { ...harmless.metadata, annotations } };
};
