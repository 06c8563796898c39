// No hint may name a command or a flag that does not exist: somebody types it in the worst night of the year.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../core/rules/catalogue.ts';
import { drCommand, drVerbs } from '../../core/status/dr-command.ts';
import { packageRoot } from '../e2e/running-sandbox.ts';
import { commandsIn, faultOf, faultsIn, flagsOfCommands, isOnlyNamed } from './printed-commands.ts';

const filesBelow = (directory: string, ending: string): string[] =>
  readdirSync(join(packageRoot, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(packageRoot, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('/generated/'));

type Text = { readonly at: string; readonly text: string };

/** What is put in where a text is composed: a word that every argument and flag can have. */
const anyWord = 'cluster-1';

const textOf = (node: ts.Node): string | undefined => {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `${anyWord}${literal.text}`).join('');
};

/** All texts that a source file holds, those of its imports apart. */
const textsOf = (path: string): Text[] => {
  const source = ts.createSourceFile(
    path,
    readFileSync(join(packageRoot, path), 'utf8'),
    ts.ScriptTarget.Latest,
  );
  const found: Text[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.pos);
      found.push({ at: `${path}:${line + 1}`, text });
    }
    if (!ts.isImportDeclaration(node)) ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

const rooms = ['core', 'kube', 'plugin', 'webhook', 'controller', 'sandbox'];
const texts = rooms.flatMap((room) => filesBelow(room, '.ts')).flatMap(textsOf);

describe('a command in a text', () => {
  test.each([
    ['see `kubectl dr status -A`, and wait', ['kubectl dr status -A']],
    ['go back with kubectl dr undo', ['kubectl dr undo']],
    ['or kubectl dr promote db -n shop; then wait.', ['kubectl dr promote db -n shop']],
    ['read it with the version of kubectl dr', []],
    [
      'run "kubectl dr explain DR102" and kubectl dr history',
      ['kubectl dr explain DR102', 'kubectl dr history'],
    ],
  ])('is found in: %s', (text, found) => {
    expect(commandsIn(text)).toEqual(found);
  });

  test.each([
    'kubectl dr failover -n shop --transform x.yaml',
    'kubectl dr failover -n shop --map-namespace a=b',
    'kubectl dr explain DR102 DR103',
    'kubectl dr undo a b',
    'kubectl dr plan move db',
    'kubectl dr fail-over db',
    'kubectl dr resume --to cluster-2',
    'kubectl dr sandbox mend cluster-1',
  ])('is a fault where nobody can type it: %s', (line) => {
    expect(faultOf(line)).toContain(line);
  });

  test.each([
    "kubectl dr promote 'odd name' -n shop --context 'dr site'",
    'kubectl dr failover -n shop --from a --from b --to cluster-2',
    'kubectl dr plan failback deploy/web -n shop --resync',
    'kubectl dr backup list',
  ])('is none where one can: %s', (line) => {
    expect(faultOf(line)).toBeUndefined();
  });
});

test('every command in a text of the sources can be typed', () => {
  // Assembled from words, and parsed where they are known: help, errors of the parser, and what composes a command of any verb.
  const composed = /^kubectl dr (cluster-1|plan $)/;
  const found = texts
    .filter(({ text }) => !composed.test(text))
    .flatMap(({ at, text }) =>
      commandsIn(text)
        .filter((line) => !composed.test(line))
        .map((line) => ({ at, fault: faultOf(line) })),
    );
  expect(found.length).toBeGreaterThan(60);
  expect(found.filter(({ fault }) => fault !== undefined)).toEqual([]);
});

test('every command about one object can be typed, wherever it is run', () => {
  for (const verb of drVerbs)
    for (const name of ['db', 'odd name'])
      expect(
        faultsIn(drCommand({ kubectl: "kubectl --context 'site 2'" }, verb, { namespace: 'shop', name })),
      ).toEqual([]);
});

describe('the documents name commands that can be typed:', () => {
  const documents = ['README.md', 'CHANGELOG.md', ...filesBelow('docs', '.md')];
  test.each(documents)('%s', (path) => {
    const text = readFileSync(join(packageRoot, path), 'utf8');
    expect(faultsIn(text).filter((fault) => !isOnlyNamed(fault))).toEqual([]);
  });
});

test('every remedy of the catalogue names commands that can be typed', () => {
  const remedies = Object.values(catalogue).flatMap(({ commands = [] }) => commands);
  expect(remedies.length).toBeGreaterThan(30);
  expect(remedies.flatMap(faultsIn)).toEqual([]);
});

describe('a flag in a text is one that its command has', () => {
  const procedures = ['relocate', 'failover', 'failback', 'plan', 'resume', 'undo'];
  const steps = ['protect', 'promote', 'demote', 'resync', 'unprotect'];
  /** Which commands print the texts of a folder; the first folder that fits counts. */
  const printers: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['core/plan', procedures],
    ['plugin/operation', procedures],
    ['core/step', [...steps, ...procedures]],
    ['plugin/step', steps],
    ['core/restore', ['restore']],
    ['plugin/restore', ['restore']],
    ['plugin/backup', ['backup', 'restore']],
    // Whoever checks is told how to back up.
    ['core/check', ['check', 'backup']],
    ['plugin/check', ['check']],
    ['core/status', ['status', ...steps, ...procedures]],
    ['plugin/status', ['status']],
    ['plugin/consent', [...steps, ...procedures]],
    ['core/rules', undefined],
    ['plugin/sandbox', ['sandbox']],
    ['plugin', undefined],
  ];
  /** Commands of others have flags of their own, and so have ours that are parsed above. */
  const withoutCommands = (text: string): string =>
    text.replaceAll(/\bkubectl\b[^;`"\n]*/g, '').replaceAll('--cluster-1', '');
  /** Of kubectl, in texts that a command is composed of; and of our other executables. */
  const ofOthers = new Set([
    ...['for', 'type', 'raw', 'overwrite', 'list', 'show-labels', 'show-managed-fields'],
    ...['without-peer', 'peer-kubeconfig', 'lifecycle-owner'],
  ]);

  const flagsIn = ({ at, text }: Text) =>
    [...withoutCommands(text).matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)].map(([, flag = '']) => ({ at, flag }));

  test.each(printers)('%s', (folder, which) => {
    const known = flagsOfCommands((name) => which === undefined || which.includes(name));
    const own = texts.filter(({ at }) => printers.find(([start]) => at.startsWith(start))?.[0] === folder);
    const strange = own.flatMap(flagsIn).filter(({ flag }) => !known.has(flag) && !ofOthers.has(flag));
    expect(strange).toEqual([]);
  });

  test('and a conflict of a procedure names none of those that only restore has', () => {
    const ofProcedures = flagsOfCommands((name) => procedures.includes(name));
    const shared = texts
      .filter(({ at }) => /^core\/restore\/(conflicts\/|pair-volumes)/.test(at))
      // Flags of a restore are apart, and `--existing=fail` is said where it was given.
      .filter(({ text }) => !text.startsWith('--') && !text.includes('--existing'))
      .flatMap(flagsIn)
      .filter(({ flag }) => !ofProcedures.has(flag) && !ofOthers.has(flag));
    expect(shared).toEqual([]);
  });
});
