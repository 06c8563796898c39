import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { sayDuration } from './age.ts';
import { listAt, numberAt, read, textAt } from './reading.ts';

const statusesOf = (pod: KubernetesObject): readonly unknown[] => listAt(pod, 'status', 'containerStatuses');

/** `1/2`: how many containers are ready, of how many. */
export const readyText = (pod: KubernetesObject): string => {
  const ready = statusesOf(pod).filter(
    (status) => read(status, 'ready') === true && read(status, 'state', 'running') !== undefined,
  );
  return `${ready.length}/${listAt(pod, 'spec', 'containers').length}`;
};

/** `3 (5m ago)`: restarts of all containers, and when the last was. */
export const restartsText = (pod: KubernetesObject, now: number): string => {
  const statuses = statusesOf(pod);
  const restarts = statuses.reduce<number>((sum, status) => sum + numberAt(status, 'restartCount'), 0);
  const ends = statuses
    .map((status) => Date.parse(textAt(status, 'lastState', 'terminated', 'finishedAt')))
    .filter((time) => !Number.isNaN(time));
  return restarts === 0 || ends.length === 0
    ? String(restarts)
    : `${restarts} (${sayDuration(now - Math.max(...ends))} ago)`;
};

/** What one container has to tell: why it waits, or how it ended. */
const containerReason = (status: unknown): string => {
  const waiting = textAt(status, 'state', 'waiting', 'reason');
  if (waiting !== '') return waiting;
  const terminated = read(status, 'state', 'terminated');
  if (terminated === undefined) return '';
  const signal = numberAt(terminated, 'signal');
  return (
    textAt(terminated, 'reason') ||
    (signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode')}` : `Signal:${signal}`)
  );
};

/** `Init:0/2`, or why an init container fails; empty when all are through. */
const initReason = (pod: KubernetesObject): string => {
  const statuses = listAt(pod, 'status', 'initContainerStatuses');
  const at = statuses.findIndex((status) => {
    const terminated = read(status, 'state', 'terminated');
    return terminated === undefined || numberAt(terminated, 'exitCode') !== 0;
  });
  if (at < 0) return '';
  const reason = containerReason(statuses[at]);
  const told = reason !== '' && reason !== 'PodInitializing';
  return told ? `Init:${reason}` : `Init:${at}/${listAt(pod, 'spec', 'initContainers').length}`;
};

/** The one word under STATUS: the phase, or what a container or a deletion has to say. */
export const podStatusText = (pod: KubernetesObject): string => {
  if (pod.metadata.deletionTimestamp !== undefined)
    return textAt(pod, 'status', 'reason') === 'NodeLost' ? 'Unknown' : 'Terminating';
  const initial = initReason(pod);
  if (initial !== '') return initial;
  const reasons = statusesOf(pod).map(containerReason);
  const running = statusesOf(pod).some((status) => read(status, 'state', 'running') !== undefined);
  const told = reasons.find((reason) => reason !== '') ?? '';
  const phase = textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase');
  return told === 'Completed' && running ? 'Running' : told || phase;
};
