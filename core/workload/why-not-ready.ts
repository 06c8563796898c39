import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Pod } from '../model/pod.ts';
import { oneLine } from '../rules/one-line.ts';
import type { Workload } from './workload.ts';

type Condition = {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
};

type ContainerStatus = {
  readonly name?: string;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
};

type PodStatus = {
  readonly conditions?: readonly Condition[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
};

/** What every container goes through. */
const usual: readonly (string | undefined)[] = ['ContainerCreating', 'PodInitializing', undefined];

const longest = 300;

const reasonAndMessage = ({ reason = '', message = '' }: Omit<Condition, 'type' | 'status'>): string =>
  oneLine([reason, message].filter((text) => text !== '').join(': '), longest);

const falseCondition = ({ conditions = [] }: PodStatus, type: string): string | undefined => {
  const found = conditions.find((it) => it.type === type && it.status === 'False');
  return found && reasonAndMessage(found);
};

const waitingContainer = ({
  initContainerStatuses = [],
  containerStatuses = [],
}: PodStatus): string | undefined => {
  const found = [...initContainerStatuses, ...containerStatuses].find(
    ({ state }) => !usual.includes(state?.waiting?.reason),
  );
  return (
    found?.state?.waiting &&
    `container ${oneLine(found.name ?? '')}: ${reasonAndMessage(found.state.waiting)}`
  );
};

const ofPod = (pod: Pod): string | undefined => {
  const status = (pod.status ?? {}) as PodStatus;
  const why = falseCondition(status, 'PodScheduled') ?? waitingContainer(status);
  return why === undefined ? undefined : `pod ${pod.metadata.name}: ${why}`;
};

/** Of pods that are not even made: a Deployment says so by a condition. */
const ofObject = ({ status }: KubernetesObject): string | undefined => {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly Condition[] };
  const found = conditions.find((it) => it.type === 'ReplicaFailure' && it.status === 'True');
  return found && reasonAndMessage(found);
};

/** Why pods of a workload do not come up, as the first of them that tells says, or the workload itself; undefined where nothing tells. */
export const whyNotReady = (workload: Workload, pods: readonly Pod[]): string | undefined => {
  for (const pod of pods) {
    const why = ofPod(pod);
    if (why !== undefined) return why;
  }
  return ofObject(workload.object);
};
