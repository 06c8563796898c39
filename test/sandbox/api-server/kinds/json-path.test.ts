import { describe, expect, test } from 'vitest';
import { compilePath } from '../../../../sandbox/api-server/kinds/json-path.ts';

const object = {
  metadata: { annotations: { 'a.b/c': 'hi' } },
  spec: { list: ['x', 'y'], deep: { name: 'n' }, none: null },
  status: {
    conditions: [
      { type: 'Completed', status: 'False', count: 1 },
      { type: 'Ready', status: 'True', count: 3 },
    ],
  },
};

describe('a simple JSON path', () => {
  test.each<[string, unknown[], string]>([
    ['.spec.deep.name', ['n'], 'walks fields'],
    ['.metadata.annotations.a\\.b/c', ['hi'], 'takes an escaped dot for part of a name'],
    [".metadata.annotations['a.b/c']", ['hi'], 'takes a quoted name'],
    ['.spec.list[0]', ['x'], 'takes an item by its index'],
    ['.spec.list[-1]', ['y'], 'counts from the end'],
    ['.spec.list[7]', [], 'finds nothing behind the end'],
    ['.spec.list[*]', ['x', 'y'], 'takes all items'],
    ['.spec.none', [null], 'finds a null that is there'],
    ['.spec.absent.more', [], 'finds nothing below what is missing'],
    ['.status.conditions[?(@.type=="Ready")].status', ['True'], 'filters items by a text'],
    ['.status.conditions[?(@.count>2)].type', ['Ready'], 'filters items by a number'],
    ['.status.conditions[?(@.type!="Ready")].type', ['Completed'], 'filters items by difference'],
    ['.status.conditions[?(@.absent)].type', [], 'filters items by what they have'],
  ])('%s gives %j: it %s', (path, expected) => {
    expect(compilePath(path)?.(object)).toEqual(expected);
  });

  test.each([
    ['spec.name', 'does not start with a dot'],
    ['.spec[', 'opens a bracket for ever'],
    ['.spec[nonsense]', 'has an index that is none'],
    ['', 'is empty'],
  ])('"%s" is refused because it %s', (path) => {
    expect(compilePath(path)).toBeUndefined();
  });
});
