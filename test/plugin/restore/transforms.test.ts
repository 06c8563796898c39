import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { transformBy } from '../../../plugin/restore/apply-transforms.ts';
import { parseTransforms } from '../../../plugin/restore/read-transforms.ts';
import { pv, pvc } from '../../core/restore/objects.ts';

const rules = (...list: object[]) => parseTransforms(stringify({ rules: list }), 'rules.yaml');

describe('a file of rules', () => {
  test.each<[string, string, RegExp]>([
    ['an unknown field at the top', 'rule: []', /the file has an unknown field "rule": known are rules/],
    [
      'an unknown field of a rule',
      'rules: [{match: {}, jsonPach: []}]',
      /rules\[0\] has an unknown field "jsonPach"/,
    ],
    [
      'an unknown field of a match',
      'rules: [{match: {names: a}, mergePatch: {}}]',
      /rules\[0\].match has an unknown field "names"/,
    ],
    ['a rule without a match', 'rules: [{mergePatch: {}}]', /rules\[0\].match is missing/],
    ['a rule that changes nothing', 'rules: [{match: {}}]', /rules\[0\] changes nothing/],
    [
      'an operation that is none',
      'rules: [{match: {}, jsonPatch: [{op: set, path: /a}]}]',
      /jsonPatch\[0\].op is none of/,
    ],
    [
      'an operation without a path',
      'rules: [{match: {}, jsonPatch: [{op: remove}]}]',
      /jsonPatch\[0\].path must be text/,
    ],
    [
      'labels that are no texts',
      'rules: [{match: {labels: {a: 1}}, mergePatch: {}}]',
      /match.labels.a must be text/,
    ],
    ['a list instead of a patch', 'rules: [{match: {}, mergePatch: []}]', /mergePatch has no fields/],
    ['two documents', 'rules: []\n---\nrules: []', /it is not one document/],
    ['no YAML', 'rules: [', /rules.yaml:\d+: /],
    ['a tag', 'rules: !!set {}', /rules.yaml:\d+: /],
  ])('with %s is refused', (_, text, said) => {
    expect(() => parseTransforms(text, 'rules.yaml')).toThrow(said);
  });
});

describe('a rule', () => {
  const label = { mergePatch: { metadata: { labels: { hit: 'here' } } } };
  test.each<[string, object, boolean]>([
    ['is about everything without a condition', {}, true],
    ['is about a kind', { kind: 'PersistentVolumeClaim' }, true],
    ['is not about another kind', { kind: 'PersistentVolume' }, false],
    ['is about a name', { name: 'db' }, true],
    ['is about names that fit', { name: 'd*' }, true],
    ['takes every other sign of a name for itself', { name: '.b' }, false],
    ['is about a namespace', { namespace: 'shop' }, true],
    ['is about labels', { labels: { app: 'db' } }, true],
    ['needs all labels', { labels: { app: 'db', tier: 'x' } }, false],
  ])('%s', (_, match, isHit) => {
    const change = transformBy(rules({ match, ...label }));
    const { labels } = change(pvc('db', {}, { labels: { app: 'db' } })).metadata;
    expect(labels?.['hit']).toBe(isHit ? 'here' : undefined);
  });

  test('comes after those before it', () => {
    const set = (value: string) => ({ op: 'replace', path: '/spec/storageClassName', value });
    const change = transformBy(
      rules({ match: {}, jsonPatch: [set('a')] }, { match: {}, jsonPatch: [set('b')] }),
    );
    expect(change(pvc()).spec).toMatchObject({ storageClassName: 'b' });
  });

  test('does not change what it was given', () => {
    const given = pvc();
    transformBy(rules({ match: {}, jsonPatch: [{ op: 'remove', path: '/spec/storageClassName' }] }))(given);
    expect(given).toEqual(pvc());
  });

  test.each<[string, object, RegExp]>([
    [
      'tests what is not so',
      [{ op: 'test', path: '/spec/storageClassName', value: 'x' }],
      /Test operation failed/,
    ],
    ['removes what is not there', [{ op: 'remove', path: '/spec/nothing' }], /rule "mine"/],
    ['replaces below what is not there', [{ op: 'replace', path: '/a/b/c', value: 1 }], /rule "mine"/],
    ['reaches for a prototype', [{ op: 'add', path: '/__proto__/x', value: 1 }], /rule "mine"/],
    ['renames', [{ op: 'replace', path: '/metadata/name', value: 'x' }], /it may not change metadata.name/],
    [
      'moves to another namespace',
      [{ op: 'replace', path: '/metadata/namespace', value: 'x' }],
      /metadata.namespace/,
    ],
    [
      'binds to another PV',
      [{ op: 'replace', path: '/spec/volumeName', value: 'x' }],
      /it may not change spec.volumeName/,
    ],
  ])('that %s is refused, naming rule and object', (_, jsonPatch, said) => {
    const change = transformBy(rules({ name: 'mine', match: {}, jsonPatch }));
    expect(() => change(pvc())).toThrow(said);
    expect(() => change(pvc())).toThrow(
      /rule "mine" of --transform cannot change PersistentVolumeClaim shop\/db: /,
    );
  });

  test.each(['claimRef', 'persistentVolumeReclaimPolicy'])('may not change spec.%s of a PV', (field) => {
    const change = transformBy(
      rules({ match: { kind: 'PersistentVolume' }, mergePatch: { spec: { [field]: null } } }),
    );
    expect(() => change(pv())).toThrow(`it may not change spec.${field}`);
  });

  test('that makes a label of a word that YAML takes for something else is told', () => {
    const change = transformBy(
      parseTransforms('rules: [{match: {}, mergePatch: {metadata: {labels: {a: yes}}}}]', 'f'),
    );
    expect(() => change(pvc())).toThrow(/the value of "a" in metadata.labels must be text: quote it/);
  });

  test('that fails on a secret does not show it', () => {
    const secret = { kind: 'Secret', metadata: { name: 's', namespace: 'shop' }, data: { p: 'c2VjcmV0' } };
    const change = transformBy(
      rules({ match: {}, jsonPatch: [{ op: 'test', path: '/data/p', value: 'x' }] }),
    );
    expect(() => change(secret)).toThrow(/^(?!.*c2VjcmV0).*$/s);
  });
});
