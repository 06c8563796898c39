// The arrows between the rooms. `npm run arrows` fails when one points the wrong way.
const room = (name) => `^${name}/`;

/** A room may import only the rooms listed; its own files are always allowed. */
const mayImport = (name, allowed) => ({
  name: `${name}-imports-only-${allowed.join('-and-') || 'itself'}`,
  severity: 'error',
  from: { path: room(name) },
  to: {
    path: '^(core|kube|csi|controller|plugin|webhook|sandbox|test|scripts)/',
    pathNot: [name, ...allowed].map(room),
  },
});

/** Only the given files may import a package. */
const door = (packageName, openers) => ({
  name: `only-${openers.join('-and-').replaceAll(/[^a-z-]/g, '')}-imports-${packageName.replaceAll(/[^a-z]/g, '')}`,
  severity: 'error',
  from: { path: '^(core|kube|csi|controller|plugin|webhook|sandbox)/', pathNot: openers },
  to: { path: `node_modules/${packageName}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    mayImport('core', []),
    mayImport('csi', []),
    mayImport('kube', ['core']),
    mayImport('controller', ['core', 'kube', 'csi']),
    mayImport('webhook', ['core', 'kube']),
    mayImport('sandbox', ['core', 'kube', 'csi']),
    mayImport('plugin', ['core', 'kube', 'sandbox']),
    {
      name: 'core-does-no-io',
      severity: 'error',
      from: { path: room('core') },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'plugin-reaches-clusters-only-through-its-lazy-door',
      severity: 'error',
      from: { path: room('plugin'), pathNot: '^plugin/door/' },
      to: { path: '^(kube|sandbox)/', dependencyTypesNot: ['type-only'] },
    },
    door('@kubernetes/client-node', ['^kube/']),
    door('yargs', ['^plugin/', '^controller/flags', '^webhook/flags']),
    door('cli-table3', ['^plugin/output/table']),
    door('@grpc/grpc-js', ['^csi/', '^controller/driver/', '^sandbox/']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
