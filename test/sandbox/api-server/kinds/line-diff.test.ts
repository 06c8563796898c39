import { describe, expect, test } from 'vitest';
import { diffLines } from '../../../../sandbox/api-server/kinds/line-diff.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

describe('a unified diff', () => {
  test('is empty for equal lists', () => {
    expect(diffLines(['a'], ['a'])).toBe('');
  });

  test('shows a change with three lines of context on each side', () => {
    const after = numbered(9).map((line) => (line === '5' ? 'five' : line));
    expect(diffLines(numbered(9), after)).toBe('@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n');
  });

  test('keeps changes apart that are far apart', () => {
    const after = numbered(20).filter((line) => line !== '2' && line !== '19');
    expect(diffLines(numbered(20), after)).toBe(
      '@@ -1,5 +1,4 @@\n 1\n-2\n 3\n 4\n 5\n@@ -16,5 +15,4 @@\n 16\n 17\n 18\n-19\n 20\n',
    );
  });

  test('joins changes whose contexts touch', () => {
    const after = numbered(9).map((line) => (line === '3' || line === '7' ? `${line}!` : line));
    expect(diffLines(numbered(9), after).match(/@@ /g)).toHaveLength(1);
  });

  test('tells all that went before all that came', () => {
    expect(diffLines(['a', 'b'], ['c', 'd'])).toBe('@@ -1,2 +1,2 @@\n-a\n-b\n+c\n+d\n');
  });

  test('counts one line without a comma', () => {
    expect(diffLines(['a'], ['b'])).toBe('@@ -1 +1 @@\n-a\n+b\n');
  });
});
