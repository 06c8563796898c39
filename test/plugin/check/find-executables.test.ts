import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import { findExecutables } from '../../../plugin/check/find-executables.ts';

describe('executables on PATH', () => {
  let root: string;
  const pathOf = (...parts: string[]): string => join(root, ...parts);
  const put = (directory: string, name: string, mode = 0o755): void => {
    mkdirSync(pathOf(directory), { recursive: true });
    writeFileSync(pathOf(directory, name), '#!/bin/sh\n');
    chmodSync(pathOf(directory, name), mode);
  };
  const find = (...directories: string[]) =>
    findExecutables(directories.map((directory) => pathOf(directory)).join(delimiter));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kubectl-dr-path-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('are those that kubectl could take for this plugin or its commands, in the order of PATH', async () => {
    put('b', 'kubectl-dr');
    put('a', 'kubectl-dr');
    put('a', 'kubectl-dr-status');
    put('a', 'kubectl-drain_all');
    put('a', 'kubectl');
    expect(await find('b', 'a')).toEqual({
      shadows: known([pathOf('a', 'kubectl-dr-status')]),
      plugins: known([pathOf('b', 'kubectl-dr'), pathOf('a', 'kubectl-dr')]),
    });
  });

  it('count once where links or a directory named twice lead to one file, and not where they cannot be run', async () => {
    put('a', 'kubectl-dr');
    put('a', 'kubectl-dr-notes', 0o644);
    mkdirSync(pathOf('b'));
    symlinkSync(pathOf('a', 'kubectl-dr'), pathOf('b', 'kubectl-dr'));
    expect(await find('b', 'a', 'b', 'missing')).toEqual({
      shadows: known([]),
      plugins: known([pathOf('b', 'kubectl-dr')]),
    });
  });

  it('are none without a PATH', async () => {
    expect(await findExecutables(undefined)).toEqual({ shadows: known([]), plugins: known([]) });
  });
});
