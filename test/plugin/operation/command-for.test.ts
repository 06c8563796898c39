import { describe, expect, test } from 'vitest';
import { resources } from '../../../core/model/resource.ts';
import { commandFor } from '../../../plugin/operation/command-for.ts';
import type { OperationRequest, TargetWords } from '../../../plugin/operation/operation-request.ts';
import { faultsIn } from '../printed-commands.ts';

const site = { name: 'DR site', context: 'dr site', kubectl: "kubectl --context 'dr site'" };
const claim = { namespace: 'shop', name: 'db' };
const volumes = [{ source: claim, target: claim }];

const nothing: TargetWords = {
  namespace: undefined,
  everywhere: false,
  claims: [],
  replications: [],
  workloads: [],
  labels: undefined,
  keys: undefined,
};

const requestOf = (target: Partial<TargetWords>, from: readonly string[] = []): OperationRequest => ({
  verb: 'failover',
  target: { ...nothing, ...target },
  to: undefined,
  from,
  backupDirectory: undefined,
  extent: { workloads: true, secrets: false },
  className: undefined,
  volumeHandles: [],
  resync: false,
  dryRun: 'none',
  output: 'text',
  parallel: 1,
  timeoutMs: 1,
  requestTimeoutMs: 0,
  consent: { yes: false, accepted: undefined, acceptedText: undefined, reason: undefined },
});

describe('a procedure that is named as the next one, by the words of the one before,', () => {
  test.each<[string, OperationRequest, string]>([
    ['a namespace', requestOf({}), 'kubectl dr failback -n shop'],
    ['everything', requestOf({ everywhere: true }), 'kubectl dr failback -A'],
    ['claims', requestOf({ claims: ['db', 'web'] }), 'kubectl dr failback db web -n shop'],
    [
      'a workload and a replication',
      requestOf({ workloads: [{ resource: resources.deployments, name: 'web' }], replications: ['db-vr'] }),
      'kubectl dr failback vr/db-vr deployment/web -n shop',
    ],
    [
      'labels that a shell would split',
      requestOf({ labels: 'app in (a, b)' }),
      "kubectl dr failback -l 'app in (a, b)' -n shop",
    ],
    ['what a record names', requestOf({ keys: [claim] }), 'kubectl dr failback db -n shop'],
  ])('can be typed: %s', (_, request, command) => {
    const asked = commandFor(request, volumes);
    expect(asked('failback', site)).toBe(`${command} --context 'dr site'`);
    const all = (['relocate', 'failover', 'failback'] as const).map((verb) => asked(verb, site));
    expect(all.flatMap(faultsIn)).toEqual([]);
    const planned = all.map((line) => line.replace(/^kubectl dr /, 'kubectl dr plan '));
    expect(planned.flatMap(faultsIn)).toEqual([]);
  });

  test('takes along what it was given to bring, and nothing that goes the other way does', () => {
    const asked = commandFor(requestOf({}, ['./my backups']), volumes);
    expect(asked('failover', site)).toContain("--from './my backups'");
    expect(asked('failback', site)).not.toContain('--from');
    expect(faultsIn(asked('failover', site))).toEqual([]);
  });

  test('names a whole application, and where it goes', () => {
    const whole = { claims: [claim, { namespace: 'shop', name: 'wal' }], to: 'cluster-2' };
    const line = commandFor(requestOf({}), volumes)('relocate', site, whole);
    expect(line).toBe("kubectl dr relocate db wal -n shop --to cluster-2 --context 'dr site'");
    expect(faultsIn(line)).toEqual([]);
  });
});
