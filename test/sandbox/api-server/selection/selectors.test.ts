import { describe, expect, test } from 'vitest';
import { Failure } from '../../../../sandbox/api-server/http/failure.ts';
import { configMaps } from '../../../../sandbox/api-server/kinds/config-maps.ts';
import { namespaces } from '../../../../sandbox/api-server/kinds/namespaces.ts';
import {
  checkFields,
  matchesFields,
  parseFieldSelector,
} from '../../../../sandbox/api-server/selection/field-selector.ts';
import {
  matchesLabels,
  parseLabelSelector,
} from '../../../../sandbox/api-server/selection/label-selector.ts';

const labels = { app: 'web', tier: 'front', size: '5', 'example.com/zone': 'a', empty: '' };

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof Failure) return `${thrown.body.code} ${thrown.message}`;
    throw thrown;
  }
  return 'accepted';
};

describe('a label selector', () => {
  test.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app = web , tier != back', true],
    ['app!=web', false],
    ['missing!=x', true],
    ['app', true],
    ['missing', false],
    ['!missing', true],
    ['!app', false],
    ['app in (db, web)', true],
    ['app notin (db,web)', false],
    ['missing notin (db)', true],
    ['missing in (db)', false],
    ['size>4,size<6', true],
    ['size > 5', false],
    ['app>1', false],
    ['example.com/zone=a', true],
    ['empty=', true],
    ['empty=,app', true],
    ['app in ()', false],
    ['constructor', false],
  ])('%j selects: %s', (selector, selected) => {
    expect(matchesLabels(parseLabelSelector(selector), labels)).toBe(selected);
  });

  test.each([
    ['a===b', "unable to parse requirement: found '=', expected: identifier"],
    ['!=b', "found '!=', expected: !, identifier, or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['=b', "found '=', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b,', "found '', expected: identifier after ','"],
    ['a=b)', "found ')', expected: ',' or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',', or identifier"],
    [
      'a>x',
      "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
  ])('%j is refused: %s', (selector, why) => {
    expect(refusal(() => parseLabelSelector(selector))).toBe(`400 ${why}`);
  });

  test('with a key or value that no label can have is refused', () => {
    expect(refusal(() => parseLabelSelector('-a=b'))).toMatch(
      /^400 unable to parse requirement: .*name part/,
    );
    expect(refusal(() => parseLabelSelector('a=b/c'))).toMatch(
      /^400 unable to parse requirement: .*valid label/,
    );
  });
});

describe('a field selector', () => {
  const object = { metadata: { name: 'a,b=c', namespace: 'n' }, status: { phase: 'Active' } };

  test.each([
    ['', true],
    ['metadata.name=a\\,b\\=c', true],
    ['metadata.name==other', false],
    ['metadata.name!=other,metadata.namespace=n', true],
    ['status.phase=Active', true],
    ['status.phase!=Active', false],
  ])('%j selects: %s', (selector, selected) => {
    expect(matchesFields(parseFieldSelector(selector), namespaces, object)).toBe(selected);
  });

  test('names the fields that a kind knows', () => {
    expect(refusal(() => checkFields(parseFieldSelector('spec.x=1'), namespaces))).toBe(
      '400 field label not supported: spec.x',
    );
    expect(refusal(() => checkFields(parseFieldSelector('data.a=1'), configMaps))).toBe(
      '400 "data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
  });

  test('without an operator is refused', () => {
    expect(refusal(() => parseFieldSelector('metadata.name'))).toBe(
      "400 invalid selector: 'metadata.name'; can't understand 'metadata.name'",
    );
  });
});
