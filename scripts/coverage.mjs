// `npm run coverage`: which branches of the storage, and of the core's code for recovery and for writing, the tests of these
// two packages take. Rigs run at a twentieth of their counts unless STATEWARD_TEST_SCALE says otherwise. Left out are those
// that need a real machine, in processes of their own, and those that run the storage with mistakes planted in it. More
// arguments go to vitest.
import { run, stopOnSignals } from './child.mjs'
import { toolEnvironment, toolPath } from './workspace.mjs'

const core = [
  ...['replay', 'log-pump', 'terms', 'term', 'checkpoint-file', 'checkpoints', 'load-checkpoint', 'save-checkpoint'],
  ...['guarded-storage', 'storage-error', 'write', 'write-actor', 'deciding', 'undecided'],
]
const included = ['packages/storage-jsonl/src/**', ...core.map((name) => `packages/core/src/${name}.ts`)]
const leftOut = ['**/machine/**', '**/mutants.test.ts', '**/bytes-*.test.ts']

stopOnSignals()
const ended = await run(
  toolPath('vitest'),
  [
    ...['run', '--project', 'storage-jsonl', '--project', 'core', '--coverage', '--coverage.reporter=text'],
    ...included.map((path) => `--coverage.include=${path}`),
    ...leftOut.map((path) => `--exclude=${path}`),
    ...process.argv.slice(2),
  ],
  { env: toolEnvironment({ STATEWARD_TEST_SCALE: process.env.STATEWARD_TEST_SCALE ?? '0.05' }), show: true },
)
process.exitCode = ended.code
