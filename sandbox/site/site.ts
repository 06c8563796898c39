import { join } from 'node:path';
import { DrError } from '../../core/model/error.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { runClusterControllers } from '../cluster-controllers/run-cluster-controllers.ts';
import type { Log } from '../cluster-controllers/runtime/work-queue.ts';
import { connectDriver } from '../cluster-controllers/volumes/csi-driver.ts';
import { siteNodeOf } from '../cluster-controllers/workloads/site-node.ts';
import type { SandboxSite } from '../control-protocol.ts';
import { type DriverServer, serveDriver } from '../driver/serve.ts';
import type { SiteArray } from '../storage/site-array.ts';
import type { Guard } from './guard.ts';
import { registerDriver } from './register-driver.ts';
import type { SiteServer } from './site-server.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** The name under which the simulated storage is known in both clusters. */
export const driverName = 'rbd.csi.ceph.com';

export type SiteState = 'up' | 'refusing' | 'hanging';

/** One of the two clusters: API server, storage with its driver, and what acts between them. */
export type Site = {
  readonly name: SandboxSite;
  readonly server: SiteServer;
  readonly cluster: Cluster;
  readonly array: SiteArray;
  readonly controller: SupervisedProcess | undefined;
  readonly guard: Guard | undefined;
  readonly state: SiteState;
  /** Makes the site dark. */
  fail(how: 'refuse' | 'hang'): Promise<void>;
  /** Brings it back as it was. */
  heal(): Promise<void>;
  /** Begins to act: cluster controllers and guard first, then the replication controller. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends all that acts; the server is left to whoever started it. */
  close(): Promise<void>;
};

export type SiteOptions = {
  name: SandboxSite;
  server: SiteServer;
  cluster: Cluster;
  /** The same cluster as another user. */
  connectAs: (user: string) => Cluster;
  array: SiteArray;
  /** Whether its driver tells what a volume is called on the other site. */
  destinationInfo: boolean;
  socketPath: string;
  controller: SupervisedProcess | undefined;
  guard: Guard | undefined;
  now: () => number;
  random: () => number;
  log: Log;
};

/** The socket of a site's driver, in the run directory. */
export const driverSocket = (runDirectory: string, site: string): string =>
  join(runDirectory, `${site}.sock`);

/** Why the node of a site cannot mount a volume for writing: a secondary image is read-only, as rbd maps it. */
const mountObstacle = (array: SiteArray, volumeHandle: string): string | undefined => {
  const found = array.volumes().find(({ volumeId }) => volumeId === volumeHandle);
  if (found === undefined) return `volume ${volumeHandle} not found on ${array.name}`;
  if (found.role !== 'secondary') return undefined;
  return `mount failed: image of ${volumeHandle} is not primary on ${array.name}: write-protected device cannot be mounted read-write`;
};

type Acting = { stop: AbortController; driver: DriverServer };

/** Puts a site together. Nothing acts before `start`. */
export const createSite = (options: SiteOptions): Site => {
  const { name, server, cluster, array, socketPath, controller, guard, now, random, log } = options;
  const accounts = new Map<string, Cluster>();
  let state: SiteState = 'up';
  let acting: Acting | undefined;

  const actAs = (account: string): Cluster => {
    const known = accounts.get(account);
    if (known !== undefined) return known;
    const opened = options.connectAs(account);
    accounts.set(account, opened);
    return opened;
  };

  const act = async (caller?: AbortSignal): Promise<void> => {
    const stop = new AbortController();
    const signal = caller === undefined ? stop.signal : AbortSignal.any([caller, stop.signal]);
    const driver = await serveDriver({
      array,
      socketPath,
      driverName,
      destinationInfo: options.destinationInfo,
    });
    acting = { stop, driver };
    const controllers = runClusterControllers({
      cluster,
      actAs,
      site: name,
      driver: connectDriver({ name: driverName, socketPath, now, signal: stop.signal }),
      findMountObstacle: (handle) => mountObstacle(array, handle),
      now,
      random,
      log: (level, message, fields) => log(level, `${name}: ${message}`, fields),
      signal: stop.signal,
    });
    const registered = registerDriver(cluster, { driverName, nodeName: siteNodeOf(name).name }, signal);
    await Promise.all([controllers.started, registered, guard?.start(signal)]);
    // Whoever waits, waits for the guard; the controller need not be ready then, and would hold it up.
    await controller?.start();
  };

  const rest = async (how: 'kill' | 'end'): Promise<void> => {
    acting?.stop.abort();
    await Promise.all([controller?.stop(how), guard?.stop(how)]);
    await acting?.driver.close();
    acting = undefined;
  };

  return {
    name,
    server,
    cluster,
    array,
    controller,
    guard,
    get state() {
      return state;
    },
    fail: async (how) => {
      if (state !== 'up') {
        throw new DrError({
          code: 'SiteFailed',
          message: `${name} has failed already`,
          hint: `bring it back with kubectl dr sandbox heal ${name}`,
        });
      }
      state = how === 'hang' ? 'hanging' : 'refusing';
      array.setFrozen(true);
      await Promise.all([rest('kill'), server.fail(how)]);
    },
    heal: async () => {
      if (state === 'up') {
        if (acting !== undefined) await guard?.start(acting.stop.signal);
        return;
      }
      array.setFrozen(false);
      await server.heal();
      state = 'up';
      await act();
    },
    start: act,
    close: async () => {
      await rest('end');
      for (const each of [cluster, ...accounts.values()]) each.close();
    },
  };
};
