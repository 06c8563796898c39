import { describe, expect, it } from 'vitest';
import { DrError } from '../../../core/model/error.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolume } from '../../../core/model/persistent-volume.ts';
import type { Resource } from '../../../core/model/resource.ts';
import { ApiError } from '../../../kube/api-error.ts';
import type { Cluster, WriteOptions } from '../../../kube/cluster.ts';
import { createGuard } from '../../../sandbox/site/guard.ts';
import type { SupervisedProcess } from '../../../sandbox/site/supervised-process.ts';

const denied = 'admission webhook "guard.kubectl-dr.dev" denied the request: DR106: no such class';
const dead = 'failed calling webhook "guard.kubectl-dr.dev": connection refused';

/** An API server with the webhooks of dr-webhook in front of it, or without them. */
const scene = () => {
  const world = { isRegistered: false, runs: false, forbids: false, isCutOff: false, looks: 0 };

  const answer = (resource: Resource, object: KubernetesObject): KubernetesObject => {
    if (world.forbids) throw new ApiError({ httpStatus: 403, message: 'user "me" cannot create' });
    if (!world.isRegistered) return object;
    const answers = world.runs && !world.isCutOff;
    if (resource.kind === 'PersistentVolume') {
      if (!answers) return object; // the repair fails open
      const { spec } = object as PersistentVolume;
      const { claimRef: _, ...rest } = spec ?? {};
      return { ...object, spec: rest };
    }
    if (answers) throw new ApiError({ httpStatus: 403, message: denied });
    throw new ApiError({ httpStatus: 500, message: dead });
  };

  const cluster = {
    name: 'cluster-1',
    create: async (resource: Resource, object: KubernetesObject, options?: WriteOptions) => {
      expect(options?.dryRun).toBe(true);
      return answer(resource, object);
    },
  } as unknown as Cluster;

  const process: SupervisedProcess = {
    state: () => (world.runs ? { state: 'running', pid: 7 } : { state: 'stopped' }),
    start: async () => {
      world.runs = true;
    },
    stop: async () => {
      world.runs = false;
    },
  };

  const guardOf = (readyWithinMs = 10_000, isSlow = false) =>
    createGuard({
      cluster,
      driver: 'rbd.csi.ceph.com',
      process: isSlow ? { ...process, start: async () => undefined } : process,
      isReady: async () => {
        world.looks += 1;
        return world.runs;
      },
      logFile: '/tmp/webhook.log',
      readyWithinMs,
      install: async () => {
        world.isRegistered = true;
      },
    });
  return { world, guardOf };
};

const { signal } = new AbortController();

describe('the guard of a site', () => {
  it('is there once it is registered and the API server is answered', async () => {
    const { world, guardOf } = scene();
    await guardOf().start(signal);
    expect(world).toMatchObject({ runs: true, isRegistered: true });
  });

  it('comes back with its site, although somebody has removed its registration meanwhile', async () => {
    const { world, guardOf } = scene();
    const guard = guardOf();
    await guard.start(signal);
    await guard.stop('kill');
    world.isRegistered = false;
    await guard.start(signal);
    expect(world).toMatchObject({ runs: true, isRegistered: true });
  });

  it('may be started where it runs', async () => {
    const { guardOf } = scene();
    const guard = guardOf();
    await guard.start(signal);
    await guard.start(signal);
    expect(await guard.state()).toEqual({ state: 'running', pid: 7 });
  });

  it('is not seen while its process does not say that it is ready', async () => {
    const { world, guardOf } = scene();
    let isDone = false;
    const starting = guardOf(10_000, true)
      .start(signal)
      .then(() => {
        isDone = true;
      });
    await expect.poll(() => world.looks).toBeGreaterThan(2);
    expect(isDone).toBe(false);
    world.runs = true;
    await starting;
  });

  it('that the API server cannot reach is told with what the API server said', async () => {
    const { world, guardOf } = scene();
    world.isCutOff = true;
    await expect(guardOf(60).start(signal)).rejects.toMatchObject({
      code: 'GuardNotReady',
      message: expect.stringContaining(dead),
      hint: expect.stringContaining('/tmp/webhook.log'),
    });
  });

  it('is not taken to answer where RBAC refuses', async () => {
    const { world, guardOf } = scene();
    world.forbids = true;
    await expect(guardOf(60).start(signal)).rejects.toThrow(DrError);
  });

  it('is not waited for any more once the sandbox ends', async () => {
    const end = new AbortController();
    const starting = scene().guardOf(10_000, true).start(end.signal);
    end.abort();
    await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
