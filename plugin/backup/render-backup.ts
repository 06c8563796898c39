import { createHash } from 'node:crypto';
import { dump } from 'js-yaml';
import type { BackedUpFile, BackupIndex } from '../../core/backup/backup-index.ts';
import { indexVersion } from '../../core/backup/check-index.ts';
import { cleanObject } from '../../core/backup/clean-object.ts';
import { filePaths } from '../../core/backup/file-paths.ts';
import { originalsKind } from '../../core/backup/originals.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { isPrintableText, printableJson } from '../../core/printable.ts';
import { indexName } from './read-index.ts';

/** A file of a backup, below its directory. */
export type RenderedFile = { readonly path: string; readonly bytes: Buffer };

/** Characters of JSON. js-yaml takes 30 times as long as JSON, and runs out of stack at one text of 2 MiB. */
const longestYaml = 2 ** 18;

/**
 * Any JSON as YAML that kubectl takes: words that another reader takes for something else are quoted, there are no aliases and no
 * folded lines. What is large has the form of JSON, which is YAML too; so has what would not be printable.
 */
export const toYaml = (value: unknown): string => {
  const json = `${printableJson(JSON.stringify(value, undefined, 2))}\n`;
  if (json.length > longestYaml) return json;
  const yaml = dump(value, { noRefs: true, lineWidth: -1 });
  return isPrintableText(yaml) ? yaml : json;
};

/** Bytes of one file of originals; a reader takes no larger files. */
const largestOriginals = 16 * 2 ** 20;

/** All objects raw, one a line; in more files where one would be too large. */
const renderOriginals = (objects: readonly KubernetesObject[]): RenderedFile[] => {
  const parts: string[][] = [[]];
  let size = 0;
  for (const line of objects.map((object) => `${JSON.stringify(object)}\n`)) {
    const bytes = Buffer.byteLength(line);
    if (size > 0 && size + bytes > largestOriginals) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(line);
    size += bytes;
  }
  return parts.map((lines, index) => ({
    path: `originals${index === 0 ? '' : `-${index + 1}`}.jsonl`,
    bytes: Buffer.from(lines.join('')),
  }));
};

type Described = Pick<BackedUpFile, 'apiVersion' | 'kind' | 'namespace' | 'name'>;

const describe = ({ apiVersion = '', kind = '', metadata }: KubernetesObject): Described => ({
  apiVersion,
  kind,
  namespace: metadata.namespace ?? null,
  name: metadata.name ?? '',
});

const entryOf = ({ path, bytes }: RenderedFile, described: Described): BackedUpFile => ({
  path,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes: bytes.length,
  ...described,
});

/** What the index says beside its files. */
export type IndexHead = Omit<BackupIndex, 'apiVersion' | 'kind' | 'files'>;

/** All files of a backup, `INDEX` last, from objects as the API answered them. */
export const renderBackup = (head: IndexHead, objects: readonly KubernetesObject[]): RenderedFile[] => {
  const clean = objects.map(cleanObject);
  const paths = filePaths(clean);
  const files = clean.map((object, index) => ({
    path: paths[index] ?? '',
    bytes: Buffer.from(toYaml(object)),
  }));
  const originals = renderOriginals(objects);
  const index: BackupIndex = {
    apiVersion: indexVersion,
    kind: 'Backup',
    ...head,
    files: [
      ...files.map((file, at) => entryOf(file, describe(clean[at] ?? { metadata: {} }))),
      ...originals.map((file) =>
        entryOf(file, { apiVersion: indexVersion, kind: originalsKind, namespace: null, name: file.path }),
      ),
    ],
  };
  return [...files, ...originals, { path: indexName, bytes: Buffer.from(toYaml(index)) }];
};
