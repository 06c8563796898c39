import { messageOf } from '../../core/model/error.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import type { ReplicationSubject } from '../../core/protection/replication-subject.ts';
import type { ReplicationKind } from '../../core/rules/replication-facts.ts';
import type { Requester } from '../admission-request.ts';
import type { AccessQuestion } from './review-access.ts';
import type { Sources } from './sources.ts';

const plurals: Readonly<Record<ReplicationKind, AccessQuestion['resource']>> = {
  VolumeReplication: 'volumereplications',
  VolumeGroupReplication: 'volumegroupreplications',
};

/** Whether the requesting user may do so. It never rejects: no answer is unknown. */
export const askAccess = async (
  { reviewAccess }: Pick<Sources, 'reviewAccess'>,
  {
    to,
    user,
    subject,
  }: { to: AccessQuestion['to']; user: Requester; subject: Pick<ReplicationSubject, 'shown' | 'namespace'> },
  signal: AbortSignal,
): Promise<Reading<boolean>> => {
  const { kind, object } = subject.shown;
  const { name = '' } = object.metadata;
  const question = { to, user, resource: plurals[kind], namespace: subject.namespace, name };
  try {
    return known(await reviewAccess(question, signal));
  } catch (error) {
    return unknown(messageOf(error));
  }
};
