import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { type Reading, unknown } from '../../core/model/reading.ts';
import type { MoveGroup } from '../../core/plan/move.ts';
import { lackingNeeds, listsOfNeeds, needsOfMove, type TargetList } from '../../core/plan/needs-of-move.ts';
import { listMetadata } from '../check/gather-further.ts';
import type { Session } from './session.ts';

const notListed = unknown('it was not listed');

/**
 * What the pods of these groups need and the target lacks, one clause each: said before anything is stopped, as pods that cannot run
 * show it only once the application is down. One list for each kind that is named, of metadata alone.
 */
export const needsLacking = async (
  session: Session,
  groups: readonly MoveGroup[],
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const { prepared, source } = session;
  const brought = source.source.chosen.others;
  const needs = needsOfMove(session.facts(), groups, brought);
  const target = prepared.sites.target.site;
  const namespaces = [...new Set(needs.objects.flatMap(({ namespace }) => namespace ?? []))];
  const namespace = namespaces.length === 1 ? namespaces[0] : undefined;
  const lists = new Map<TargetList, Reading<readonly KubernetesObject[]>>(
    await Promise.all(
      listsOfNeeds(needs).map(
        async (list) => [list, await listMetadata(target, list, { namespace, signal })] as const,
      ),
    ),
  );
  return lackingNeeds(needs, {
    target: target.name,
    listed: (list) => lists.get(list) ?? notListed,
    brought,
    couldBringSecrets: source.taken !== undefined && !prepared.request.extent.secrets,
  });
};
