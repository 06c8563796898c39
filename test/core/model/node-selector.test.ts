import { expect, test } from 'vitest';
import { meetsSelector, type NodeRequirement, selectorText } from '../../../core/model/node-selector.ts';

const node = { metadata: { name: 'n1', labels: { zone: 'a', cores: '8' } } };
const label = (key: string, operator: string, ...values: string[]): NodeRequirement => ({
  key,
  operator,
  values,
});

test.each<[NodeRequirement, boolean]>([
  [label('zone', 'In', 'a', 'b'), true],
  [label('zone', 'In', 'b'), false],
  [label('rack', 'In', 'b'), false],
  [label('zone', 'NotIn', 'a'), false],
  [label('rack', 'NotIn', 'a'), true],
  [label('zone', 'Exists'), true],
  [label('rack', 'Exists'), false],
  [label('rack', 'DoesNotExist'), true],
  [label('zone', 'DoesNotExist'), false],
  [label('cores', 'Gt', '4'), true],
  [label('cores', 'Gt', '8'), false],
  [label('rack', 'Gt', '0'), false],
  [label('cores', 'Lt', '16'), true],
  [label('cores', 'Lt', '8'), false],
  [label('zone', 'Like', 'a'), false],
])('a node with zone a and 8 cores is judged by $key $operator $values', (requirement, expected) => {
  expect(meetsSelector(node, { nodeSelectorTerms: [{ matchExpressions: [requirement] }] })).toBe(expected);
});

test('one term is enough, all of a term is needed, and nothing matches nothing', () => {
  const [zone, rack] = [label('zone', 'Exists'), label('rack', 'Exists')];
  const meets = (...terms: NodeRequirement[][]) =>
    meetsSelector(node, { nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })) });
  expect([meets([rack], [zone]), meets([zone, rack]), meets([]), meets()]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test('a node is met by its name', () => {
  const byName = (name: string) => ({
    nodeSelectorTerms: [{ matchFields: [label('metadata.name', 'In', name)] }],
  });
  expect([meetsSelector(node, byName('n1')), meetsSelector(node, byName('n2'))]).toEqual([true, false]);
});

test('a selector reads as a person says it', () => {
  expect(
    selectorText({
      nodeSelectorTerms: [
        { matchExpressions: [label('zone', 'In', 'a', 'b'), label('ssd', 'Exists')] },
        { matchFields: [label('metadata.name', 'In', 'n1')] },
      ],
    }),
  ).toBe('zone In a,b and ssd Exists, or metadata.name In n1');
});
