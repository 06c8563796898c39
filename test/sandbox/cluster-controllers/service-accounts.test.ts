import { describe, expect, it } from 'vitest';
import { decideDefaultAccount } from '../../../sandbox/cluster-controllers/workloads/service-accounts.ts';

describe('the service account default', () => {
  const namespace = { metadata: { name: 'rec' } };

  it('is made in a namespace that has none', () => {
    expect(decideDefaultAccount(namespace, undefined).effects).toMatchObject([
      { act: 'create', object: { kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'rec' } } },
    ]);
  });

  it.each([
    ['it is there', namespace, { metadata: { name: 'default', namespace: 'rec' } }],
    [
      'the namespace is going',
      { metadata: { name: 'rec', deletionTimestamp: '2026-01-01T00:00:00Z' } },
      undefined,
    ],
    ['the namespace is gone', undefined, undefined],
  ])('is left alone where %s', (_, own, account) => {
    expect(decideDefaultAccount(own, account).effects).toEqual([]);
  });
});
