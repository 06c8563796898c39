import { describe, expect, it } from 'vitest';
import { nodeMeets } from '../../../sandbox/cluster-controllers/workloads/node-selector.ts';

const node = { name: 'n', labels: { zone: 'a', cores: '8' } };
const term = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});
const field = (operator: string, ...values: string[]) => ({
  matchFields: [{ key: 'metadata.name', operator, values }],
});

describe('a node selector', () => {
  it.each([
    ['none', undefined, true],
    ['without terms', { nodeSelectorTerms: [] }, false],
    ['with a term that says nothing', { nodeSelectorTerms: [{}] }, false],
    ['In', { nodeSelectorTerms: [term('zone', 'In', 'b', 'a')] }, true],
    ['In, another value', { nodeSelectorTerms: [term('zone', 'In', 'b')] }, false],
    ['In, no such label', { nodeSelectorTerms: [term('rack', 'In', 'a')] }, false],
    ['NotIn', { nodeSelectorTerms: [term('zone', 'NotIn', 'b')] }, true],
    ['NotIn, that value', { nodeSelectorTerms: [term('zone', 'NotIn', 'a')] }, false],
    ['NotIn, no such label', { nodeSelectorTerms: [term('rack', 'NotIn', 'a')] }, true],
    ['Exists', { nodeSelectorTerms: [term('zone', 'Exists')] }, true],
    ['DoesNotExist', { nodeSelectorTerms: [term('zone', 'DoesNotExist')] }, false],
    ['Gt', { nodeSelectorTerms: [term('cores', 'Gt', '7')] }, true],
    ['Gt, equal', { nodeSelectorTerms: [term('cores', 'Gt', '8')] }, false],
    ['Gt, no number', { nodeSelectorTerms: [term('zone', 'Gt', '7')] }, false],
    ['Lt', { nodeSelectorTerms: [term('cores', 'Lt', '9')] }, true],
    ['an operator nobody knows', { nodeSelectorTerms: [term('zone', 'Is', 'a')] }, false],
    ['any of its terms', { nodeSelectorTerms: [term('zone', 'In', 'b'), term('zone', 'In', 'a')] }, true],
    [
      'all of one term',
      {
        nodeSelectorTerms: [
          {
            matchExpressions: [
              { key: 'zone', operator: 'In', values: ['a'] },
              { key: 'rack', operator: 'Exists' },
            ],
          },
        ],
      },
      false,
    ],
    ['its name', { nodeSelectorTerms: [field('In', 'n')] }, true],
    ['another name', { nodeSelectorTerms: [field('In', 'm')] }, false],
  ])('%s', (_what, selector, met) => {
    expect(nodeMeets(selector, node)).toBe(met);
  });
});
