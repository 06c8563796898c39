import { describe, expect, test } from 'vitest';
import { parseFlags } from '../../controller/flags.ts';
import { parseBindAddress } from '../../kube/program/http-endpoints.ts';

const parse = (...args: string[]) => parseFlags(args, { version: '1.2.3', print: () => undefined });

test('the flags of the sidecar form are understood', async () => {
  const flags = await parse(
    '--driver-name=rbd.csi.ceph.com',
    '--csi-addons-address=unix:///csi/csi-addons.sock',
    '--namespace=apps',
    '--leader-election',
    '--leader-election-namespace=rook-ceph',
    '--leader-election-lease-duration=30s',
    '--leader-election-renew-deadline=20s',
    '--leader-election-retry-period=2s',
    '--rpc-timeout=1m30s',
    '--workers=7',
    '--resync-interval=5s',
    '--peer-context=cluster-2',
    '--force-promote=upstream',
    '-v=5',
  );
  expect(flags).toMatchObject({
    driverName: 'rbd.csi.ceph.com',
    csiAddonsAddress: 'unix:///csi/csi-addons.sock',
    namespace: 'apps',
    leaderElection: true,
    leaderElectionNamespace: 'rook-ceph',
    leaseDurationMs: 30_000,
    renewDeadlineMs: 20_000,
    retryPeriodMs: 2_000,
    rpcTimeoutMs: 90_000,
    workers: 7,
    resyncPollMs: 5_000,
    peerContext: 'cluster-2',
    forcePromote: 'upstream',
    logLevel: 'debug',
  });
});

test('what is not said is as in kubernetes-csi-addons', async () => {
  expect(await parse('--driver-name=d')).toMatchObject({
    csiAddonsAddress: 'unix:///run/csi-addons/socket',
    namespace: '',
    leaderElection: false,
    leaseDurationMs: 15_000,
    renewDeadlineMs: 10_000,
    retryPeriodMs: 5_000,
    rpcTimeoutMs: 180_000,
    workers: 100,
    forcePromote: 'auto',
    logLevel: 'info',
    pollMs: undefined,
    resyncPollMs: 30_000,
  });
});

test('a plain path is a socket too', async () => {
  const flags = await parse('--driver-name=d', '--csi-addons-address=/run/csi.sock');
  expect(flags?.csiAddonsAddress).toBe('unix:///run/csi.sock');
});

test('version and help are printed, and nothing is run', async () => {
  const printed: string[] = [];
  const options = { version: '1.2.3', print: (text: string) => void printed.push(text) };
  expect(await parseFlags(['--version'], options)).toBeUndefined();
  expect(await parseFlags(['--help'], options)).toBeUndefined();
  expect(printed[0]).toBe('1.2.3\n');
  expect(printed[1]).toContain('--csi-addons-address');
});

describe('what cannot be honoured is refused in one line', () => {
  test.each([
    [['--driver-name=d', '--no-such-flag'], /^unknown flag or argument: no-such-flag$/],
    [[], /^--driver-name is required$/],
    [['--driver-name='], /^--driver-name names no driver$/],
    [['--driver-name=a', '--driver-name=b'], /^--driver-name is given more than once$/],
    [['--driver-name=d', 'extra'], /^unknown flag or argument: extra$/],
    [['--driver-name=d', '--rpc-timeout=1d'], /--rpc-timeout: "1d" is not a duration/],
    [['--driver-name=d', '--resync-interval=0'], /^--resync-interval: give a duration above zero$/],
    [['--driver-name=d', '--workers=0'], /^--workers: give a whole number, 1 or more$/],
    [['--driver-name=d', '--workers=many'], /^--workers: give a whole number, 1 or more$/],
    [['--driver-name=d', '--csi-addons-address=tcp://x:1'], /is not unix:\/\/\/path/],
    [
      ['--driver-name=d', '--force-promote=always'],
      /^--force-promote: "always" is none of "auto", "consent", "upstream"$/,
    ],
    [['--driver-name=d', '--leader-election-renew-deadline=20s'], /longer than the renew deadline/],
  ])('%j', async (args, message) => {
    const error = await parse(...args).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'FlagInvalid', message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain('\n');
  });
});

test.each([
  ['', undefined],
  ['0', undefined],
  [':8080', { port: 8080 }],
  ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
  ['[::1]:8080', { host: '::1', port: 8080 }],
])('the bind address "%s" is understood', (text, address) => {
  expect(parseBindAddress('metrics-bind-address', text)).toEqual(address);
});

test.each(['8080x', 'localhost', ':99999'])('the bind address "%s" is refused', (text) => {
  expect(() => parseBindAddress('metrics-bind-address', text)).toThrow(/is not host:port/);
});
