// The licences of what others wrote and esbuild put into the bundles: their terms want them to go along.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package of which something is in the bundles. */
export type BundledPackage = {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Its licence files, or what its sources say in their first comments where it ships none. */
  readonly texts: readonly string[];
};

/** What is needed of esbuild's metafile. */
export type Bundles = {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
};

const licenceFile = /^(licen[cs]e|notice|copying|copyright)(\.(md|txt))?$/i;

/** The files of which something is in an output. */
const bundledFiles = ({ outputs }: Bundles): string[] => [
  ...new Set(
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([path]) => path),
    ),
  ),
];

/** `node_modules/@scope/name`, the innermost of them; undefined for a file of ours. */
export const packageDirectory = (path: string): string | undefined =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path.replaceAll('\\', '/'))?.[0];

/** The comment that a source begins with, where it speaks of rights. */
const headerOf = (source: string): string | undefined => {
  const [comment] = /^\s*(?:\/\*[\s\S]*?\*\/|(?:\/\/[^\n]*\n?)+)/.exec(source) ?? [];
  if (comment === undefined || !/copyright|licen[cs]e/i.test(comment)) return undefined;
  return comment.replaceAll(/^\s*(\/\*+!?|\*\/|\*|\/\/) ?|\s*\*\/\s*$/gm, '').trim();
};

const licenceOf = ({ license, licenses }: { license?: unknown; licenses?: unknown }): string => {
  if (typeof license === 'string') return license;
  const [first] = Array.isArray(licenses) ? licenses : [license];
  return typeof first === 'object' && first !== null && 'type' in first ? String(first.type) : '';
};

const textsIn = (root: string, directory: string, files: readonly string[]): string[] => {
  const texts = readdirSync(join(root, directory))
    .filter((name) => licenceFile.test(name))
    .toSorted()
    .map((name) => readFileSync(join(root, directory, name), 'utf8').trim());
  if (texts.length > 0) return texts;
  const headers = files.flatMap((file) => headerOf(readFileSync(join(root, file), 'utf8')) ?? []);
  return [...new Set(headers)];
};

/** The packages that have something in the bundles, by name. Throws where one does not say under which terms. */
export const bundledPackages = (root: string, bundles: Bundles): BundledPackage[] => {
  const byDirectory = Map.groupBy(bundledFiles(bundles), (path) => packageDirectory(path) ?? '');
  byDirectory.delete('');
  const packages = [...byDirectory].map(([directory, files]) => {
    const manifest = join(root, directory, 'package.json');
    if (!existsSync(manifest)) throw new Error(`${directory} is in the bundles and has no package.json`);
    const read = JSON.parse(readFileSync(manifest, 'utf8'));
    const found = {
      name: String(read.name),
      version: String(read.version),
      license: licenceOf(read),
      texts: textsIn(root, directory, files),
    };
    if (found.license === '' || found.texts.length === 0)
      throw new Error(
        `${directory} is in the bundles and brings no licence: find it, or do without the package`,
      );
    return found;
  });
  // One may lie in several places.
  const same = Map.groupBy(packages, ({ name, version }) => `${name} ${version}`);
  return [...same.values()]
    .flatMap(([first, ...more]) =>
      first === undefined
        ? []
        : [{ ...first, texts: [...new Set([first, ...more].flatMap(({ texts }) => texts))] }],
    )
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version));
};

const rule = '-'.repeat(80);

/** The file that goes along. */
export const renderNotices = (packages: readonly BundledPackage[]): string =>
  [
    'The programs in this directory contain parts of the following packages. Each is under its own terms, as they stand below it; where a',
    'package offers a choice, the first that is named is taken. kubectl dr itself is under the Apache License 2.0, whose text is in LICENSE.',
    '',
    ...packages.map(({ name, version, license }) => `  ${name} ${version} (${license})`),
    ...packages.flatMap(({ name, version, license, texts }) => [
      '',
      rule,
      `${name} ${version}`,
      license,
      rule,
      '',
      texts.join('\n\n'),
    ]),
    '',
  ].join('\n');
