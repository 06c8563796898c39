import { describe, expect, test } from 'vitest';
import type { PodOwner } from '../../../core/workload/pod-owners.ts';
import { unstoppedOwners } from '../../../core/workload/unstopped-owners.ts';
import { deployments, inShop, rollouts, workloadOf } from './objects.ts';

const uses = { namespace: 'shop', pods: ['web-0'], claims: ['db'] };
const ref = (apiVersion: string, kind: string, name: string) => ({
  apiVersion,
  kind,
  name,
  uid: `uid-${name}`,
});
const unknownOwner = (apiVersion: string, kind: string, spec: object = {}): PodOwner => ({
  is: 'unknown owner',
  owner: ref(apiVersion, kind, 'main'),
  object: inShop('main', spec),
  why: `kind ${kind} has no replica count`,
  ...uses,
});

const told = (owner: PodOwner, ...workloads: Parameters<typeof unstoppedOwners>[1]) =>
  unstoppedOwners([owner], workloads, 'kubectl --context east').map(
    ({ message, next }) => `${message} → ${next}`,
  );

describe('whoever runs a pod that holds a claim', () => {
  const web = inShop('web', {});

  test('is among what is stopped', () => {
    expect(
      told({ is: 'workload', resource: deployments, object: web, ...uses }, workloadOf(deployments)),
    ).toEqual([]);
  });

  test.each<[string, PodOwner, RegExp]>([
    [
      'or is named: a workload that was found, and is not read',
      { is: 'workload', resource: deployments, object: web, ...uses },
      /^pod shop\/web-0 is run by Deployment web, .* → kubectl --context east -n shop describe deployment.apps web$/,
    ],
    [
      'or is named: a custom kind whose count is no number',
      { is: 'scalable', resource: rollouts, object: web, ...uses },
      /^pod shop\/web-0 is run by Rollout web, .* no whole number → kubectl --context east -n shop describe rollout.argoproj.io web$/,
    ],
    [
      'or is named: nobody',
      { is: 'no owner', ...uses },
      /has no owner .* → kubectl --context east -n shop delete pod web-0$/,
    ],
    [
      'or is named: a virtual machine, with what halts it',
      unknownOwner('kubevirt.io/v1', 'VirtualMachine', { runStrategy: 'Always' }),
      /VirtualMachine main.* → kubectl --context east -n shop patch virtualmachines.kubevirt.io main --type=merge -p '\{"spec":\{"runStrategy":"Halted"\}\}'$/,
    ],
    [
      'or is named: a virtual machine of the older field',
      unknownOwner('kubevirt.io/v1', 'VirtualMachine', { running: true }),
      /'\{"spec":\{"running":false\}\}'$/,
    ],
    [
      'or is named: a database cluster, with what hibernates it',
      unknownOwner('postgresql.cnpg.io/v1', 'Cluster'),
      /annotate clusters.postgresql.cnpg.io main cnpg.io\/hibernation=on --overwrite$/,
    ],
  ])('%s', (_, owner, line) => {
    expect(told(owner)).toEqual([expect.stringMatching(line)]);
  });
});
