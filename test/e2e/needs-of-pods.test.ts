// What pods need beside their claims: found missing by `check`, and brought by the very commands that it names.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardedVolumes } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  haveKubectl,
  type RunningSandbox,
  runCommand,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

type Finding = { code: string; nextCommand: string; object: { kind: string } };

describe.skipIf(!haveKubectl).each(serverFlavours)('what pods need, on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    sandbox = await startSandbox('--clock-factor=60', ...flags);
    const at = guardedVolumes(sandbox);
    await at.setUpClasses();
    await at.protect('cluster-1', 'db');
    const needed = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { color: 'blue' } },
      {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name: 'critical' },
        value: 1000,
      },
    ];
    for (const object of needed) await at.succeed('cluster-1', ['create', '-f', '-'], JSON.stringify(object));
    const labels = { app: 'db' };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'db' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            priorityClassName: 'critical',
            containers: [{ name: 'db', image: 'db', envFrom: [{ configMapRef: { name: 'settings' } }] }],
            volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'db' } }],
          },
        },
      },
    };
    await at.succeed('cluster-1', ['create', '-f', '-'], JSON.stringify(deployment));
    await at.succeed('cluster-1', ['wait', 'deployment/db', '--for=condition=Available', '--timeout=60s']);
  });
  afterAll(() => sandbox?.end());
  mendAfterFailures(() => sandbox);

  const lacking = async (): Promise<Finding[]> => {
    const { stdout } = await sandbox.dr('check', '-o', 'json', '--context', 'cluster-1');
    const { findings }: { findings: Finding[] } = JSON.parse(stdout);
    return findings.filter(({ code }) => code === 'DR432');
  };

  test('is there once the commands that check names have been run', async () => {
    const found = await lacking();
    expect(found.map(({ object }) => object.kind).sort()).toEqual(['ConfigMap', 'PriorityClass']);
    for (const { nextCommand: next } of found) {
      const ended = await runCommand('bash', ['-o', 'pipefail', '-c', next], { env: sandbox.env });
      expect(ended, `${next}: ${ended.stderr}`).toMatchObject({ code: 0 });
    }
    expect(await lacking()).toEqual([]);
  });
});
