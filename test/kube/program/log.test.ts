import { expect, test } from 'vitest';
import { createLog } from '../../../kube/program/log.ts';

test('what could hold a secret never reaches the log', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(line) });
  log.info(
    { secrets: { userKey: 'hunter2' }, request: { secrets: 'hunter2', data: { key: 'hunter2' } } },
    'Called',
  );
  expect(lines.join('')).not.toContain('hunter2');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', msg: 'Called', secrets: '[redacted]' });
});
