import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consentAnnotation } from '../../core/consent.ts';
import { consentTo } from './guarded-volumes.ts';
import {
  haveKubectl,
  packageRoot,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

const sample = (name: string): string =>
  readFileSync(join(packageRoot, 'manifests/samples', `${name}.yaml`), 'utf8');

/** The replication class of the ceph-csi guide for the second site, which has no schedule. */
const secondaryClass = `apiVersion: replication.storage.openshift.io/v1alpha1
kind: VolumeReplicationClass
metadata:
  name: rbd-volumereplicationclass
spec:
  provisioner: rbd.csi.ceph.com
  parameters:
    mirroringMode: snapshot
    replication.storage.openshift.io/replication-secret-name: csi-rbd-secret
    replication.storage.openshift.io/replication-secret-namespace: default
`;

const vr = 'pvc-volumereplication';

describe.skipIf(!haveKubectl).each(serverFlavours)('kubectl against $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  /** kubectl at the first site; fails the test when kubectl does. */
  const kubectl = async (...words: string[]): Promise<string> => {
    const ended = await sandbox.kubectl('cluster-1', words);
    expect(ended, words.join(' ')).toMatchObject({ code: 0 });
    return ended.stdout;
  };
  const apply = async (site: string, yaml: string, ...words: string[]) => {
    const ended = await sandbox.kubectl(site, ['apply', ...words, '-f', '-'], yaml);
    expect(ended).toMatchObject({ code: 0 });
    return ended.stdout;
  };

  beforeAll(async () => {
    sandbox = await startSandbox(...flags, '--clock-factor=60');
    for (const site of ['cluster-1', 'cluster-2']) {
      await apply(site, sample('storage-class'));
      await apply(site, sample('secret'));
    }
    await apply('cluster-1', sample('persistent-volume-claim'));
    await kubectl('wait', '--for=jsonpath={.status.phase}=Bound', 'pvc/rbd-pvc', '--timeout=30s');
  });
  afterAll(async () => {
    await sandbox?.end();
  });

  test("applies the guide's classes on both sites and its VolumeReplication in namespace default", async () => {
    expect(await apply('cluster-1', sample('volume-replication-class'))).toContain('created');
    expect(await apply('cluster-2', secondaryClass)).toContain('created');
    expect(await apply('cluster-1', sample('volume-replication'))).toContain(`${vr} created`);
    expect(await apply('cluster-1', sample('volume-replication'))).toContain(`${vr} unchanged`);
  });

  test('waits until the controller has made the volume primary', async () => {
    const waited = await kubectl('wait', '--for=condition=Completed', `vr/${vr}`, '--timeout=30s');
    expect(waited).toContain('condition met');
  });

  test("prints upstream's columns", async () => {
    const [header = '', row = ''] = (await kubectl('get', 'vr')).trimEnd().split('\n');
    expect(header.split(/\s{2,}/)).toEqual([
      'NAME',
      'AGE',
      'VOLUMEREPLICATIONCLASS',
      'SOURCEKIND',
      'SOURCENAME',
      'DESIREDSTATE',
      'CURRENTSTATE',
    ]);
    expect(row.replace(/\s\d+s\s/, ' <age> ').split(/\s+/)).toEqual([
      vr,
      '<age>',
      'rbd-volumereplicationclass',
      'PersistentVolumeClaim',
      'rbd-pvc',
      'primary',
      'Primary',
    ]);
    expect(await kubectl('get', 'vrc')).toMatch(
      /^NAME +PROVISIONER +AGE\nrbd-volumereplicationclass +rbd\.csi\.ceph\.com/,
    );
  });

  test('gets, describes with Events, and explains', async () => {
    const state = await kubectl('get', 'vr', vr, '-o', 'jsonpath={.status.state}/{.status.message}');
    expect(state).toBe('Primary/volume is marked primary');
    const described = await kubectl('describe', 'vr', vr);
    expect(described).toContain('volume is promoted to primary and replicating to secondary');
    expect(described).toMatch(/Events:\n +Type +Reason/);
    const explained = await kubectl('explain', 'vr.spec.replicationState');
    expect(explained).toMatch(/FIELD: replicationState/);
    expect(await kubectl('explain', 'pvc.spec.volumeName')).toContain('FIELD: volumeName');
  });

  test('refuses what the schema forbids, in the words of a kube-apiserver', async () => {
    const wrong = sample('volume-replication').replace(
      'replicationState: primary',
      'replicationState: tertiary',
    );
    const refused = await sandbox.kubectl('cluster-1', ['apply', '-f', '-'], wrong);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'Unsupported value: "tertiary": supported values: "primary", "secondary", "resync"',
    );
    const immutable = await sandbox.kubectl('cluster-1', [
      'patch',
      'vr',
      vr,
      '--type=merge',
      '-p',
      '{"spec":{"volumeReplicationClass":"other"}}',
    ]);
    expect(immutable.stderr).toContain('volumeReplicationClass is immutable');
  });

  test('applies server-side beside another manager, and tells of the conflict', async () => {
    const demoted = sample('volume-replication').replace(
      'replicationState: primary',
      'replicationState: secondary',
    );
    const refused = await sandbox.kubectl(
      'cluster-1',
      ['apply', '--server-side', '--field-manager=other', '-f', '-'],
      demoted,
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      'conflict with "kubectl-client-side-apply" using replication.storage.openshift.io/v1alpha1: .spec.replicationState',
    );
  });

  test('watches a planned demotion that a patch asks for', async () => {
    const watching = sandbox.kubectl('cluster-1', [
      'wait',
      '--for=jsonpath={.status.state}=Secondary',
      `vr/${vr}`,
      '--timeout=40s',
    ]);
    await kubectl('patch', 'vr', vr, '--type=merge', '-p', '{"spec":{"replicationState":"secondary"}}');
    expect(await watching).toMatchObject({ code: 0 });
    await kubectl('patch', 'vr', vr, '--type=merge', '-p', '{"spec":{"replicationState":"primary"}}');
    await kubectl('wait', '--for=jsonpath={.status.state}=Primary', `vr/${vr}`, '--timeout=40s');
  });

  test('labels, annotates, edits by json patch, and selects by label', async () => {
    await kubectl('label', 'vr', vr, 'app=demo');
    await kubectl('annotate', 'vr', vr, 'note=kept');
    await kubectl(
      'patch',
      'vr',
      vr,
      '--type=json',
      '-p',
      '[{"op":"add","path":"/metadata/labels/tier","value":"db"}]',
    );
    expect(await kubectl('get', 'vr', '-l', 'app=demo,tier=db', '-o', 'name')).toBe(
      `volumereplication.replication.storage.openshift.io/${vr}\n`,
    );
    expect(await kubectl('get', 'vr', '-l', 'app=other', '-o', 'name')).toBe('');
  });

  test('scales a deployment that uses the claim; its pod and VolumeAttachment come and go', async () => {
    await kubectl('create', 'deployment', 'app', '--image=app', '--replicas=0');
    await kubectl(
      'patch',
      'deployment',
      'app',
      '-p',
      '{"spec":{"template":{"spec":{"containers":[{"name":"app","volumeMounts":[{"name":"data","mountPath":"/data"}]}],"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"rbd-pvc"}}]}}}}',
    );
    await kubectl('scale', 'deployment', 'app', '--replicas=1');
    await kubectl('rollout', 'status', 'deployment/app', '--timeout=30s');
    expect(await kubectl('get', 'pods', '-l', 'app=app')).toContain('Running');
    expect(await kubectl('get', 'volumeattachments', '-o', 'name')).toContain('volumeattachment');
    await kubectl('scale', 'deployment', 'app', '--replicas=0');
    await kubectl('wait', '--for=delete', 'pods', '-l', 'app=app', '--timeout=40s');
    await sandbox.until(
      () => kubectl('get', 'volumeattachments', '-o', 'name'),
      (names) => names === '',
    );
  });

  test('deletes the VolumeReplication once somebody consents: mirroring ends, and the claim is let go of', async () => {
    const refused = await sandbox.kubectl('cluster-1', ['delete', 'vr', vr]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('DR110: ') });
    await kubectl('annotate', 'vr', vr, `${consentAnnotation}=${consentTo('unprotect')}`);
    await kubectl('delete', 'vr', vr, '--timeout=40s');
    const claim = JSON.parse(await kubectl('get', 'pvc', 'rbd-pvc', '-o', 'json'));
    expect(claim.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
    expect(claim.metadata.annotations).not.toHaveProperty(
      'replication.storage.openshift.io/volume-replication-name',
    );
  });
});
