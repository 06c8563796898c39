import type { Cluster } from '../../kube/cluster.ts';
import { createOnce } from './install.ts';

/** Makes a CSI driver known to a cluster, as its installation and the kubelet of a node do: CSIDriver and CSINode. */
export const registerDriver = async (
  cluster: Cluster,
  { driverName, nodeName }: { readonly driverName: string; readonly nodeName: string },
  signal: AbortSignal,
): Promise<void> => {
  const driver = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name: driverName },
    spec: { attachRequired: true, podInfoOnMount: false, fsGroupPolicy: 'File' },
  };
  const node = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSINode',
    metadata: { name: nodeName },
    spec: { drivers: [{ name: driverName, nodeID: nodeName, topologyKeys: null }] },
  };
  await Promise.all([createOnce(cluster, driver, signal), createOnce(cluster, node, signal)]);
};
