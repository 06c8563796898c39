import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { claim, guardedVolumes, refusedBy, replication } from './guarded-volumes.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

// What reaches a protected volume by another way than through the objects that protect it.

const definition = 'volumereplications.replication.storage.openshift.io';

describe.skipIf(!haveKubectl).each(serverFlavours)(
  'a protected volume, met by detours with kubectl and $flavour',
  ({ flags }) => {
    let sandbox: RunningSandbox;
    let at: ReturnType<typeof guardedVolumes>;

    beforeAll(async () => {
      sandbox = await startSandbox('--clock-factor=60', ...flags);
      at = guardedVolumes(sandbox);
      await at.setUpClasses();
    });
    afterAll(async () => {
      await sandbox?.end();
    });

    const retain = '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}';

    /** A second PV of a volume, and a claim for it in a namespace of its own. */
    const share = async (
      volumeName: string,
      namespace: string,
      policy: 'Retain' | 'Delete',
    ): Promise<void> => {
      const { spec } = await at.read('cluster-1', 'pv', volumeName);
      await at.succeed('cluster-1', ['create', 'namespace', namespace]);
      const name = `copy-${namespace}`;
      const claimRef = { namespace, name: 'copy' };
      const copy = { ...spec, claimRef, persistentVolumeReclaimPolicy: policy };
      await at.succeed(
        'cluster-1',
        ['create', '-f', '-'],
        stringify({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: copy }),
      );
      await at.succeed(
        'cluster-1',
        ['create', '-f', '-'],
        claim('copy', { namespace, volumeName: name } as object),
      );
      const bound = '--for=jsonpath={.status.phase}=Bound';
      await at.succeed('cluster-1', ['-n', namespace, 'wait', bound, 'pvc/copy', '--timeout=30s']);
    };

    test('DR105: a new replica of it through another claim is refused; it would demote the primary', async () => {
      await share(await at.protect('cluster-1', 'shared'), 'copies', 'Retain');
      const replica = replication('copy', 'secondary', { namespace: 'copies' });
      const text = refusedBy(await at.apply('cluster-1', replica), 'DR105');
      expect(text).toContain('VolumeReplication default/shared through claim default/shared');
      expect((await sandbox.kubectl('cluster-1', ['-n', 'copies', 'delete', 'pvc', 'copy'])).code).toBe(0);
    });

    test('DR111: nor is another claim deleted, or its namespace, with which it would go', async () => {
      // As it was before anybody protected the volume: since then DR114 lets no such PV in.
      await share(await at.bind('cluster-1', 'wanted'), 'leavers', 'Delete');
      await at.protect('cluster-1', 'wanted');
      for (const words of [
        ['-n', 'leavers', 'delete', 'pvc', 'copy'],
        ['delete', 'namespace', 'leavers'],
      ]) {
        const text = refusedBy(await sandbox.kubectl('cluster-1', words), 'DR111');
        expect(text).toContain('its volume is protected by VolumeReplication default/wanted');
      }
      await at.succeed('cluster-1', ['patch', 'pv', 'copy-leavers', '-p', retain]);
      await at.succeed('cluster-1', ['-n', 'leavers', 'delete', 'pvc', 'copy']);
    });

    /** A PV of a volume as somebody writes it again. */
    const copyOf = async (volumeName: string, name: string, differs: object): Promise<string> => {
      const { spec } = await at.read('cluster-1', 'pv', volumeName);
      const { claimRef: _, ...rest } = spec;
      return stringify({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name },
        spec: { ...rest, ...differs },
      });
    };

    test('DR114: no PV of it is let in on either site that would take it along, whatever the PV is called', async () => {
      const volumeName = await at.protect('cluster-1', 'kept');
      const taking = { persistentVolumeReclaimPolicy: 'Delete', storageClassName: 'nobody' };
      const second = await copyOf(volumeName, 'kept-again', taking);
      for (const site of ['cluster-1', 'cluster-2'] as const)
        expect(refusedBy(await at.apply(site, second), 'DR114')).toContain('VolumeReplication default/kept');
      const { spec } = await at.read('cluster-1', 'pv', volumeName);
      const { csi } = spec;
      const volumeHandle = csi.volumeHandle.replace('-0000000000000002-', '-0000000000000009-');
      const otherPool = await copyOf(volumeName, 'kept-again', { ...taking, csi: { ...csi, volumeHandle } });
      refusedBy(await at.apply('cluster-2', otherPool), 'DR114');
      await at.succeed(
        'cluster-2',
        ['create', '-f', '-'],
        await copyOf(volumeName, 'kept-again', { storageClassName: 'nobody' }),
      );
      const toDelete = '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}';
      const patched = await sandbox.kubectl('cluster-2', ['patch', 'pv', 'kept-again', '-p', toDelete]);
      expect(refusedBy(patched, 'DR114')).toContain('of cluster-1 protects');
    });

    test('DR114: nor is one given a claim that was there before the volume was protected', async () => {
      const volumeName = await at.bind('cluster-1', 'early');
      const taking = { persistentVolumeReclaimPolicy: 'Delete', storageClassName: 'nobody' };
      await at.succeed('cluster-1', ['create', '-f', '-'], await copyOf(volumeName, 'early-again', taking));
      await at.protect('cluster-1', 'early');
      const claimRef = '{"spec":{"claimRef":{"namespace":"default","name":"taker"}}}';
      const give = ['patch', 'pv', 'early-again', '--type=merge', '-p', claimRef];
      refusedBy(await sandbox.kubectl('cluster-1', give), 'DR114');
      await at.succeed('cluster-1', ['patch', 'pv', 'early-again', '-p', retain]);
      await at.succeed('cluster-1', give);
    });

    test('DR202: one that comes with the claimRef of its claim is kept', async () => {
      const volumeName = await at.protect('cluster-1', 'twice');
      const { spec } = await at.read('cluster-1', 'pv', volumeName);
      const again = await copyOf(volumeName, 'twice-again', {
        claimRef: spec.claimRef,
        persistentVolumeReclaimPolicy: 'Delete',
      });
      const { stderr } = await at.succeed('cluster-1', ['create', '-f', '-'], again);
      expect(stderr).toContain('DR202');
      const { spec: kept } = await at.read('cluster-1', 'pv', 'twice-again');
      expect(kept.persistentVolumeReclaimPolicy).toBe('Retain');
    });

    test('DR115: a claim of the name that has another volume becomes no primary beside it', async () => {
      await at.protect('cluster-1', 'namesake');
      await at.bind('cluster-2', 'namesake');
      const text = refusedBy(await at.apply('cluster-2', replication('namesake', 'primary')), 'DR115');
      expect(text).toContain('claim default/namesake of cluster-1 has another volume');
    });

    test('DR110: to take the finalizer away by hand makes no way around the consent', async () => {
      await at.protect('cluster-1', 'stripped');
      const patch = '{"metadata":{"finalizers":null}}';
      await at.succeed('cluster-1', ['patch', 'vr', 'stripped', '--type=merge', '-p', patch]);
      refusedBy(await sandbox.kubectl('cluster-1', ['delete', 'vr', 'stripped']), 'DR110');
    });

    test('DR111: the definitions of its replication and of its class are not deleted, and that of another kind is', async () => {
      await at.protect('cluster-1', 'defined');
      const remove = (name: string) =>
        sandbox.kubectl('cluster-1', ['delete', 'crd', name, '--dry-run=server']);
      expect(refusedBy(await remove(definition), 'DR111')).toContain(
        `CustomResourceDefinition ${definition} holds`,
      );
      refusedBy(await remove('volumereplicationclasses.replication.storage.openshift.io'), 'DR111');
      refusedBy(await remove('operations.kubectl-dr.dev'), 'DR116');
      expect((await remove('volumegroupreplicationcontents.replication.storage.openshift.io')).code).toBe(0);
    });
  },
);
