// What no procedure may do, whatever happens to it: two primaries at one time, and a demotion under a pod that runs.
import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { claimsOfPod, type Pod } from '../../core/model/pod.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { callControl } from '../../sandbox/control-call.ts';
import type { SeenRequest } from './counting-proxy.ts';
import type { Site } from './guarded-volumes.ts';
import type { MovingApplications } from './moving-application.ts';

const otherOf = { 'cluster-1': 'cluster-2', 'cluster-2': 'cluster-1' } as const;

/** Watches over moves between two sites, and keeps what they did wrong. */
export type Referee = {
  /** Looks at a request before the server sees it; the request waits as long. */
  judge(request: SeenRequest): Promise<undefined>;
  /** Looks again and again for two primaries in a namespace, until it is ended. */
  watch(namespace: string, from: Site): { end(): Promise<void> };
  readonly offences: readonly string[];
  /** Ends what still watches, as its test failed before it could. */
  close(): Promise<void>;
};

/** A request to change or make a VolumeReplication: of which, and what it asks for. */
const replicationIn = ({ method, path, body }: SeenRequest) => {
  const found = /namespaces\/([^/]+)\/volumereplications(?:\/([^/]+))?$/.exec(path);
  if (found === null || method === 'GET' || method === 'DELETE') return undefined;
  const [, namespace = '', inPath] = found;
  const name = inPath ?? (JSON.parse(body) as KubernetesObject).metadata.name ?? '';
  const asksFor = /"(primary|secondary|resync)"/.exec(body)?.[1];
  return { namespace, name, asksFor };
};

const isPrimary = ({ spec, status }: VolumeReplication): boolean =>
  spec.replicationState === 'primary' && status?.state === 'Primary';

export const createReferee = (applications: MovingApplications): Referee => {
  const offences: string[] = [];
  /** What a site tells; nothing where it is dark. */
  const primariesOn = async (site: Site, namespace: string): Promise<ReadonlySet<string>> => {
    try {
      const found = await applications.list<VolumeReplication>(site, resources.volumeReplications, namespace);
      return new Set(found.filter(isPrimary).map(({ metadata }) => metadata.name ?? ''));
    } catch {
      return new Set();
    }
  };

  const judge = async (request: SeenRequest): Promise<undefined> => {
    const asked = replicationIn(request);
    if (asked === undefined) return;
    const { namespace, name } = asked;
    const site = request.site as Site;
    if (asked.asksFor === 'primary') {
      const there = await primariesOn(otherOf[site], namespace);
      if (there.has(name)) offences.push(`asked ${site} to promote ${name} while the other site is primary`);
    }
    if (asked.asksFor === 'secondary') {
      const pods = await applications.list<Pod>(site, resources.pods, namespace);
      const user = pods.find((pod) => claimsOfPod(pod).includes(name));
      if (user !== undefined)
        offences.push(`asked ${site} to demote ${name} while pod ${user.metadata.name} uses it`);
    }
  };

  /** The storages tell both of their roles at one moment; nothing where they are not heard of in time. */
  const storedPrimaries = async (namespace: string): Promise<string[]> => {
    const status = callControl(applications.controlSocket, 'status', {}, { timeoutMs: 10_000 });
    const { sites } = await status.catch(() => ({ sites: [] }));
    const [first, second] = sites.map(
      ({ volumes }) =>
        new Set(
          volumes
            .filter(({ role, claim }) => role === 'primary' && claim?.startsWith(`${namespace}/`))
            .map(({ volumeHandle }) => volumeHandle),
        ),
    );
    return [...(first ?? [])].filter((handle) => second?.has(handle));
  };

  const lookOnce = async (namespace: string, from: Site): Promise<void> => {
    const to = otherOf[from];
    // In this order: who is primary on both now was so when the first of them was asked.
    const there = await primariesOn(to, namespace);
    const here = await primariesOn(from, namespace);
    for (const name of here) if (there.has(name)) offences.push(`${name} is primary on both sites`);
    for (const handle of await storedPrimaries(namespace))
      offences.push(`the image of ${handle} is primary on both sites`);
  };

  const witnesses = new Set<{ end(): Promise<void> }>();
  return {
    judge,
    offences,
    close: async () => {
      await Promise.allSettled([...witnesses].map((witness) => witness.end()));
    },
    watch: (namespace, from) => {
      let isOver = false;
      const looking = (async () => {
        while (!isOver) {
          await lookOnce(namespace, from);
          await delay(50);
        }
      })();
      // Told to whoever ends it, and to nobody else where nobody does.
      looking.catch(() => undefined);
      const witness = {
        end: () => {
          isOver = true;
          witnesses.delete(witness);
          return looking;
        },
      };
      witnesses.add(witness);
      return witness;
    },
  };
};
