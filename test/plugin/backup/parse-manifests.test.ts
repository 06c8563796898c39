import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parseManifests } from '../../../plugin/backup/parse-manifests.ts';

const claim = 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: db, namespace: shop}\n';
const named = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name } });
const namesIn = (text: string) => parseManifests(text, 'm.yaml').map(({ metadata }) => metadata.name);

describe('what it reads', () => {
  test('YAML of several documents, in their order, empty ones left out', () => {
    const text = `# backup\n---\n${claim}---\n# nothing\n---\n${claim.replace('db', 'web')}...\n`;
    expect(namesIn(text)).toEqual(['db', 'web']);
  });

  test('JSON, with a byte order mark or without', () => {
    expect(namesIn(JSON.stringify(named('a')))).toEqual(['a']);
    expect(namesIn(`\uFEFF${JSON.stringify(named('a'))}`)).toEqual(['a']);
  });

  test('JSON documents one after the other, as kubectl prints them, on many lines or on one each', () => {
    const objects = ['a', 'b', 'c'].map(named);
    expect(namesIn(objects.map((object) => JSON.stringify(object, undefined, 4)).join('\n'))).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(namesIn(objects.map((object) => `${JSON.stringify(object)}\n`).join(''))).toEqual(['a', 'b', 'c']);
    const texts = { ...named('a'), data: { x: '}\n{', y: '},\n{' } };
    expect(parseManifests(JSON.stringify(texts), 'm')).toEqual([texts]);
  });

  test('YAML that looks like JSON at first', () => {
    expect(namesIn('{apiVersion: v1, kind: Secret, metadata: {name: a}}')).toEqual(['a']);
  });

  test('lists, lists within them, and the lists of a server, whose items do not say what they are', () => {
    const inner = { kind: 'List', apiVersion: 'v1', items: [named('a'), named('b')] };
    const list = { kind: 'List', apiVersion: 'v1', items: [inner, named('c')] };
    expect(namesIn(JSON.stringify(list))).toEqual(['a', 'b', 'c']);
    const answer = {
      kind: 'PersistentVolumeList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '7' },
      items: [{ metadata: { name: 'pv' } }],
    };
    expect(parseManifests(JSON.stringify(answer), 'm.json')).toEqual([
      { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv' } },
    ]);
  });

  test('an empty list and an empty text as nothing', () => {
    expect(namesIn('{"kind": "List", "apiVersion": "v1", "items": []}')).toEqual([]);
    expect(namesIn('')).toEqual([]);
    expect(namesIn('---\n---\n')).toEqual([]);
  });

  test('words as kubectl reads them: octal numbers, and yes for true', () => {
    const [object] = parseManifests(`${claim}spec: {mode: 0644, on: yes, text: 'yes', time: '12:30'}\n`, 'm');
    expect(object?.['spec']).toEqual({ mode: 420, true: true, text: 'yes', time: '12:30' });
  });

  test('a text that is blank for millions of characters, before and behind what it holds', () => {
    const blank = '\n \t# x\n'.repeat(300_000);
    expect(namesIn(`${blank}---\n${claim}${blank}`)).toEqual(['db']);
    expect(namesIn(`${JSON.stringify(named('a'))}${' \n'.repeat(2_000_000)}`)).toEqual(['a']);
  });

  test('a list of a hundred thousand objects', () => {
    const items = Array.from({ length: 100_000 }, (_, index) => named(`s${index}`));
    expect(namesIn(JSON.stringify({ kind: 'List', apiVersion: 'v1', items }))).toHaveLength(100_000);
  });

  test('whatever text the values are, once they are written by the same library', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.string(), (data, text) => {
        fc.pre(!Object.hasOwn(data, '__proto__'));
        const object = { ...named('a'), data, text };
        expect(parseManifests(dump(object, { noRefs: true, lineWidth: -1 }), 'm')).toEqual([object]);
      }),
    );
  });
});

describe('what it refuses, with file, line and one sentence', () => {
  const refused = (text: string): string => {
    try {
      parseManifests(text, 'm.yaml');
    } catch (error) {
      expect(error).toMatchObject({ code: 'ManifestInvalid' });
      return (error as Error).message;
    }
    throw new Error('it was accepted');
  };

  test.each([
    ['an alias', `a: &x [1]\nb: [*x, *x]\n`, /^m\.yaml:2: alias/],
    ['a tag', `${claim}data: !!binary aGk=\n`, /^m\.yaml:4: unknown/],
    ['a tag of its own', `!secret ${claim}`, /^m\.yaml:1: unknown/],
    ['a duplicate key', `${claim}kind: Secret\n`, /^m\.yaml:4: duplicated/],
    ['a tab for a blank', `a:\n\tb: 1\n`, /^m\.yaml:2: /],
    ['a directive', `%YAML 1.1\n---\n${claim}`, /^m\.yaml:\d: /],
    ['text alone', 'hello', 'm.yaml:1: it is no object with fields'],
    ['a list of values', '- 1\n- 2\n', 'm.yaml:1: it is no object with fields'],
    ['an object without apiVersion', `---\n\n# x\nkind: Secret\n`, 'm.yaml:4: apiVersion is missing'],
    ['an object without kind', `${claim}---\napiVersion: v1\n`, 'm.yaml:5: kind is missing'],
    ['one without metadata', 'apiVersion: v1\nkind: Secret\n', 'm.yaml:1: metadata.name is missing'],
    [
      'one with a name to be made up',
      'apiVersion: v1\nkind: Secret\nmetadata: {generateName: a-}\n',
      'm.yaml:1: metadata.name is missing',
    ],
    [
      'an annotation that is no text',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: {b: yes}}\n',
      'm.yaml:1: the value of "b" in metadata.annotations must be text: quote it',
    ],
    [
      'an item of a list',
      JSON.stringify({ kind: 'List', items: [named('a'), { kind: 'Secret' }] }),
      'm.yaml:1: item 2: apiVersion is missing',
    ],
    [
      'the second document of JSON',
      `${JSON.stringify(named('a'), undefined, 4)}\n{"kind":"Secret"}`,
      'm.yaml:8: apiVersion is missing',
    ],
    ['the member __proto__ in YAML', `${claim}__proto__: {x: 1}\n`, 'm.yaml:1: it has a member "__proto__"'],
    [
      'the member __proto__ in JSON',
      '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"__proto__":{"x":1}}}',
      'm.yaml:1: it has a member "__proto__"',
    ],
    ['YAML nested without an end', '['.repeat(100_000), /^m\.yaml:1: nesting exceeded/],
    [
      'JSON nested without an end',
      `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"x":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
      'm.yaml:1: it is nested deeper than 100 levels',
    ],
    [
      'a YAML document that takes a gigabyte to read',
      `a:\n${'- b\n'.repeat(2_500_000)}`,
      'm.yaml:1: a YAML document is larger than 8 MiB: give it as JSON',
    ],
    [
      'a text that is too large',
      ' '.repeat(32 * 2 ** 20 + 1),
      'm.yaml:1: it is larger than 32 MiB; give it in parts',
    ],
  ])('%s', (_, text, message) => {
    expect(refused(text)).toMatch(message);
    expect(refused(text)).not.toContain('\n');
  });

  test('a name that is not for terminals is shown on one line', () => {
    expect(() => parseManifests('hello', 'a\u001b[2J\nb')).toThrow(/^a \[2J b:1: /);
  });

  test('whatever comes in, it answers or throws one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        try {
          parseManifests(text, 'm');
        } catch (error) {
          expect(error).toMatchObject({ code: 'ManifestInvalid' });
          expect((error as Error).message).not.toContain('\n');
        }
      }),
    );
  });
});
