import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderSafetyRules } from '../../../scripts/render-safety-rules.ts';

it('docs/safety-rules.md is what "npm run generate" writes now', () => {
  const committed = readFileSync(new URL('../../../docs/safety-rules.md', import.meta.url), 'utf8');
  expect(committed).toBe(renderSafetyRules());
});
