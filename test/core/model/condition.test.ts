import { expect, test } from 'vitest';
import { withCondition } from '../../../core/model/condition.ts';
import type { Condition } from '../../../core/model/kubernetes-object.ts';

const before: Condition[] = [
  {
    type: 'Degraded',
    status: 'False',
    reason: 'Healthy',
    message: 'volume is healthy',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    observedGeneration: 1,
  },
];
const when = { generation: 2, time: '2026-01-02T00:00:00Z' };

test('a condition keeps its time when only reason, message and generation change', () => {
  const fresh = { type: 'Degraded', status: 'False', reason: 'Fine', message: 'well' } as const;
  expect(withCondition(before, fresh, when)).toEqual([
    { ...fresh, lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 2 },
  ]);
});

test('a condition gets a new time when its status changes', () => {
  const fresh = { type: 'Degraded', status: 'True', reason: 'Error', message: 'broken' } as const;
  expect(withCondition(before, fresh, when)[0]?.lastTransitionTime).toBe('2026-01-02T00:00:00Z');
});

test('a new type goes to the end of the list', () => {
  const fresh = { type: 'Completed', status: 'True', reason: 'Promoted', message: '' } as const;
  expect(withCondition(before, fresh, when).map(({ type }) => type)).toEqual(['Degraded', 'Completed']);
});
