import { describe, expect, test } from 'vitest';
import { DrError } from '../../../core/model/error.ts';
import type { Cluster } from '../../../kube/cluster.ts';
import { parseManifests } from '../../../plugin/backup/parse-manifests.ts';
import { streamBackup, takeBackup } from '../../../plugin/backup/take-backup.ts';
import type { Site } from '../../../plugin/door/clusters.ts';
import type { Selection } from '../../../plugin/selection/parse-selection.ts';
import {
  claim,
  inNamespace,
  named,
  replication,
  replicationClass,
  volume,
} from '../../core/backup/site-objects.ts';
import { memoryIo } from '../memory-io.ts';
import { type MemoryObjects, memoryCluster } from '../status/memory-cluster.ts';

const forbidden = (plural: string) =>
  new DrError({ code: 'Forbidden', message: `cluster-1: ${plural} is forbidden: User "x" cannot list` });

const objects: MemoryObjects = {
  namespaces: [named('kube-system'), named('shop'), named('other')],
  storageclasses: [named('rbd')],
  persistentvolumes: [volume('db'), volume('web')],
  persistentvolumeclaims: [claim('db', { metadata: { labels: { app: 'db' } } }), claim('web')],
  volumereplications: [replication('db')],
  volumereplicationclasses: [replicationClass('fast')],
};

/** A site of these objects; what was asked of it is in `requests`. */
const siteOf = (held: MemoryObjects) => {
  const cluster = memoryCluster('cluster-1', held);
  const versioned: Cluster = {
    ...cluster,
    request: (async () => ({ gitVersion: 'v1.36.0' })) as Cluster['request'],
  };
  const site: Site = { name: 'cluster-1', context: 'cluster-1', kubectl: 'kubectl', cluster: versioned };
  return { site, requests: cluster.requests };
};

const all: Selection = { namespace: 'shop', claims: [], replications: [], labels: undefined };
const volumesOnly = { workloads: false, secrets: false };
const io = memoryIo({ now: () => Date.UTC(2026, 10, 25, 14, 53, 7, 500) });

const take = async (selection: Partial<Selection> = {}, held = objects, extent = volumesOnly) => {
  const { site, requests } = siteOf(held);
  const taken = await takeBackup(site, { ...all, ...selection }, extent, io);
  return { ...taken, requests, claims: taken.head.volumes.map((of) => of.persistentVolumeClaim) };
};

describe('taking a backup of one site', () => {
  test('tells where and when it was taken, and by what', async () => {
    expect((await take()).head).toMatchObject({
      createdAt: '2026-11-25T14:53:07Z',
      createdBy: 'kubectl dr 1.2.3',
      source: { site: 'cluster-1', clusterUid: 'uid-kube-system', kubernetesVersion: 'v1.36.0' },
      missing: [],
    });
  });

  test('takes what is protected, what is named, or what carries the labels', async () => {
    expect((await take()).claims).toEqual(['db']);
    expect((await take({ claims: ['web'] })).claims).toEqual(['web']);
    expect((await take({ labels: 'app=db' })).claims).toEqual(['db']);
    expect((await take({ labels: 'app=none' })).claims).toEqual([]);
  });

  test('reads nothing of workloads and secrets unless they are asked for', async () => {
    const { requests } = await take();
    expect(requests.filter((request) => /deployments|secrets|configmaps/.test(request))).toEqual([]);
    const template = { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'db' } }] } };
    const held = { ...objects, deployments: [inNamespace('shop', 'web', { spec: { template } })] };
    const { composition, requests: more } = await take({}, held, { workloads: true, secrets: false });
    expect(composition.objects.map(({ kind }) => kind)).toContain('Deployment');
    expect(more).not.toContain('list secrets');
  });

  test('asks no more for many volumes than for few', async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `c${index}`);
    const many = {
      ...objects,
      persistentvolumes: names.map((name) => volume(name)),
      persistentvolumeclaims: names.map((name) => claim(name)),
      volumereplications: names.map((name) => replication(name)),
    };
    const { requests, claims } = await take({}, many);
    expect(claims).toHaveLength(1_000);
    expect(requests.length).toBeLessThan((await take()).requests.length + 3);
  });

  test('goes on without what only describes the cluster, and says what else it could not read', async () => {
    const poor = {
      ...objects,
      storageclasses: forbidden('storageclasses'),
      namespaces: forbidden('namespaces'),
    };
    const { head } = await take({}, poor as MemoryObjects);
    expect(head.source).toMatchObject({ clusterUid: null });
    expect(head.missing).toEqual([
      {
        kind: 'Namespace',
        namespace: null,
        name: 'shop',
        why: 'namespaces is forbidden: User "x" cannot list',
      },
      {
        kind: 'StorageClass',
        namespace: null,
        name: 'rbd',
        why: 'storageclasses is forbidden: User "x" cannot list',
      },
    ]);
  });

  test.each(['persistentvolumeclaims', 'persistentvolumes'])(
    'is an error where %s cannot be read',
    async (plural) => {
      await expect(take({}, { ...objects, [plural]: forbidden(plural) })).rejects.toMatchObject({
        code: 'CannotRead',
        message: expect.stringContaining(`${plural} is forbidden`),
      });
    },
  );

  test('is a stream of YAML too, whose objects another site takes', async () => {
    const taken = await take();
    const text = [...streamBackup(taken)].join('');
    expect(text).toMatch(
      /^# kubectl-dr\.dev\/backup: \{"source":\{"site":"cluster-1",.*\}\n---\napiVersion: v1\n/,
    );
    expect(parseManifests(text, 'stream').map(({ kind }) => kind)).toEqual(
      taken.composition.objects.map(({ kind }) => kind),
    );
    expect(text.slice(text.indexOf('\n'))).not.toContain('uid-');
  });

  test('and so is a stream with one text of 3 MiB', async () => {
    const data = { large: 'x"\n'.repeat(2 ** 20) };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'a' }, data };
    const { head, composition } = await take();
    const text = [...streamBackup({ head, composition: { ...composition, objects: [object] } })].join('');
    expect(parseManifests(text, 'stream')).toEqual([object]);
  });
});
