import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

/** It sets a title, clears the screen, turns the direction of text, and makes a line of its own. */
const evil = 'x\u001b]0;TITLE\u0007\u001b[2J\u009b31m\u202e\u2066\u007f\r\nFORGED all is well\u2028FORGED';

const sites = ['cluster-1', 'cluster-2'] as const;

type Fields = { [name: string]: unknown; metadata: Record<string, unknown> };

describe.skipIf(!haveKubectl).each(serverFlavours)('text that others wrote, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let kubeconfig = '';
  let backups = '';
  const seen: string[] = [];

  const kubectl = async (site: (typeof sites)[number], words: string[], input?: string) => {
    const ended = await sandbox.kubectl(site, words, input);
    expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
    return ended.stdout;
  };
  const merge = async (site: (typeof sites)[number], object: string, patch: object, ...more: string[]) => {
    const file = join(sandbox.home, 'patch.json');
    writeFileSync(file, JSON.stringify(patch));
    await kubectl(site, ['patch', ...object.split(' '), '--type=merge', `--patch-file=${file}`, ...more]);
  };

  /** Contexts of the same sites whose names steer a terminal, too. */
  const evilContext = (site: string) => `${site}${evil}`;
  const writeKubeconfig = (): string => {
    const config = parse(readFileSync(sandbox.env['KUBECONFIG'] ?? '', 'utf8')) as {
      contexts: { name: string; context: object }[];
    };
    const more = config.contexts.map((entry) => ({ ...entry, name: evilContext(entry.name) }));
    const path = join(sandbox.home, 'evil-kubeconfig');
    writeFileSync(path, JSON.stringify({ ...config, contexts: [...config.contexts, ...more] }));
    return path;
  };

  const poison = async (site: (typeof sites)[number]): Promise<void> => {
    const vr = 'volumereplication pvc-volumereplication';
    await merge(site, vr, {
      metadata: {
        annotations: {
          'kubectl-dr.dev/consent': JSON.stringify({
            accepts: [evil],
            by: evil,
            reason: evil,
            maxLoss: evil,
            expires: evil,
          }),
          'kubectl-dr.dev/stale': evil,
          'kubectl-dr.dev/demotion': evil,
        },
      },
    });
    const condition = (type: string, status: string) => ({
      type,
      status,
      reason: 'Error',
      message: evil,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      observedGeneration: 1,
    });
    await merge(
      site,
      vr,
      {
        status: {
          state: 'Unknown',
          message: evil,
          observedGeneration: 1,
          conditions: [
            condition('Completed', 'False'),
            condition('Degraded', 'True'),
            condition('Resyncing', 'True'),
          ],
        },
      },
      '--subresource=status',
    );
    await merge(site, 'volumereplicationclass rbd-volumereplicationclass', {
      metadata: { annotations: { evil } },
    }).catch(() => undefined);
    const pv = (await kubectl(site, ['get', 'pv', '-o', 'jsonpath={.items[0].metadata.name}'])).trim();
    if (pv !== '')
      await merge(site, `pv ${pv}`, {
        metadata: { annotations: { evil, 'pv.kubernetes.io/provisioned-by': evil } },
      });
    await merge(site, 'pvc rbd-pvc', { metadata: { annotations: { evil } } });
  };

  const operation = (site: string): Fields => ({
    apiVersion: 'kubectl-dr.dev/v1alpha1',
    kind: 'Operation',
    metadata: { name: 'relocate-evil', namespace: 'default' },
    spec: {
      verb: 'Relocate',
      from: { name: evil },
      to: { name: site },
      by: evil,
      reason: evil,
      volumes: [{ persistentVolumeClaim: 'rbd-pvc', driver: evil, volumeHandle: evil }],
    },
    status: { phase: 'Failed', message: evil },
  });

  beforeAll(async () => {
    sandbox = await startSandbox(
      '--with-example',
      '--no-controller',
      '--no-webhook',
      '--clock-factor=60',
      ...flags,
    );
    backups = join(sandbox.home, 'backups');
    await kubectl('cluster-1', [
      'wait',
      '--for=jsonpath={.status.phase}=Bound',
      'pvc/rbd-pvc',
      '--timeout=50s',
    ]);
    const vr = readFileSync('manifests/samples/volume-replication.yaml', 'utf8');
    await kubectl('cluster-1', ['apply', '-f', '-'], vr);
    expect(await sandbox.dr('backup', 'rbd-pvc', '-d', join(sandbox.home, 'clean'))).toMatchObject({
      code: 0,
    });
    const restored = await sandbox.dr(
      'restore',
      join(sandbox.home, 'clean'),
      '--to',
      'cluster-2',
      '--timeout=50s',
    );
    expect(`${restored.code} ${restored.stderr}`).toMatch(/^0 /);
    await sandbox.kubectl(
      'cluster-2',
      ['create', '-f', '-'],
      vr.replace('State: primary', 'State: secondary'),
    );
    for (const site of sites) await poison(site);
    for (const site of sites) {
      await kubectl(site, ['create', '-f', '-'], JSON.stringify(operation(site)));
      const { status } = operation(site);
      await merge(site, 'operations.kubectl-dr.dev relocate-evil', { status }, '--subresource=status');
    }
    kubeconfig = writeKubeconfig();
  }, 240_000);
  afterAll(() => sandbox?.end());

  const forbidden = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
  const look = async (...words: string[]): Promise<void> => {
    const ended = await sandbox.dr(...words);
    for (const text of [ended.stdout, ended.stderr]) {
      seen.push(text);
      expect(text).not.toMatch(forbidden);
      expect(text).not.toMatch(/^\s*FORGED/m);
    }
  };
  const evilSites = (): string[] => [
    `--kubeconfig=${kubeconfig}`,
    `--context=${evilContext('cluster-1')}`,
    `--peer-context=${evilContext('cluster-2')}`,
  ];

  test.each([
    ['status'],
    ['status', '-o', 'wide'],
    ['status', '-o', 'name'],
    ['status', '-o', 'json'],
    ['status', '-o', 'yaml'],
    ['check'],
    ['check', '-o', 'wide'],
    ['check', '-o', 'json'],
    ['check', '-o', 'yaml'],
    ['history'],
    ['history', '-o', 'wide'],
    ['history', 'relocate-evil'],
    ['history', '-o', 'json'],
    ['backup', 'rbd-pvc', '-d', '-'],
    ['plan', 'relocate', 'rbd-pvc'],
    ['plan', 'relocate', 'rbd-pvc', '-o', 'json'],
    ['relocate', 'rbd-pvc', '--yes', '--timeout=5s'],
    ['relocate', 'rbd-pvc', '--yes', '--timeout=5s', '-o', 'json'],
    ['failover', 'rbd-pvc', '--yes', '--timeout=5s'],
    ['promote', 'rbd-pvc', '--dry-run=client'],
    ['demote', 'rbd-pvc', '--dry-run=client'],
    ['demote', 'rbd-pvc', '--dry-run=client', '-o', 'json'],
    ['resync', 'rbd-pvc', '--yes', '--dry-run=client'],
    ['unprotect', 'rbd-pvc', '--dry-run=client'],
    ['protect', 'rbd-pvc', '--dry-run=server'],
    ['resume', evil],
    ['undo', 'relocate-evil', '--yes', '--timeout=5s'],
    ['explain', evil],
    ['status', evil],
    [evil],
  ])('steers no terminal where it is printed (%#)', async (...words: string[]) => {
    const target = ['plan', 'relocate', 'failover'].includes(words[0] ?? '')
      ? [`--to=${evilContext('cluster-2')}`]
      : [];
    await look(...words, ...target, ...evilSites(), '-v=6');
    await look(...words);
  });

  test('is taken along by a backup and given back, and steers nothing on its way', async () => {
    await look('backup', 'rbd-pvc', '-d', backups, ...evilSites());
    await look('backup', 'list', '-d', backups);
    await look('backup', 'list', '-d', backups, '-o', 'yaml');
    await look('restore', backups, '--to=cluster-2', '--dry-run=client');
    const { stdout } = await sandbox.dr('backup', 'rbd-pvc', '-d', '-');
    const taken = await sandbox.kubectl(
      'cluster-2',
      ['create', '--dry-run=client', '-o', 'json', '-f', '-'],
      stdout,
    );
    expect(taken.code).toBe(0);
    expect(taken.stdout).toContain('FORGED all is well');
  });

  test('of manifests is told of as a fault of theirs', async () => {
    const file = join(sandbox.home, 'evil.yaml');
    writeFileSync(file, `kind: "${evil.replaceAll(/[\r\n]/g, '')}\n metadata: [`);
    await look('restore', file, '--to=cluster-2');
    writeFileSync(
      file,
      JSON.stringify({ apiVersion: evil, kind: evil, metadata: { name: evil, namespace: evil } }),
    );
    await look('restore', file, '--to=cluster-2');
    await look('restore', join(sandbox.home, `${evil.replaceAll('/', '')}`), '--to=cluster-2');
  });

  test('was there to be printed', () => {
    expect(seen.filter((text) => text.includes('FORGED')).length).toBeGreaterThan(15);
  });
});
