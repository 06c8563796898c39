import pLimit from 'p-limit';
import { backupRecordText, lastBackupAnnotation } from '../../core/backup/backup-record.ts';
import { messageOf } from '../../core/model/error.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { isNotFound } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';
import type { IndexHead } from './render-backup.ts';

/** Of its own: the time of whoever asks for a state tells since when it is asked for, and a backup asks for none. */
const fieldManager = 'kubectl-dr-backup';
const recordsAtOnce = 16;

type Recorded = { readonly resource: Resource; readonly namespace: string; readonly name: string };

/** What replicates the volumes of the backup, each once: those of a group share it. */
const replicationsIn = ({ volumes }: IndexHead): Recorded[] => {
  const all = volumes.flatMap(({ namespace, replication }) => {
    if (replication === null) return [];
    const isGroup = replication.kind === 'VolumeGroupReplication';
    const resource = isGroup ? resources.volumeGroupReplications : resources.volumeReplications;
    return [{ resource, namespace, name: replication.name }];
  });
  return [...new Map(all.map((it) => [`${it.resource.plural}/${it.namespace}/${it.name}`, it])).values()];
};

/**
 * Writes on what replicates each volume that the backup was taken. Answers what could not be recorded, as one line: the backup is whole
 * without it. Rejects only where it is interrupted.
 */
export const recordBackup = async (
  { cluster, name: site }: Site,
  head: IndexHead,
  digest: string,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const text = backupRecordText({ at: Date.parse(head.createdAt), digest });
  const patch = { metadata: { annotations: { [lastBackupAnnotation]: text } } };
  const limit = pLimit(recordsAtOnce);
  const record = async ({ resource, namespace, name }: Recorded): Promise<string[]> => {
    try {
      await cluster.patch(resource, { namespace, name }, patch, { type: 'merge', fieldManager, signal });
      return [];
    } catch (error) {
      signal.throwIfAborted();
      // What is gone needs no record.
      return isNotFound(error)
        ? []
        : [`${resource.kind} ${namespace}/${name}: ${messageOf(error).replace(`${site}: `, '')}`];
    }
  };
  const failed = (await Promise.all(replicationsIn(head).map((it) => limit(() => record(it))))).flat();
  const [first, ...more] = failed;
  if (first === undefined) return undefined;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return `the backup is whole, and not on record on ${site}, so that status and check do not know of it: ${first}${others}`;
};
