import { expect, test } from 'vitest';
import { commands } from '../../../plugin/commands/all.ts';
import { completionFor } from '../../../plugin/completion/candidates.ts';

test.each([
  [['restore', ''], 'files'],
  [['restore', '--to', ''], 'contexts'],
  [['restore', '--transform', ''], 'files'],
  [['restore', '--namespace', ''], 'namespaces'],
])('after %j %s are looked up', (line, wanted) => {
  expect(completionFor(line, commands).wanted).toBe(wanted);
});

test('what a flag may be is offered', () => {
  const words = completionFor(['restore', '--existing', ''], commands).candidates.map(({ word }) => word);
  expect(words).toEqual(['fail', 'verify', 'update']);
});
