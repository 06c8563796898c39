import { describe, expect, it } from 'vitest';
import type { PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { decideEphemeralClaims } from '../../../sandbox/cluster-controllers/workloads/ephemeral-volumes.ts';
import type { Pod } from '../../../sandbox/cluster-controllers/workloads/workload-objects.ts';

const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const owner = {
  apiVersion: 'v1',
  kind: 'Pod',
  name: 'app',
  uid: 'uid-app',
  controller: true,
  blockOwnerDeletion: true,
};

const pod = (parts: Partial<Pod['metadata']> = {}, status: Pod['status'] = {}): Pod => ({
  metadata: { name: 'app', namespace: 'rec', uid: 'uid-app', ...parts },
  spec: {
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'kept' } },
      { name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: { labels: { a: 'b' } }, spec } } },
    ],
  },
  status,
});

const decide = (own: Pod, claims: PersistentVolumeClaim[] = []) =>
  decideEphemeralClaims({
    pod: own,
    claimOf: (name) => claims.find(({ metadata }) => metadata.name === name),
  }).effects;

describe('the claims of ephemeral volumes', () => {
  it('are made for the pod and owned by it, as kube-controller-manager 1.36 was seen to make them', () => {
    expect(decide(pod())).toEqual([
      expect.objectContaining({
        act: 'create',
        object: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: {
            name: 'app-scratch',
            namespace: 'rec',
            labels: { a: 'b' },
            ownerReferences: [owner],
          },
          spec,
        },
      }),
    ]);
  });

  it('are made once', () => {
    expect(decide(pod(), [{ metadata: { name: 'app-scratch', ownerReferences: [owner] } }])).toEqual([]);
  });

  it('are not taken from others', () => {
    expect(decide(pod(), [{ metadata: { name: 'app-scratch' } }])).toMatchObject([
      {
        act: 'event',
        reason: 'FailedBinding',
        message:
          'ephemeral volume scratch: PVC rec/app-scratch was not created for pod rec/app (pod is not owner)',
      },
    ]);
  });

  it.each([
    ['is going', pod({ deletionTimestamp: '2026-01-01T00:00:00Z' })],
    ['has ended', pod({}, { phase: 'Succeeded' })],
  ])('are not made for a pod that %s', (_what, own) => {
    expect(decide(own)).toEqual([]);
  });
});
