import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { connect } from '../../../kube/connect.ts';
import { loadKubeconfig } from '../../../kube/kubeconfig.ts';
import { runClusterControllers } from '../../../sandbox/cluster-controllers/run-cluster-controllers.ts';
import type { Access } from './https-client.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const kubeconfigOf = ({ url, ca, cert, key }: Access) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'target',
  clusters: [{ name: 'target', cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
  users: [
    { name: 'admin', user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } },
  ],
  contexts: [{ name: 'target', context: { cluster: 'target', user: 'admin' } }],
});

/**
 * Runs the sandbox's cluster controllers against a target: the recorded end states are those of controllers, and neither target
 * has any of its own. Without a driver, so that nothing is provisioned, as in the recording. Answers how to stop them.
 */
export const startClusterControllers = async (access: Access): Promise<() => void> => {
  const directory = mkdtempSync(join(tmpdir(), 'contract-'));
  const path = join(directory, 'kubeconfig');
  writeFileSync(path, stringify(kubeconfigOf(access)), { mode: 0o600 });
  const cluster = connect({ kubeconfig: loadKubeconfig({ env: {}, home: undefined, kubeconfig: path }) });
  const stop = new AbortController();
  const controllers = runClusterControllers({
    cluster,
    site: 'target',
    now: () => Date.now(),
    random: Math.random,
    log: () => undefined,
    signal: stop.signal,
  });
  await controllers.started;
  return () => {
    stop.abort();
    cluster.close();
    rmSync(directory, { recursive: true, force: true });
  };
};
