import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../webhook/flags.ts';

const parse = (...args: string[]) => parseCommand(args, { version: '1.2.3', print: () => undefined });

test('what is not said is as in a cluster', async () => {
  expect(await parse()).toEqual({
    command: 'serve',
    flags: {
      kubeconfig: undefined,
      context: undefined,
      peerKubeconfig: undefined,
      peerContext: undefined,
      withoutPeer: 'allow',
      lifecycleOwners: [],
      maxCacheAgeMs: 180_000,
      namespace: 'kubectl-dr',
      url: undefined,
      service: 'dr-webhook',
      bindAddress: { host: '0.0.0.0', port: 9443 },
      certificateFiles: undefined,
      clientCaFile: undefined,
      leaderElection: true,
      drainDelayMs: 10_000,
      metricsBindAddress: '0',
      healthProbeBindAddress: '0',
      logLevel: 'info',
    },
  });
});

test('all that can be said is understood', async () => {
  const command = await parse(
    'serve',
    '--kubeconfig=/k',
    '--context=cluster-1',
    '--peer-kubeconfig=/p',
    '--peer-context=cluster-2',
    '--without-peer=refuse',
    '--lifecycle-owner=system:serviceaccount:ramen-system:ramen-dr-cluster',
    '--lifecycle-owner',
    'argocd',
    '--max-cache-age=1m',
    '--namespace=dr',
    '--url=https://127.0.0.1:9443',
    '--service=webhook',
    '--bind-address=[::1]:9443',
    '--cert-file=/tls/tls.crt',
    '--key-file=/tls/tls.key',
    '--client-ca-file=/ca',
    '--leader-election=false',
    '--drain-delay=0s',
    '--metrics-bind-address=:8080',
    '--health-probe-bind-address=:8081',
    '-v=6',
  );
  expect(command).toEqual({
    command: 'serve',
    flags: {
      kubeconfig: '/k',
      context: 'cluster-1',
      peerKubeconfig: '/p',
      peerContext: 'cluster-2',
      withoutPeer: 'refuse',
      lifecycleOwners: ['system:serviceaccount:ramen-system:ramen-dr-cluster', 'argocd'],
      maxCacheAgeMs: 60_000,
      namespace: 'dr',
      url: 'https://127.0.0.1:9443',
      service: 'webhook',
      bindAddress: { host: '::1', port: 9443 },
      certificateFiles: { certFile: '/tls/tls.crt', keyFile: '/tls/tls.key' },
      clientCaFile: '/ca',
      leaderElection: false,
      drainDelayMs: 0,
      metricsBindAddress: ':8080',
      healthProbeBindAddress: ':8081',
      logLevel: 'trace',
    },
  });
});

test('a registration leads to the Service, or to a URL', async () => {
  const flags = {
    kubeconfig: undefined,
    context: undefined,
    guardPolicy: 'Fail',
    namespace: 'kubectl-dr',
    ownAccounts: [],
    waitMs: 60_000,
    dryRun: false,
  };
  expect(await parse('register')).toEqual({
    command: 'register',
    flags: { ...flags, target: { service: { namespace: 'kubectl-dr', name: 'dr-webhook' } } },
  });
  expect(
    await parse(
      'register',
      '--url=https://127.0.0.1:9443',
      '--guard-policy=Ignore',
      '--own-account=a',
      '--dry-run',
    ),
  ).toEqual({
    command: 'register',
    flags: {
      ...flags,
      target: { url: 'https://127.0.0.1:9443' },
      guardPolicy: 'Ignore',
      ownAccounts: ['a'],
      dryRun: true,
    },
  });
});

test('unregistering needs nothing but the cluster', async () => {
  expect(await parse('unregister', '--context=cluster-1')).toEqual({
    command: 'unregister',
    flags: { kubeconfig: undefined, context: 'cluster-1', dryRun: false },
  });
});

test.each([
  [['--help'], '--peer-context'],
  [['register', '--help'], '--guard-policy'],
  [['--version'], '1.2.3'],
])('%j is printed, and nothing is run', async (args, text) => {
  const printed: string[] = [];
  const command = await parseCommand(args, { version: '1.2.3', print: (line) => void printed.push(line) });
  expect(command).toBeUndefined();
  expect(printed.join('')).toContain(text);
});

describe('what cannot be honoured is refused in one line', () => {
  test.each([
    [['--no-such-flag'], /^unknown flag or argument: no-such-flag$/],
    [['listen'], /^unknown flag or argument: listen$/],
    [['register', '--peer-context=a'], /^unknown flag or argument: peer-context$/],
    [['--context=a', '--context=b'], /^--context is given more than once$/],
    [['--context='], /^--context is empty$/],
    [['--lifecycle-owner='], /^--lifecycle-owner is empty$/],
    [['--lifecycle-owner', 'a', 'b'], /^unknown flag or argument: b$/],
    [['--drain-delay=10'], /^--drain-delay: "10" is not a duration/],
    [['--max-cache-age=soon'], /^--max-cache-age: "soon" is not a duration/],
    [['--bind-address=0'], /^--bind-address: the webhook has to listen somewhere$/],
    [['--bind-address=9443'], /^--bind-address: "9443" is not host:port$/],
    [['--cert-file=/a'], /^--cert-file and --key-file go together$/],
    [['--without-peer=maybe'], /^--without-peer: "maybe" is none of "allow", "refuse"$/],
    [['--url=http://127.0.0.1'], /^--url: "http:\/\/127.0.0.1" is not https:\/\/host:port$/],
    [['register', '--url=https://user@host'], /is not https:\/\/host:port$/],
    [['register', '--guard-policy=Never'], /is none of "Fail", "Ignore"$/],
  ])('%j', async (args, message) => {
    const error = await parse(...args).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'FlagInvalid', message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain('\n');
  });
});
