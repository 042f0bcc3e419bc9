// Which way imports may go. The layers are those of ARCHITECTURE.md: down only, never sideways, never up.

const layers = [
  ['contract'],
  ['actor', 'query', 'index', 'storage-[^/]+', 'domain', 'csv', 'conformance'],
  ['client'],
  ['core'],
  ['http', 'worker', 'replica', 'otel'],
  ['stateward'],
]

// Inside a package the same: a folder of its src/ may import the folders above it in this list. Each has its sentence in ARCHITECTURE.md.
const folders = {
  query: ['values', 'validation', 'planning', 'results', 'building'],
  index: ['images', 'keys', 'sorting', 'ids', 'lists', 'indexes', 'integrity'],
  core: [
    ...['validation', 'scheduling', 'log', 'records', 'state', 'snapshots', 'deciding', 'querying', 'observation'],
    ...['recovery', 'history', 'reading', 'subscriptions', 'writing', 'lifecycle', 'transactions', 'compaction'],
    ...['integrity', 'caretakers', 'manager'],
  ],
  'storage-jsonl': [
    ...['environment', 'format', 'files', 'scanning', 'manifest', 'locking', 'caches', 'reading', 'appending'],
    ...['recovery', 'maintenance', 'repair', 'salvage', 'storage'],
  ],
}
const entryPoints = ['index.ts', 'testing.ts', 'main.ts']

/** @param {readonly string[]} names */
const named = (names) => `^packages/(${names.join('|')})/`
const packageOf = '^packages/([^/]+)/'
const source = '^packages/([^/]+)/src/'

/** A package may import itself and the layers below its own; only its tests may also import the published suites. */
/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const downOnly = layers.flatMap((names, level) => {
  const sameOrAbove = layers.slice(level).flat()
  return [
    {
      name: `layer-${level}-imports-down`,
      comment: `${names.join(', ')} may import only what lies below layer ${level}: never sideways, never up.`,
      severity: 'error',
      from: { path: `^packages/(${names.join('|')})/(?!test/)` },
      to: { path: named(sameOrAbove), pathNot: '^packages/$1/' },
    },
    {
      name: `layer-${level}-tests-import-down`,
      comment: `The tests of ${names.join(', ')} may import what lies below layer ${level}, and the conformance suites.`,
      severity: 'error',
      from: { path: `^packages/(${names.join('|')})/test/` },
      to: { path: named(sameOrAbove), pathNot: ['^packages/$1/', '^packages/conformance/'] },
    },
  ]
})

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const foldersDownOnly = Object.entries(folders).flatMap(([name, order]) => {
  const src = `^packages/${name}/src/`
  return [
    ...order.slice(0, -1).map((folder, level) => ({
      name: `folder-${name}-${folder}-imports-down`,
      comment: `${folder} may import only the folders that stand before it in the list at the top of .dependency-cruiser.mjs.`,
      severity: /** @type {const} */ ('error'),
      from: { path: `${src}${folder}/` },
      to: { path: `${src}(${order.slice(level + 1).join('|')})/` },
    })),
    {
      name: `known-folder-of-${name}`,
      comment:
        'A file lies in one of the folders that .dependency-cruiser.mjs lists at its top, and not in a folder of that. ' +
        'Only what the package shows to others lies directly in src/, and a folder has no index.ts of its own.',
      severity: /** @type {const} */ ('error'),
      from: {},
      to: { path: src, pathNot: `${src}((${order.join('|')})/(?!index\\.ts$)[^/]+|${entryPoints.join('|')})$` },
    },
  ]
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...downOnly,
    ...foldersDownOnly,
    {
      name: 'known-layer',
      comment: 'A new package needs a place in the layers: name it at the top of .dependency-cruiser.mjs.',
      severity: 'error',
      from: { path: '^(packages|apps)/' },
      to: { path: packageOf, pathNot: named(layers.flat()) },
    },
    {
      name: 'contract-and-actor-import-nothing',
      comment: 'The contract is what a stranger must be able to read alone, and the actor knows nothing of state.',
      severity: 'error',
      from: { path: '^packages/(contract|actor)/src/' },
      to: { pathNot: '^packages/$1/src/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or three. Types count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-own-index',
      comment: 'index.ts and testing.ts are what a package shows to others. Import the file that holds the thing.',
      severity: 'error',
      from: { path: source },
      to: { path: '^packages/$1/src/(index|testing)\\.ts$' },
    },
    {
      name: 'through-the-front-door',
      comment:
        'Import another package by its name, not by a path into it. Planted bugs are looked for with the storage’s own rigs, and whole stores are compared with the core’s own model, in one process and in killed ones, and answers with what the query language’s own tests read in the words of a query, which nobody else needs.',
      severity: 'error',
      from: {
        path: '^(packages/[^/]+|apps/examples/[^/]+|apps/[^/]+)/',
        pathNot: '^packages/(stateward/test/(planted|model|kill-nine)|core/test/differential)/',
      },
      to: {
        path: '^packages/[^/]+/',
        pathNot: ['^$1/', '^packages/[^/]+/src/(index|testing)\\.ts$', '/package\\.json$'],
      },
    },
    {
      name: 'nobody-imports-an-app',
      comment: 'Apps name concrete packages; nothing names an app.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|apps/examples/[^/]+|apps/[^/]+)/' },
      to: { path: '^apps/', pathNot: '^$1/' },
    },
    {
      name: 'disk-only-where-it-belongs',
      comment:
        'Files are the business of storage-jsonl and of the ready-made composition; the rest is given a disk. ' +
        'Two files of core have one in hand: the export of a snapshot, and its way back, which no storage has a part in.',
      severity: 'error',
      from: { path: source, pathNot: '^packages/(storage-jsonl/|stateward/|core/src/snapshots/export(-bytes)?\\.ts$)' },
      to: { path: '^(node:)?(fs|fs/promises|child_process)$' },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: '/(dist|node_modules/\\.[^/]+|coverage)/' },
    // Sees `import type` too.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@stateward/source', 'types', 'node', 'import', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
}
