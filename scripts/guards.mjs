import { run } from './child.mjs'
import { withLock } from './lock.mjs'
import { toolPath } from './workspace.mjs'

/**
 * @typedef {object} Guard
 * @property {string} name
 * @property {() => Promise<{ code: number, output: string }>} check a code other than 0 says that it failed, the output why
 */

/**
 * Runs the commands one after the other, all of them, and puts their outputs together.
 * @param {...[string, ...string[]]} commands
 * @returns {Promise<{ code: number, output: string }>}
 */
async function runAll(...commands) {
  let code = 0
  let output = ''
  for (const [tool, ...args] of commands) {
    const ended = await run(tool === 'node' ? process.execPath : toolPath(tool), args)
    if (ended.code === 0) continue
    code = ended.code
    output += `$ ${tool} ${args.join(' ')}\n${ended.output}\n`
  }
  return { code, output }
}

const turbo = (/** @type {string[]} */ ...tasks) =>
  /** @type {[string, ...string[]]} */ (['turbo', 'run', ...tasks, '--continue', '--output-logs=errors-only'])

/** @type {readonly Guard[]} */
export const guards = [
  {
    name: 'build and packaging',
    // Two commands at once must not clean the same dist/ under each other's hands.
    check: () => withLock('build', () => runAll(turbo('build'), ['node', 'scripts/check-packages.mjs'])),
  },
  { name: 'type check', check: () => runAll(['tsc', '-p', 'tsconfig.packages.json'], ['tsc', '-p', '.']) },
  {
    name: 'lint and format',
    check: () => runAll(['biome', 'check', '.', '--error-on-warnings', '--max-diagnostics=none']),
  },
  {
    name: 'import direction and cycles',
    check: () => runAll(['depcruise', '--config', '.dependency-cruiser.mjs', 'packages', 'apps']),
  },
  { name: 'unused code', check: () => runAll(['knip', '--no-progress', '--no-config-hints']) },
]
