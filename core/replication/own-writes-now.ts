import { type Demotion, demotionOf } from '../following/demotion.ts';
import {
  nothingOfItsOwn,
  type OwnWrites,
  ownWritesOfPrimary,
  ownWritesOfReplica,
} from '../following/own-writes.ts';
import { replicationOfVolume } from '../status/replication.ts';
import { currentState, type Facts } from './facts.ts';

/** The `Completed` message after a resync that the driver was asked for and that failed; a later pass reads from it that one was let through. */
export const resyncFailure = 'failed to resync volume';

/** The resync of the present spec was let through before: the driver was asked, and a forced resync goes through errors (recorded). */
const wasAskedBefore = ({ replication: { metadata, status } }: Facts): boolean =>
  status?.conditions?.some(
    ({ type, message, observedGeneration }) =>
      type === 'Completed' && message === resyncFailure && observedGeneration === metadata.generation,
  ) ?? false;

/** The status speaks of the first version of the spec, and of a replica: it never asked for primary. */
const wasReplicaFromTheFirst = ({ replication: { metadata, status } }: Facts): boolean =>
  metadata.generation === 1 || (metadata.generation === 2 && status?.observedGeneration === 1);

/** The mark of a demotion by the present spec, or by the one before that. */
const lastDemotion = ({ replication }: Facts): Demotion => {
  const { generation = 0 } = replication.metadata;
  const spec = { ...replication.spec, replicationState: 'secondary' };
  for (const version of [generation, generation - 1]) {
    const found = demotionOf(
      { ...replication, spec, metadata: { ...replication.metadata, generation: version } },
      undefined,
    );
    if (found.kind === 'marked') return found;
  }
  return { kind: 'unmarked', at: undefined };
};

/** What the copy may hold of its own before the driver is asked to throw it away. */
export const ownWritesNow = (facts: Facts): OwnWrites => {
  if (wasAskedBefore(facts)) return nothingOfItsOwn;
  const replication = replicationOfVolume(facts.replication);
  if (currentState(facts) !== 'Secondary')
    return (
      ownWritesOfPrimary(replication) ?? { state: 'possible', why: 'may be primary', followsSince: undefined }
    );
  if (wasReplicaFromTheFirst(facts)) return nothingOfItsOwn;
  const demotion = lastDemotion(facts);
  return ownWritesOfReplica(replication, demotion, demotion.kind === 'marked' ? demotion.at : undefined);
};
