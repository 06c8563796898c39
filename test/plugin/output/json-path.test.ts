import { describe, expect, it } from 'vitest';
import { parseJsonPath } from '../../../plugin/output/json-path.ts';

const document = {
  kind: 'StatusReport',
  items: [
    { name: 'db', verdict: 'Protected', lag: 3, sites: [{ role: 'primary' }, { role: 'secondary' }] },
    { name: 'web', verdict: 'Lagging', lag: 12, next: null, labels: { 'app.kubernetes.io/name': 'web' } },
    { name: 'log', verdict: 'Lagging', lag: 40, ok: true },
  ],
};

/** Recorded from kubectl 1.32 with the same document and templates. */
const cases: { template: string; prints: string }[] = [
  { template: '{.kind}', prints: 'StatusReport' },
  { template: '{$.kind}', prints: 'StatusReport' },
  { template: '{.items[*].name}', prints: 'db web log' },
  { template: '{.items[0].name}', prints: 'db' },
  { template: '{.items[-1].name}', prints: 'log' },
  { template: '{.items[0:2].name}', prints: 'db web' },
  { template: '{.items[::2].name}', prints: 'db log' },
  { template: '{.items[0,2].name}', prints: 'db log' },
  { template: "{.items[0]['name','verdict']}", prints: 'db Protected' },
  { template: '{..role}', prints: 'primary secondary' },
  { template: '{.items[?(@.verdict=="Lagging")].name}', prints: 'web log' },
  { template: "{.items[?(@.verdict != 'Lagging')].name}", prints: 'db' },
  { template: '{.items[?(@.lag>3)].name}', prints: 'web log' },
  { template: '{.items[?(@.ok==true)].name}', prints: 'log' },
  { template: '{.items[?(@.sites)].name}', prints: 'db' },
  { template: '{range .items[*]}{.name}{"\\t"}{.lag}{"\\n"}{end}', prints: 'db\t3\nweb\t12\nlog\t40\n' },
  { template: 'first: {.items[0].name}, kind: {.kind}', prints: 'first: db, kind: StatusReport' },
  { template: '{.items[1].labels.app\\.kubernetes\\.io/name}', prints: 'web' },
  { template: '{.items[0].sites}', prints: '[{"role":"primary"},{"role":"secondary"}]' },
  { template: '{.items[1].next}', prints: 'null' },
  { template: '{.nothing.here}', prints: '' },
  { template: '{"a } brace"}', prints: 'a } brace' },
];

describe('a JSONPath template', () => {
  it.each(cases)('$template', ({ template, prints }) => {
    expect(parseJsonPath(template)(document)).toBe(prints);
  });

  it.each([
    ['{.a', 'unbalanced "{"'],
    ['.a}', 'unbalanced "}"'],
    ['{}', 'empty expression'],
    ['{.a[}', 'unexpected "["'],
    ['{range .a}', '{range} without {end}'],
    ['{end}', '{end} without {range}'],
  ])('%s is refused, and the place is named', (template, why) => {
    expect(() => parseJsonPath(template)).toThrow(`invalid JSONPath template '${template}': ${why}`);
  });
});
