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
  const world = { isRegistered: false, runs: false, registrations: 0, forbids: false, failedCalls: 0 };

  const answer = (resource: Resource, object: KubernetesObject): KubernetesObject => {
    if (world.forbids) throw new ApiError({ httpStatus: 403, message: 'user "me" cannot create' });
    if (!world.isRegistered) return object;
    if (resource.kind === 'PersistentVolume') {
      if (!world.runs) return object; // the repair fails open
      const { spec } = object as PersistentVolume;
      const { claimRef: _, ...rest } = spec ?? {};
      return { ...object, spec: rest };
    }
    if (world.runs) throw new ApiError({ httpStatus: 403, message: denied });
    world.failedCalls += 1;
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
      port: 1,
      logFile: '/tmp/webhook.log',
      readyWithinMs,
      prepare: async () => undefined,
      register: async () => {
        world.registrations += 1;
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
    expect(world).toMatchObject({ runs: true, isRegistered: true, registrations: 1 });
  });

  it('is registered by each sandbox, whatever the one before left: its port may be another one', async () => {
    const { world, guardOf } = scene();
    world.isRegistered = true;
    await guardOf().start(signal);
    expect(world.registrations).toBe(1);
  });

  it('comes back with its site and its registration', async () => {
    const { world, guardOf } = scene();
    const guard = guardOf();
    await guard.start(signal);
    await guard.stop('kill');
    await guard.start(signal);
    expect(world).toMatchObject({ runs: true, registrations: 1 });
  });

  it('comes back although somebody has removed its registration meanwhile', async () => {
    const { world, guardOf } = scene();
    const guard = guardOf();
    await guard.start(signal);
    await guard.stop('kill');
    world.isRegistered = false;
    await guard.start(signal);
    expect(world).toMatchObject({ isRegistered: true, registrations: 2 });
  });

  it('is waited for while the API server finds nobody there', async () => {
    const { world, guardOf } = scene();
    const starting = guardOf(10_000, true).start(signal);
    await expect.poll(() => world.failedCalls).toBeGreaterThan(1);
    world.runs = true;
    await starting;
  });

  it('that never answers is told with what the API server said', async () => {
    await expect(scene().guardOf(60, true).start(signal)).rejects.toMatchObject({
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
