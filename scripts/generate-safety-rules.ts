// Writes docs/safety-rules.md from the catalogue of rules. With --check it writes nothing and fails when the committed file
// differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderSafetyRules } from './render-safety-rules.ts';

const target = fileURLToPath(new URL('../docs/safety-rules.md', import.meta.url));
const generated = renderSafetyRules();

if (!process.argv.includes('--check')) writeFileSync(target, generated);
else if (readFileSync(target, 'utf8') !== generated) {
  console.error('error: docs/safety-rules.md is not what would be generated now');
  process.exitCode = 1;
}
