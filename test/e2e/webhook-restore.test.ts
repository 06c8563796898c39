import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, guardedVolumes, replicationClass } from './guarded-volumes.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

const strange = '11111111-2222-3333-4444-555555555555';

describe.skipIf(!haveKubectl).each(serverFlavours)(
  'what is restored, met with kubectl and $flavour',
  ({ flags }) => {
    let sandbox: RunningSandbox;
    let at: ReturnType<typeof guardedVolumes>;

    beforeAll(async () => {
      sandbox = await startSandbox(...flags);
      at = guardedVolumes(sandbox);
      await at.setUpClasses();
    });
    afterAll(async () => {
      await sandbox?.end();
    });

    /** The PV of a claim of the first site as a backup holds it: what `get -o yaml` printed. */
    const backedUp = async (name: string) => {
      const volume = await at.bind('cluster-1', name);
      return at.read('cluster-1', 'pv', volume);
    };

    test('DR201, DR202: a PV taken over as it was loses its claimRef, and is retained', async () => {
      const pv = await backedUp('stripped');
      pv.spec.persistentVolumeReclaimPolicy = 'Delete';
      const ended = await at.apply('cluster-2', JSON.stringify(pv));
      expect(ended).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/Warning: DR201.*Warning: DR202/s),
      });
      const stored = await at.read('cluster-2', 'pv', pv.metadata.name);
      expect(stored.spec.claimRef?.uid).toBeUndefined();
      expect(stored.spec.persistentVolumeReclaimPolicy).toBe('Retain');
      expect(stored.metadata.annotations ?? {}).not.toHaveProperty(['pv.kubernetes.io/bound-by-controller']);
      expect(stored.spec.csi).toEqual(pv.spec.csi);
    });

    test('DR201: with the annotation, the PV stays reserved for its claim and binds to it', async () => {
      const pv = await backedUp('reserved');
      pv.metadata.annotations = { ...pv.metadata.annotations, 'kubectl-dr.dev/claim-ref': 'reserve' };
      expect(
        await at
          .apply('cluster-2', JSON.stringify(pv), '--dry-run=server', '-o', 'json')
          .then(({ stdout }) => JSON.parse(stdout).spec.claimRef),
      ).toMatchObject({
        namespace: 'default',
        name: 'reserved',
      });
      expect((await at.apply('cluster-2', JSON.stringify(pv))).code).toBe(0);
      expect(await at.bind('cluster-2', 'reserved')).toBe(pv.metadata.name);
    });

    test('a clean reservation is left alone, and so is a volume of this cluster', async () => {
      const { spec } = await backedUp('clean');
      const pv = {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'clean-reservation' },
        spec: { ...spec, claimRef: { namespace: 'default', name: 'clean' } },
      };
      expect(await at.apply('cluster-2', JSON.stringify(pv))).toMatchObject({ code: 0, stderr: '' });
      const stored = await at.read('cluster-2', 'pv', 'clean-reservation');
      expect(stored.spec.claimRef).toMatchObject({ namespace: 'default', name: 'clean' });
      // The provisioner's own PVs name claims of this cluster: they bind, so nobody touched them.
      expect(await at.bind('cluster-2', 'fresh')).toMatch(/^pvc-/);
    });

    test('DR203: a claim that arrives with the marks of another binding binds again instead of being Lost', async () => {
      const pv = await backedUp('lost-otherwise');
      const restored = await at.read('cluster-1', 'pvc', 'lost-otherwise');
      expect(restored.metadata.annotations).toHaveProperty(['pv.kubernetes.io/bind-completed']);
      expect((await at.apply('cluster-2', JSON.stringify(pv))).code).toBe(0);
      delete restored.status;
      const ended = await at.apply('cluster-2', JSON.stringify(restored));
      expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('Warning: DR203') });
      const bound = ['wait', '--for=jsonpath={.status.phase}=Bound', 'pvc/lost-otherwise', '--timeout=30s'];
      await at.succeed('cluster-2', bound);
      expect((await at.read('cluster-2', 'pvc', 'lost-otherwise')).spec.volumeName).toBe(pv.metadata.name);
    });

    test('a claimRef of a claim that is not here yet is told from one that is', async () => {
      const { spec } = await backedUp('told-apart');
      const here = await at.read('cluster-1', 'pvc', 'told-apart');
      const pv = (name: string, uid: string) => ({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name },
        spec: { ...spec, claimRef: { namespace: 'default', name: 'told-apart', uid } },
      });
      expect((await at.apply('cluster-1', JSON.stringify(pv('own', here.metadata.uid)))).stderr).toBe('');
      expect((await at.apply('cluster-1', JSON.stringify(pv('strange', strange)))).stderr).toContain('DR201');
    });

    test('DR301: a class without a schedule is let in with a warning', async () => {
      const ended = await at.apply(
        'cluster-1',
        replicationClass('no-schedule', { mirroringMode: 'snapshot' }),
      );
      expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('Warning: DR301') });
    });

    test('DR302: a class that differs from the one of the other site is let in with a warning', async () => {
      expect(
        (await at.apply('cluster-2', replicationClass('differs', { schedulingInterval: '5m' }))).code,
      ).toBe(0);
      const ended = await at.apply('cluster-1', replicationClass('differs', { schedulingInterval: '1h' }));
      expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('Warning: DR302') });
    });

    test('a claim that has nothing to do with replication is neither changed nor warned about', async () => {
      expect(await at.apply('cluster-1', claim('plain'))).toMatchObject({ code: 0, stderr: '' });
      expect((await sandbox.kubectl('cluster-1', ['delete', 'pvc', 'plain', '--timeout=30s'])).code).toBe(0);
    });
  },
);
