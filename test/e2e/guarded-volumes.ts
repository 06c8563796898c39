// What a person types at two guarded clusters, and what comes back.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { consentAnnotation } from '../../core/consent.ts';
import { type Ended, packageRoot, type RunningSandbox } from './running-sandbox.ts';

export type Site = 'cluster-1' | 'cluster-2';

const sample = (name: string): string =>
  readFileSync(join(packageRoot, 'manifests/samples', `${name}.yaml`), 'utf8');

/** A claim in namespace default, unless told otherwise. */
export const claim = (
  name: string,
  { namespace = 'default', storageClassName = 'csi-rbd-sc', ...spec } = {},
) =>
  stringify({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace },
    spec: {
      storageClassName,
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      ...spec,
    },
  });

/** A VolumeReplication of a claim, of the same name unless told otherwise. */
export const replication = (
  claimName: string,
  replicationState: string,
  more: {
    name?: string;
    namespace?: string;
    className?: string;
    autoResync?: boolean;
    annotations?: object;
  } = {},
) =>
  stringify({
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplication',
    metadata: {
      name: more.name ?? claimName,
      namespace: more.namespace ?? 'default',
      annotations: more.annotations ?? {},
    },
    spec: {
      volumeReplicationClass: more.className ?? 'rbd-volumereplicationclass',
      replicationState,
      autoResync: more.autoResync ?? false,
      dataSource: { apiGroup: '', kind: 'PersistentVolumeClaim', name: claimName },
    },
  });

/** A class of the sandbox's driver. */
export const replicationClass = (
  name: string,
  parameters: Record<string, string>,
  provisioner = 'rbd.csi.ceph.com',
) =>
  stringify({
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplicationClass',
    metadata: { name },
    spec: { provisioner, parameters },
  });

/** The text of a consent that holds for ten minutes, of somebody who could not ask the other site; of a resync, who saw that it is not primary. */
export const consentTo = (...accepts: string[]): string =>
  JSON.stringify({
    accepts,
    seen: { peer: accepts.includes('resync') ? 'not-primary' : 'unknown' },
    maxLoss: 'unknown',
    by: 'on-call',
    reason: 'drill',
    expires: new Date(Date.now() + 10 * 60_000).toISOString(),
  });

export const consentAnnotations = (...accepts: string[]) => ({ [consentAnnotation]: consentTo(...accepts) });

/** kubectl at both sites, with what tests repeat. */
export const guardedVolumes = (sandbox: RunningSandbox) => {
  const apply = (site: Site, yaml: string, ...words: string[]): Promise<Ended> =>
    sandbox.kubectl(site, ['apply', ...words, '-f', '-'], yaml);

  /** Runs kubectl and fails the test when it does not succeed. */
  const succeed = async (site: Site, words: string[], input?: string): Promise<Ended> => {
    const ended = await sandbox.kubectl(site, words, input);
    expect(ended, words.join(' ')).toMatchObject({ code: 0 });
    return ended;
  };

  const read = async (site: Site, ...words: string[]) =>
    JSON.parse((await succeed(site, ['get', ...words, '-o', 'json'])).stdout);

  const setUpClasses = async (): Promise<void> => {
    for (const site of ['cluster-1', 'cluster-2'] as const) {
      for (const name of ['secret', 'storage-class', 'volume-replication-class']) {
        await succeed(site, ['apply', '-f', '-'], sample(name));
      }
    }
  };

  const bind = async (
    site: Site,
    name: string,
    options: Parameters<typeof claim>[1] = {},
  ): Promise<string> => {
    await succeed(site, ['apply', '-f', '-'], claim(name, options));
    const namespace = options?.namespace ?? 'default';
    await succeed(site, [
      '-n',
      namespace,
      'wait',
      '--for=jsonpath={.status.phase}=Bound',
      `pvc/${name}`,
      '--timeout=30s',
    ]);
    return (await read(site, '-n', namespace, 'pvc', name)).spec.volumeName;
  };

  const untilState = (site: Site, name: string, state: string): Promise<unknown> =>
    sandbox.until(
      () => sandbox.kubectl(site, ['get', 'vr', name, '-o', 'jsonpath={.status.state}']),
      ({ stdout }) => stdout === state,
    );

  /** Protects a bound claim and waits until the controller has promoted it. */
  const protect = async (site: Site, name: string): Promise<string> => {
    const volumeName = await bind(site, name);
    await succeed(site, ['apply', '-f', '-'], replication(name, 'primary'));
    await untilState(site, name, 'Primary');
    return volumeName;
  };

  /** The second site's PV and claim of a volume that the first one has, reserved for each other. */
  const carryOver = async (name: string, volumeName: string): Promise<void> => {
    const { spec } = await read('cluster-1', 'pv', volumeName);
    const pv = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volumeName },
      spec: { ...spec, claimRef: { namespace: 'default', name } },
    };
    await succeed('cluster-2', ['create', '-f', '-'], JSON.stringify(pv));
    await bind('cluster-2', name, { volumeName } as object);
  };

  const setState = (site: Site, name: string, spec: object, ...words: string[]): Promise<Ended> =>
    sandbox.kubectl(site, ['patch', 'vr', name, '--type=merge', '-p', JSON.stringify({ spec }), ...words]);

  const consent = (site: Site, name: string, ...accepts: string[]): Promise<Ended> =>
    sandbox.kubectl(site, [
      'annotate',
      '--overwrite',
      'vr',
      name,
      `${consentAnnotation}=${consentTo(...accepts)}`,
    ]);

  return { apply, succeed, read, setUpClasses, bind, untilState, protect, carryOver, setState, consent };
};

/** Expects a refusal by a rule, and answers its text. */
export const refusedBy = ({ code, stderr }: Ended, rule: string): string => {
  expect(stderr).toContain(`denied the request: `);
  expect(stderr).toContain(`${rule}: `);
  expect(code).toBe(1);
  return stderr;
};
