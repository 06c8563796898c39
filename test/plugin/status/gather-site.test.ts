import { describe, expect, it } from 'vitest';
import { DrError } from '../../../core/model/error.ts';
import type { Site } from '../../../plugin/door/clusters.ts';
import { gatherSite } from '../../../plugin/status/gather-site.ts';
import { pv, pvc, vgr, vr, vrc } from '../../core/status/objects.ts';
import { type MemoryObjects, memoryCluster } from './memory-cluster.ts';

const siteOf = (objects: MemoryObjects) => {
  const cluster = memoryCluster('east', objects);
  const site: Site = { name: 'east', context: 'east', kubectl: 'kubectl --context east', cluster };
  return { site, requests: cluster.requests };
};

const usual: MemoryObjects = {
  volumereplications: [vr()],
  volumegroupreplications: [],
  volumereplicationclasses: [vrc('every-5m', { schedulingInterval: '5m' })],
  persistentvolumeclaims: [pvc('db'), pvc('web')],
  persistentvolumes: [pv('pv-db'), pv('pv-web')],
};

const scope = { namespace: 'shop', signal: new AbortController().signal };

const volumesIn = async (objects: MemoryObjects) => {
  const { site, requests } = siteOf(objects);
  const { snapshot } = await gatherSite(site, scope);
  const volumes = snapshot.objects.known ? snapshot.objects.value.volumes : snapshot.objects;
  return { volumes, requests };
};

const many = Array.from({ length: 500 }, (_, index) => pv(`other-${index}`));

describe('reading a site', () => {
  it('takes one request per kind in a small cluster', async () => {
    const { site, requests } = siteOf(usual);
    await gatherSite(site, scope);
    expect(requests.toSorted()).toEqual([
      'list operations',
      'list persistentvolumeclaims',
      'list persistentvolumes',
      'list volumegroupreplications',
      'list volumereplicationclasses',
      'list volumereplications',
    ]);
  });

  it('asks for the few volumes it needs by name where the cluster holds many', async () => {
    const { volumes, requests } = await volumesIn({ ...usual, persistentvolumes: [...many, pv('pv-db')] });
    expect(requests.filter((request) => request.endsWith(' persistentvolumes'))).toEqual([
      'list persistentvolumes',
      'get persistentvolumes',
    ]);
    expect(volumes.known && volumes.value.some(({ metadata }) => metadata.name === 'pv-db')).toBe(true);
  });

  it('lists all volumes where it needs many', async () => {
    const claims = Array.from({ length: 60 }, (_, index) => pvc(`c-${index}`, `other-${400 + index}`));
    const { volumes, requests } = await volumesIn({
      ...usual,
      volumereplications: claims.map(({ metadata }) => vr({ claim: metadata.name ?? '' })),
      persistentvolumeclaims: claims,
      persistentvolumes: many,
    });
    expect(requests).not.toContain('get persistentvolumes');
    expect(volumes.known && volumes.value.length).toBe(500);
  });

  it('reads the volumes of a group whose claims only its selector names', async () => {
    const { volumes } = await volumesIn({
      ...usual,
      volumereplications: [],
      volumegroupreplications: [vgr(['db', 'web'])],
      persistentvolumes: [...many, pv('pv-db'), pv('pv-web')],
    });
    expect(volumes.known && volumes.value.map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(['pv-db', 'pv-web']),
    );
  });

  it('does without groups where the cluster does not have the kind', async () => {
    const { volumegroupreplications: _, ...older } = usual;
    const { snapshot } = await gatherSite(siteOf(older).site, scope);
    expect(snapshot.objects).toMatchObject({ known: true, value: { groups: [] } });
  });

  it('keeps the rest where volumes may not be read', async () => {
    const { snapshot } = await gatherSite(
      siteOf({ ...usual, persistentvolumes: new Error('persistentvolumes is forbidden') }).site,
      scope,
    );
    expect(snapshot.objects).toMatchObject({
      known: true,
      value: {
        volumes: {
          known: false,
          why: 'persistent volumes of east cannot be read: persistentvolumes is forbidden',
        },
      },
    });
  });

  it('says which cluster lacks the CRDs, and the command that installs them', async () => {
    const { volumereplications: _, ...without } = usual;
    const { snapshot, error } = await gatherSite(siteOf(without).site, scope);
    expect(snapshot.objects.known).toBe(false);
    expect(error).toBeInstanceOf(DrError);
    expect(error).toMatchObject({
      code: 'CrdsNotInstalled',
      message: 'east: the VolumeReplication CRDs are not installed in this cluster',
      hint: expect.stringMatching(
        /^install them with "kubectl --context east apply -f \/.*manifests\/crds"$/,
      ),
    });
  });

  it('tells why a site does not answer, without repeating its name', async () => {
    const refused = new DrError({ code: 'Unreachable', message: 'east: connection refused by east:6443' });
    const { snapshot } = await gatherSite(siteOf({ volumereplications: refused }).site, scope);
    expect(snapshot.objects).toEqual({ known: false, why: 'connection refused by east:6443' });
  });
});
