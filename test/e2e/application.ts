// Applications on a site, as a person would create them with kubectl, and how they stand.
import { stringify } from 'yaml';
import type { guardedVolumes, Site } from './guarded-volumes.ts';
import type { RunningSandbox } from './running-sandbox.ts';

type Volumes = ReturnType<typeof guardedVolumes>;

const podTemplate = (name: string, claims: readonly string[]) => ({
  metadata: { labels: { app: name } },
  spec: {
    containers: [{ name: 'app', image: 'app' }],
    volumes: claims.map((claimName, index) => ({
      name: `data-${index}`,
      persistentVolumeClaim: { claimName },
    })),
  },
});

/** A workload of a built-in kind, whose pods mount claims. */
export const workload = (
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  name: string,
  claims: readonly string[],
  { namespace = 'default', replicas = 1, labels = {} } = {},
) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace, labels },
  spec: {
    ...(kind !== 'DaemonSet' && { replicas }),
    ...(kind === 'StatefulSet' && { serviceName: name }),
    selector: { matchLabels: { app: name } },
    template: podTemplate(name, claims),
  },
});

/** One that runs once a day. */
export const cronJob = (
  name: string,
  claims: readonly string[],
  { namespace = 'default', suspend = false } = {},
) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name, namespace },
  spec: {
    schedule: '0 3 * * *',
    suspend,
    jobTemplate: {
      spec: {
        template: {
          ...podTemplate(name, claims),
          spec: { ...podTemplate(name, claims).spec, restartPolicy: 'Never' },
        },
      },
    },
  },
});

/** A pod that nothing brings back. */
export const barePod = (name: string, claims: readonly string[], { namespace = 'default' } = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: podTemplate(name, claims).spec,
});

/** Applications of a sandbox. */
export const applications = (sandbox: RunningSandbox, volumes: Volumes) => {
  const create = async (site: Site, ...objects: object[]): Promise<void> => {
    for (const object of objects) await volumes.succeed(site, ['apply', '-f', '-'], stringify(object));
  };
  const replicas = async (site: Site, kind: string, name: string, namespace = 'default') => {
    const { spec, status } = await volumes.read(site, '-n', namespace, kind, name);
    return { wanted: spec.replicas as number, ready: (status?.readyReplicas ?? 0) as number };
  };
  return {
    create,
    replicas,
    untilReady: (site: Site, kind: string, name: string, namespace = 'default') =>
      sandbox.until(
        () => replicas(site, kind, name, namespace),
        ({ wanted, ready }) => wanted > 0 && ready === wanted,
      ),
    /** `primary/Primary`: what is asked for, and what is so. */
    role: async (site: Site, name: string, namespace = 'default') =>
      (
        await sandbox.kubectl(site, [
          '-n',
          namespace,
          'get',
          'vr',
          name,
          '-o',
          'jsonpath={.spec.replicationState}/{.status.state}',
        ])
      ).stdout,
    pods: async (site: Site, app: string, namespace = 'default') =>
      (await sandbox.kubectl(site, ['-n', namespace, 'get', 'pods', '-l', `app=${app}`, '-o', 'name'])).stdout
        .split('\n')
        .filter(Boolean),
  };
};
