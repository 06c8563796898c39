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
      await share(await at.protect('cluster-1', 'wanted'), 'leavers', 'Delete');
      for (const words of [
        ['-n', 'leavers', 'delete', 'pvc', 'copy'],
        ['delete', 'namespace', 'leavers'],
      ]) {
        const text = refusedBy(await sandbox.kubectl('cluster-1', words), 'DR111');
        expect(text).toContain('its volume is protected by VolumeReplication default/wanted');
      }
      const retain = '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}';
      await at.succeed('cluster-1', ['patch', 'pv', 'copy-leavers', '-p', retain]);
      await at.succeed('cluster-1', ['-n', 'leavers', 'delete', 'pvc', 'copy']);
    });

    test('DR110: to take the finalizer away by hand makes no way around the consent', async () => {
      await at.protect('cluster-1', 'stripped');
      const patch = '{"metadata":{"finalizers":null}}';
      await at.succeed('cluster-1', ['patch', 'vr', 'stripped', '--type=merge', '-p', patch]);
      refusedBy(await sandbox.kubectl('cluster-1', ['delete', 'vr', 'stripped']), 'DR110');
    });

    test('DR111: the definition of its replication is not deleted, and that of another kind is', async () => {
      await at.protect('cluster-1', 'defined');
      const remove = (name: string) =>
        sandbox.kubectl('cluster-1', ['delete', 'crd', name, '--dry-run=server']);
      expect(refusedBy(await remove(definition), 'DR111')).toContain(
        `CustomResourceDefinition ${definition} holds`,
      );
      expect((await remove('volumereplicationclasses.replication.storage.openshift.io')).code).toBe(0);
    });
  },
);
