import { resources } from '../../../core/model/resource.ts';
import { type Decision, type Effect, settled } from '../runtime/decision.ts';
import { makePod, removePod, setStatus } from './pod-making.ts';
import { templateHash } from './template-hash.ts';
import { type DaemonSet, isActive, isFinished, isReady, type Pod } from './workload-objects.ts';

const revisionLabel = 'controller-revision-hash';

type Labels = Readonly<Record<string, string>>;

const fits = ({ spec }: DaemonSet, nodeLabels: Labels): boolean =>
  Object.entries(spec?.template?.spec?.nodeSelector ?? {}).every(
    ([label, value]) => nodeLabels[label] === value,
  );

/** A daemon set on a cluster of one node: one pod where the node fits its selector, renewed when the template changed. */
export const decideDaemonSet = (set: DaemonSet, pods: readonly Pod[], nodeLabels: Labels): Decision => {
  if (set.metadata.deletionTimestamp !== undefined) return settled;
  const revision = templateHash(set.spec?.template);
  const isCurrent = (pod: Pod): boolean => pod.metadata.labels?.[revisionLabel] === revision;
  const active = pods.filter(isActive);
  const ready = active.filter(isReady).length;
  const wanted = fits(set, nodeLabels) ? 1 : 0;
  const status = setStatus(resources.daemonSets, set, {
    observedGeneration: set.metadata.generation ?? 0,
    desiredNumberScheduled: wanted,
    currentNumberScheduled: Math.min(wanted, active.length),
    numberMisscheduled: active.length - Math.min(wanted, active.length),
    numberReady: Math.min(wanted, ready),
    numberAvailable: Math.min(wanted, ready),
    numberUnavailable: Math.max(0, wanted - ready),
    updatedNumberScheduled: Math.min(wanted, active.filter(isCurrent).length),
  });
  return { effects: [...step(), ...status] };

  function step(): Effect[] {
    const finished = pods.filter((pod) => isFinished(pod) && pod.metadata.deletionTimestamp === undefined);
    if (finished.length > 0) return finished.map(removePod);
    if (wanted === 0) return active.map(removePod);
    if (pods.length === 0) {
      const labels = { [revisionLabel]: revision };
      return [makePod({ resource: resources.daemonSets, owner: set, template: set.spec?.template, labels })];
    }
    if (set.spec?.updateStrategy?.type === 'OnDelete') return active.slice(1).map(removePod);
    const outdated = active.filter((pod) => !isCurrent(pod));
    return outdated.length > 0 ? outdated.map(removePod) : active.slice(1).map(removePod);
  }
};
