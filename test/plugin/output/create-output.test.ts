import { expect, it } from 'vitest';
import { createPainter } from '../../../plugin/output/color.ts';
import { formatDocument, jsonLine } from '../../../plugin/output/document.ts';
import { createTable } from '../../../plugin/output/table.ts';
import { memoryIo } from '../memory-io.ts';

const foreign = 'x\u001b]0;title\u0007\u001b[2J\u009b31m\u202e\nerror: forged';

it('a line stays one, and steers nothing, whatever it quotes', () => {
  const io = memoryIo();
  io.stderr.line(`Warning: ${foreign}`);
  expect(io.err()).toBe('Warning: x ]0;title [2J 31m error: forged\n');
});

it('a text keeps its own lines only as far as they are printable', () => {
  const io = memoryIo();
  io.stdout.write(`one\n${foreign}\n`);
  expect(io.out()).toBe('one\nx ]0;title  [2J 31m \nerror: forged\n');
});

it('bytes go as they are', () => {
  const io = memoryIo();
  io.stdout.bytes(Buffer.from(foreign));
  expect(io.out()).toBe(foreign);
});

it('a cell of a table stays on its row, and has no colour but ours', () => {
  const paint = createPainter('always', memoryIo());
  const text = createTable().format([
    ['NAME', 'STATE'],
    [foreign, paint(foreign, 'red')],
  ]);
  expect(text.split('\n')).toHaveLength(3);
  expect(text.replaceAll('\u001b[31m', '').replaceAll('\u001b[39m', '')).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  expect(text).toContain('\u001b[31mx ]0;title [2J 31m error: forged\u001b[39m');
});

it.each(['json', 'yaml'])('a document as %s is printable, and says what it said', async (format) => {
  const { parse } = await import('yaml');
  const document = { [foreign]: [foreign, 'plain', { deep: '\u0085\u2029\ufeff\u{e0001}' }] };
  const text = await formatDocument(document, format);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(parse(text)).toEqual(document);
});

it('a document that is printable anyway keeps the form of YAML', async () => {
  expect(await formatDocument({ kind: 'A', text: 'b\nc' }, 'yaml')).toBe('kind: A\ntext: |-\n  b\n  c\n');
});

it('a stream of documents has one a line', () => {
  const line = jsonLine({ foreign });
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(line)).toEqual({ foreign });
});
