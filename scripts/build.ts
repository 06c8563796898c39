// Builds the executables: bundles into dist/lib, small launchers into dist/bin. `npm run build`, about a second.
//
//   dist/bin/<name>            sh: finds Node.js, starts dist/lib/<name>.mjs; may be linked to from anywhere
//   dist/lib/<name>.mjs        checks Node's version, switches the compile cache on, loads the application
//   dist/THIRD-PARTY-NOTICES   the licences of what others wrote of it
//   dist/lib/<name>-main.mjs   the application; what it loads lazily stands beside it in chunks
//
// All of dist/lib is one level deep, so `new URL('../../manifests/', import.meta.url)` is right in every chunk.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { bundledPackages, renderNotices } from './third-party-notices.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const finalDirectory = join(root, 'dist');
/** Built beside and swapped in at the end, so that a running or parallel user of dist never sees half of it. */
const dist = join(root, `dist.new-${process.pid}`);

/** Oldest Node.js that runs the bundles; esbuild's target is the same. */
const oldestNode = 22;

/** Applications by the name of their entry in dist/lib. Rooms that are not there yet are left out. */
const applications: Record<string, string> = {
  'kubectl-dr': 'plugin/main.ts',
  'dr-controller': 'controller/main.ts',
  'dr-webhook': 'webhook/main.ts',
  // A thread of dr-webhook's.
  'dr-webhook-reader': 'webhook/reader/main.ts',
  sandbox: 'sandbox/main.ts',
};

/** Executables in dist/bin: the application each starts, and words put before the user's. */
const launchers: Record<string, { application: string; firstWords?: string }> = {
  'kubectl-dr': { application: 'kubectl-dr' },
  'kubectl_complete-dr': { application: 'kubectl-dr', firstWords: '__complete' },
  'dr-controller': { application: 'dr-controller' },
  'dr-webhook': { application: 'dr-webhook' },
};

/**
 * client-node has no `sideEffects` field, so importing its KubeConfig would bring all 750 generated models. Loading its
 * modules changes nothing but their own exports: what is not used may be dropped.
 */
const treeShakeClientNode: Plugin = {
  name: 'tree-shake-client-node',
  setup({ onResolve, resolve }) {
    onResolve(
      { filter: /^(@kubernetes\/client-node|\.)/ },
      async ({ path, importer, pluginData, ...rest }) => {
        const isClientNode =
          /^@kubernetes\/client-node/.test(path) || /@kubernetes\/client-node\//.test(importer);
        if (pluginData === treeShakeClientNode || !isClientNode) return undefined;
        const { kind, namespace, resolveDir } = rest;
        const found = await resolve(path, {
          importer,
          kind,
          namespace,
          resolveDir,
          pluginData: treeShakeClientNode,
        });
        return { ...found, sideEffects: false };
      },
    );
  },
};

/** yargs and cli-table3 measure texts with string-width, which costs 20 ms at every start; ours does what they need. */
const lightStringWidth: Plugin = {
  name: 'light-string-width',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ kind }) => ({ path: kind, namespace: 'light' }));
    onLoad({ filter: /.*/, namespace: 'light' }, ({ path: kind }) => ({
      contents:
        kind === 'require-call'
          ? "module.exports = require('./plugin/output/display-width.ts').displayWidth;"
          : "export { displayWidth as default } from './plugin/output/display-width.ts';",
      resolveDir: root,
      loader: 'ts',
    }));
  },
};

/**
 * `import … from 'node:http'` makes Node read every export at once, and one of them loads its whole fetch client: 15 ms.
 * `require` reads what is used. esbuild writes each import of a module of Node's as one statement of the chunk.
 */
const requireBuiltins = (chunk: string): string =>
  chunk.replaceAll(
    /\bimport\s*(?:([\w$]+)\s*,?\s*)?(?:\{([^}]*)\}|\*\s*as\s+([\w$]+))?\s*from\s*"((?:node:)?[a-z_0-9/]+)";/g,
    (statement, byDefault?: string, named?: string, namespace?: string, name = '') => {
      if (!builtinModules.includes(name.replace(/^node:/, ''))) return statement;
      const whole = [byDefault, namespace].filter((local) => local !== undefined);
      const parts = named === undefined ? [] : [`{${named.replaceAll(/\s+as\s+/g, ':')}}`];
      return `var ${[...whole, ...parts].map((local) => `${local}=require("${name}")`).join(',')};`;
    },
  );

const bundle: BuildOptions = {
  absWorkingDir: root,
  outdir: join(dist, 'lib'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: `node${oldestNode}`,
  mainFields: ['module', 'main'],
  // Its build for browsers is the one of ES modules: named exports of a lazy import, and nothing that is not used.
  alias: { yaml: join(root, 'node_modules/yaml/browser/dist/index.js') },
  minifySyntax: true,
  minifyWhitespace: true,
  // All of them are in THIRD-PARTY-NOTICES.
  legalComments: 'none',
  metafile: true,
  // CommonJS packages inside of ES modules call `require` for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  plugins: [treeShakeClientNode, lightStringWidth],
  logLevel: 'warning',
};

/** Runs in any Node.js since 14.18, so that an old one gets a sentence instead of a syntax error. */
const starter = (name: string): string => `import * as module from 'node:module';
if (Number.parseInt(process.versions.node, 10) < ${oldestNode}) {
  process.stderr.write('error: ${name} needs Node.js ${oldestNode} or newer and found ' + process.version + ' (' + process.execPath + '); install a newer Node.js and put it first on PATH\\n');
  process.exit(1);
}
module.enableCompileCache?.();
await import('./${name}-main.mjs');
`;

/** No process besides Node itself is started unless the launcher was called through a symbolic link. */
const launcher = (name: string, application: string, firstWords?: string): string => `#!/bin/sh
# Starts ${name} with the Node.js of this package where it is installed, else with the one on PATH.
self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=\${self%/*}/$link ;;
  esac
done
case $self in
  */*) here=\${self%/*} ;;
  *) here=. ;;
esac
# A closed output becomes one that cannot be written: Node would put /dev/null in its place, and everything would seem to arrive.
{ true 3>&1; } 2>/dev/null || exec 1</dev/null
true 3>&2 || exec 2</dev/null
node=$here/../../node_modules/node/bin/node
if [ ! -x "$node" ]; then
  node=node
  command -v node >/dev/null 2>&1 || {
    echo "error: ${name} needs Node.js ${oldestNode} or newer and there is no node on PATH; install it from https://nodejs.org" >&2
    exit 1
  }
fi
exec "$node" "$here/../lib/${application}.mjs"${firstWords === undefined ? '' : ` ${firstWords}`} "$@"
`;

const present = Object.entries(applications).filter(([, source]) => existsSync(join(root, source)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

rmSync(dist, { recursive: true, force: true });
try {
  const { metafile } = await build({
    ...bundle,
    define: { 'globalThis.kubectlDrVersion': JSON.stringify(version) },
    entryPoints: present.map(([name, source]) => ({ in: source, out: `${name}-main` })),
  });
  if (metafile === undefined) throw new Error('esbuild does not say what is in the bundles');
  writeFileSync(join(dist, 'THIRD-PARTY-NOTICES'), renderNotices(bundledPackages(root, metafile)));
  for (const file of readdirSync(join(dist, 'lib'))) {
    const path = join(dist, 'lib', file);
    writeFileSync(path, requireBuiltins(readFileSync(path, 'utf8')));
  }
  for (const [name] of present) writeFileSync(join(dist, 'lib', `${name}.mjs`), starter(name));
  mkdirSync(join(dist, 'bin'), { recursive: true });
  for (const [name, { application, firstWords }] of Object.entries(launchers)) {
    if (!present.some(([there]) => there === application)) continue;
    const path = join(dist, 'bin', name);
    writeFileSync(path, launcher(name, application, firstWords));
    chmodSync(path, 0o755);
  }
  const old = join(root, `dist.old-${process.pid}`);
  if (existsSync(finalDirectory)) renameSync(finalDirectory, old);
  renameSync(dist, finalDirectory);
  rmSync(old, { recursive: true, force: true });
} finally {
  rmSync(dist, { recursive: true, force: true });
}
