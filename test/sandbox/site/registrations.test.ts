import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import { ApiError } from '../../../kube/api-error.ts';
import type { Cluster, ObjectKey, PatchOptions } from '../../../kube/cluster.ts';
import { installRegistrations, removeRegistrations } from '../../../sandbox/site/registrations.ts';

const manifests = join(fileURLToPath(new URL('../../../', import.meta.url)), 'manifests');
const { signal } = new AbortController();
const url = 'https://127.0.0.1:9443';

type Patched = { webhooks: { name: string; clientConfig: object }[] };

/** A cluster that keeps what it is asked to do. */
const recorder = (failure?: Error) => {
  const calls: string[] = [];
  const patched: Patched[] = [];
  const cluster = {
    create: async (resource: Resource, { metadata }: KubernetesObject) => {
      calls.push(`create ${resource.kind} ${metadata.name}`);
      if (failure !== undefined) throw failure;
    },
    patch: async (resource: Resource, { name }: ObjectKey, body: unknown, { type, force }: PatchOptions) => {
      calls.push(`${type} ${resource.kind} ${name}${force ? '' : ' softly'}`);
      patched.push(body as Patched);
    },
    delete: async (resource: Resource, { name }: ObjectKey) => {
      calls.push(`delete ${resource.kind} ${name}`);
      if (failure !== undefined) throw failure;
    },
  } as unknown as Cluster;
  return { cluster, calls, patched };
};

describe('the registrations of a site', () => {
  it('come after the namespace that holds the certificates, even where that is there already', async () => {
    const exists = new ApiError({ httpStatus: 409, reason: 'AlreadyExists', message: 'it exists' });
    const { cluster, calls } = recorder(exists);
    await installRegistrations(cluster, { manifests, url, signal });
    expect(calls).toEqual([
      'create Namespace kubectl-dr',
      'apply ValidatingWebhookConfiguration kubectl-dr-guard',
      'apply ValidatingWebhookConfiguration kubectl-dr-advice',
      'apply MutatingWebhookConfiguration kubectl-dr-restore',
    ]);
  });

  it('name the path of each webhook at the URL, and no Service', async () => {
    const { cluster, patched } = recorder();
    await installRegistrations(cluster, { manifests, url, signal });
    const webhooks = patched.flatMap((object) => object.webhooks);
    expect(webhooks.map(({ name, clientConfig }) => [name, clientConfig])).toEqual([
      ['guard.kubectl-dr.dev', { url: `${url}/validate/guard` }],
      ['guard-unmarked.kubectl-dr.dev', { url: `${url}/validate/guard` }],
      ['advice.kubectl-dr.dev', { url: `${url}/validate/advice` }],
      ['restore.kubectl-dr.dev', { url: `${url}/mutate/restore` }],
      ['demotion.kubectl-dr.dev', { url: `${url}/mutate/restore` }],
      ['consent.kubectl-dr.dev', { url: `${url}/mutate/restore` }],
    ]);
  });

  it('are all removed, and missing ones are no error', async () => {
    const { cluster, calls } = recorder(
      new ApiError({ httpStatus: 404, reason: 'NotFound', message: 'not found' }),
    );
    await removeRegistrations(cluster, manifests, signal);
    expect(calls).toEqual([
      'delete ValidatingWebhookConfiguration kubectl-dr-guard',
      'delete ValidatingWebhookConfiguration kubectl-dr-advice',
      'delete MutatingWebhookConfiguration kubectl-dr-restore',
    ]);
  });

  it('that cannot be removed are told: the guard would refuse everything', async () => {
    const { cluster } = recorder(new ApiError({ httpStatus: 403, message: 'forbidden' }));
    await expect(removeRegistrations(cluster, manifests, signal)).rejects.toThrow('forbidden');
  });
});
