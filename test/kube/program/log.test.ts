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

test('what others wrote is told as it is, and steers no terminal', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(line) });
  const error = 'a\u001b[2J\u009b31m\u202eb\nc';
  log.warn({ error }, `Failed: ${error}`);
  expect(lines.join('')).not.toMatch(/(?!\n$)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error, msg: `Failed: ${error}` });
});
