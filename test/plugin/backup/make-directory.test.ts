import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDirectory } from '../../../plugin/backup/make-directory.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const place = temporaryDirectories();

it('makes those above it, and finds what is there already', async () => {
  const path = join(place(), 'a/b/c');
  await makeDirectory(path, 0o700);
  await makeDirectory(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

it('says what stands in its way', async () => {
  const file = join(place(), 'file');
  writeFileSync(file, '');
  await expect(makeDirectory(file, 0o700)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeDirectory(join(file, 'below'), 0o700)).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.skipIf(!existsSync('/proc/self'))('ends where a file system takes no directories', async () => {
  await expect(makeDirectory('/proc/nothing/below', 0o700)).rejects.toMatchObject({ code: 'ENOENT' });
});
