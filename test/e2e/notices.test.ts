import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bundledPackages, packageDirectory, renderNotices } from '../../scripts/third-party-notices.ts';
import { packageRoot } from './running-sandbox.ts';

const root = mkdtempSync(join(tmpdir(), 'kubectl-dr-notices-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const put = (files: Record<string, string>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
};
const bundling = (...paths: string[]) => ({
  outputs: { 'a.mjs': { inputs: Object.fromEntries(paths.map((path) => [path, { bytesInOutput: 1 }])) } },
});
const manifest = (name: string, more: object = { license: 'MIT' }) =>
  JSON.stringify({ name, version: '1.0.0', ...more });

describe('the notices that go along with the bundles', () => {
  const notices = readFileSync(join(packageRoot, 'dist/THIRD-PARTY-NOTICES'), 'utf8');
  const { dependencies, files } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

  test('name every package that the product depends on, with its terms', () => {
    // The peer of ajv-formats: nothing of it is in the bundles.
    for (const name of Object.keys(dependencies).filter((one) => one !== 'ajv')) {
      expect(notices).toMatch(new RegExp(`^  ${name.replaceAll(/[/.]/g, '\\$&')} \\d\\S* \\(.+\\)$`, 'm'));
    }
    expect(notices).toContain('Permission is hereby granted, free of charge');
    expect(notices).toContain('Redistribution and use in source and binary forms');
  });

  test('name as many as stand below, and are shipped', () => {
    const named = [...notices.matchAll(/^ {2}(\S+ \d\S*) \(/gm)].map(([, name]) => name);
    const below = [...notices.matchAll(/^-{80}\n(.+)\n.+\n-{80}$/gm)].map(([, name]) => name);
    expect(below).toEqual(named);
    expect(new Set(named).size).toBe(named.length);
    expect(files).toContain('dist');
  });

  test('leave out none whose paths the bundles tell of', () => {
    // esbuild calls the wrappers of CommonJS modules by their paths.
    const lib = join(packageRoot, 'dist/lib');
    const paths = readdirSync(lib).flatMap((file) => [
      ...readFileSync(join(lib, file), 'utf8').matchAll(/"(node_modules\/[^"]+)"\(/g),
    ]);
    for (const [, path = ''] of paths) {
      const name = packageDirectory(path)?.split('node_modules/').at(-1);
      expect(notices).toContain(`  ${name} `);
    }
  });
});

describe('what is bundled', () => {
  test('brings its licence files, also as a package within another', () => {
    put({
      'node_modules/@a/b/package.json': manifest('@a/b'),
      'node_modules/@a/b/LICENSE.md': 'terms of @a/b',
      'node_modules/@a/b/NOTICE': 'notice of @a/b',
      'node_modules/@a/b/node_modules/c/package.json': manifest('c', { licenses: [{ type: 'ISC' }] }),
      'node_modules/@a/b/node_modules/c/license': 'terms of c',
      'ours/x.ts': '',
    });
    const found = bundledPackages(
      root,
      bundling('ours/x.ts', 'node_modules/@a/b/i.js', 'node_modules/@a/b/node_modules/c/lib/i.js'),
    );
    expect(found).toEqual([
      { name: '@a/b', version: '1.0.0', license: 'MIT', texts: ['terms of @a/b', 'notice of @a/b'] },
      { name: 'c', version: '1.0.0', license: 'ISC', texts: ['terms of c'] },
    ]);
    expect(renderNotices(found)).toContain('\nc 1.0.0\nISC\n');
  });

  test('says it in the heads of its sources where it has no such file', () => {
    put({
      'node_modules/h/package.json': manifest('h'),
      'node_modules/h/i.js': '// Copyright H\n// All rights given.\n\nexport {};\n',
      'node_modules/h/j.js': '/*!\n * Copyright J\n */\nexport {};\n',
    });
    const [found] = bundledPackages(root, bundling('node_modules/h/i.js', 'node_modules/h/j.js'));
    expect(found?.texts).toEqual(['Copyright H\nAll rights given.', 'Copyright J']);
  });

  test.each([
    ['no text', manifest('n')],
    ['no name of its terms', manifest('n', {})],
  ])('ends the build where it brings %s', (_what, text) => {
    put({ 'node_modules/n/package.json': text, 'node_modules/n/i.js': 'export {};\n' });
    expect(() => bundledPackages(root, bundling('node_modules/n/i.js'))).toThrow(
      'node_modules/n is in the bundles and brings no licence',
    );
  });

  test('is nothing of which nothing was left', () => {
    const bundles = { outputs: { a: { inputs: { 'node_modules/gone/i.js': { bytesInOutput: 0 } } } } };
    expect(bundledPackages(root, bundles)).toEqual([]);
  });
});
