import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import { isAlreadyExists } from '../../../kube/api-error.ts';
import type { Cluster } from '../../../kube/cluster.ts';
import { rfc3339 } from '../runtime/time.ts';
import type { SiteNode } from './pod-controllers.ts';

/** The one node of a site, as the scheduler and the node agent know it. */
export const siteNodeOf = (site: string): SiteNode => {
  const name = `${site}-node`;
  const labels = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
  };
  return { name, ip: '127.0.0.1', labels };
};

type Node = KubernetesObject & { spec?: { taints?: unknown }; status?: { conditions?: { type: string }[] } };

/** Makes sure that the node is there and Ready. No heartbeat follows: nobody in a sandbox doubts its node. */
export const ensureNode = async (options: {
  cluster: Cluster;
  node: SiteNode;
  now: () => number;
  signal: AbortSignal;
}): Promise<void> => {
  const { cluster, node, signal } = options;
  const { name, labels } = node;
  try {
    const metadata = { name, labels: { ...labels } };
    await cluster.create(resources.nodes, { apiVersion: 'v1', kind: 'Node', metadata, spec: {} }, { signal });
  } catch (thrown) {
    if (!isAlreadyExists(thrown)) throw thrown;
  }
  const found = await cluster.get<Node>(resources.nodes, { name }, { signal });
  if (found.status?.conditions?.some(({ type }) => type === 'Ready') === true) return;
  // kube-apiserver taints a new node until somebody calls it ready.
  if (found.spec?.taints !== undefined) {
    await cluster.patch(resources.nodes, { name }, { spec: { taints: null } }, { type: 'merge', signal });
  }
  const time = rfc3339(options.now());
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'simulated node of the sandbox',
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  };
  const status = {
    conditions: [ready],
    addresses: [
      { type: 'InternalIP', address: node.ip },
      { type: 'Hostname', address: name },
    ],
    capacity: { cpu: '8', memory: '32Gi', pods: '10000' },
    allocatable: { cpu: '8', memory: '32Gi', pods: '10000' },
    nodeInfo: {
      machineID: '',
      systemUUID: '',
      bootID: '',
      kernelVersion: '',
      osImage: 'kubectl-dr sandbox',
      containerRuntimeVersion: 'sandbox://1',
      kubeletVersion: 'v1.36.0',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  };
  await cluster.patch(
    resources.nodes,
    { name },
    { status },
    { type: 'merge', subresource: 'status', signal },
  );
};
