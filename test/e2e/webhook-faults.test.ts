import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardedVolumes, refusedBy, replication, replicationClass } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

describe.skipIf(!haveKubectl).each(serverFlavours)('a webhook in trouble, with $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let at: ReturnType<typeof guardedVolumes>;
  let count = 0;
  /** What the guard says to a class that it has to refuse, and why it said nothing where it did not. */
  const judge = async (): Promise<string> =>
    (await at.apply('cluster-1', replicationClass(`bad-${count++}`, { schedulingInterval: 'soon' }))).stderr;
  const untilItRefuses = () => sandbox.until(judge, (stderr) => stderr.includes('DR107'));
  const bundlesOf = async (): Promise<string[]> => {
    const { webhooks } = await at.read('cluster-1', 'validatingwebhookconfiguration', 'kubectl-dr-guard');
    return webhooks.map(
      ({ clientConfig }: { clientConfig: { caBundle?: string } }) => clientConfig.caBundle ?? '',
    );
  };

  beforeAll(async () => {
    sandbox = await startSandbox('--clock-factor=60', ...flags);
    at = guardedVolumes(sandbox);
    await at.setUpClasses();
    await untilItRefuses();
  });
  afterAll(async () => {
    await sandbox?.end();
  });
  mendAfterFailures(() => sandbox);

  test('it makes its certificates again when somebody deletes the Secret, and keeps answering', async () => {
    const before = await at.read('cluster-1', '-n', 'kubectl-dr', 'secret', 'dr-webhook-certificates');
    await at.succeed('cluster-1', ['-n', 'kubectl-dr', 'delete', 'secret', 'dr-webhook-certificates']);
    const secret = await sandbox.until(
      () =>
        sandbox.kubectl('cluster-1', [
          '-n',
          'kubectl-dr',
          'get',
          'secret',
          'dr-webhook-certificates',
          '-o',
          'jsonpath={.metadata.uid}',
        ]),
      ({ code, stdout }) => code === 0 && stdout !== before.metadata.uid,
    );
    expect(secret.stdout).not.toBe('');
    await untilItRefuses();
  });

  test('it puts the CA bundle back when somebody wipes it', async () => {
    const wipe = '[{"op":"replace","path":"/webhooks/0/clientConfig/caBundle","value":""}]';
    const before = await bundlesOf();
    await at.succeed('cluster-1', [
      'patch',
      'validatingwebhookconfiguration',
      'kubectl-dr-guard',
      '--type=json',
      '-p',
      wipe,
    ]);
    await sandbox.until(bundlesOf, (bundles) => bundles[0] === before[0]);
    await untilItRefuses();
  });

  test('while the first site is in the dark its webhook is too, and both are back after heal', async () => {
    await sandbox.dr('sandbox', 'fail', 'cluster-1');
    expect((await sandbox.dr('sandbox', 'heal', 'cluster-1')).code).toBe(0);
    expect(await judge()).toContain('DR107');
  });

  test('a peer that takes connections and never answers is unknown: refused, within the time the API server allows', async () => {
    const volume = await at.protect('cluster-1', 'hangs');
    await at.carryOver('hangs', volume);
    await sandbox.dr('sandbox', 'fail', 'cluster-1', '--hang');
    try {
      const text = refusedBy(await at.apply('cluster-2', replication('hangs', 'primary')), 'DR102');
      expect(text).toContain('cluster-1');
    } finally {
      await sandbox.dr('sandbox', 'heal', 'cluster-1');
    }
  });

  test('one command turns the guard to Ignore and one undoes it', async () => {
    const policy = (value: string) =>
      at.succeed('cluster-1', [
        'patch',
        'validatingwebhookconfiguration',
        'kubectl-dr-guard',
        '--type=json',
        '-p',
        `[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"${value}"}]`,
      ]);
    await policy('Ignore');
    const { webhooks } = await at.read('cluster-1', 'validatingwebhookconfiguration', 'kubectl-dr-guard');
    expect(webhooks[0].failurePolicy).toBe('Ignore');
    await policy('Fail');
    await untilItRefuses();
  });
});
