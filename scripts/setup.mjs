import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { run } from './child.mjs'
import { withLock } from './lock.mjs'
import { heartbeat, say, sayDone } from './progress.mjs'
import { manifestOf, root, toolEnvironment, toolPath, workspaceFolders } from './workspace.mjs'

const stampPath = join(root, 'node_modules', '.stateward-setup')

/**
 * Brings `node_modules` to what the lockfile says; at once when it is there already. Rejects with a clear message when
 * the installation fails.
 * @returns {Promise<void>}
 */
export async function setUp() {
  const started = performance.now()
  const there = () => sayDone(true, 'set-up: dependencies are there', performance.now() - started)
  if (isDone()) return there()
  await withLock('setup', async () => (isDone() ? there() : install()))
}

/**
 * Builds every package whose sources changed since its last build; at once when none did. Rejects with what the build
 * said when it fails.
 * @returns {Promise<void>}
 */
export async function build() {
  const started = performance.now()
  const stop = heartbeat(() => 'building')
  const args = ['run', 'build', '--output-logs=errors-only']
  const { code, output } = await withLock('build', () => run(toolPath('turbo'), args)).finally(stop)
  if (code !== 0) throw new Error(`${output}\nThe packages could not be built (turbo ended with ${code}).`)
  sayDone(
    true,
    'set-up: packages built',
    performance.now() - started,
    output.includes('FULL TURBO') ? 'nothing changed' : '',
  )
}

async function install() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  say(`set-up: installing the dependencies of the lockfile with ${packageManager} (about 20 s the first time)`)
  const wanted = stamp()
  rmSync(stampPath, { force: true })
  let last = ''
  const stop = heartbeat(() => `installing${last === '' ? '' : `: ${last}`}`)
  const onOutput = (/** @type {string} */ text) => {
    last = text.trim().split('\n').at(-1)?.slice(0, 100) ?? last
  }
  const [command, args] = installCommand(packageManager)
  const ended = await run(command, args, { env: installEnvironment(), onOutput }).finally(stop)
  if (ended.code !== 0) throw new Error(installFailure(ended.output, ended.code))
  writeFileSync(stampPath, wanted)
  sayDone(true, 'set-up: dependencies installed', ended.ms)
}

/**
 * The installed pnpm where it is the right one, otherwise a fresh one through npx: a machine with only Node has that.
 * @param {string} packageManager
 * @returns {[string, string[]]}
 */
function installCommand(packageManager) {
  const args = ['install', '--frozen-lockfile']
  const manifest = join(root, 'node_modules', 'pnpm', 'package.json')
  if (existsSync(manifest) && existsSync(toolPath('pnpm'))) {
    const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'))
    if (`${name}@${version}` === packageManager) return [toolPath('pnpm'), args]
  }
  return [process.platform === 'win32' ? 'npx.cmd' : 'npx', ['-y', packageManager, ...args]]
}

/** pnpm and npx keep a store below HOME: where there is none that can be written, one inside node_modules will do. */
function installEnvironment() {
  const home = process.env.HOME || homedirOrEmpty()
  if (home !== '' && isWritable(home)) return toolEnvironment({ HOME: home })
  const spare = join(root, 'node_modules', '.home')
  mkdirSync(spare, { recursive: true })
  // An npm that runs this has already decided where its cache is, and tells its children.
  return toolEnvironment({ HOME: spare, npm_config_cache: join(spare, '.npm') })
}

function homedirOrEmpty() {
  try {
    return homedir()
  } catch {
    return ''
  }
}

/** @param {string} folder */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Everything that decides what an installation brings: the lockfile, pnpm's settings, every package.json, the platform. */
function stamp() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`)
  const folders = workspaceFolders()
  for (const file of [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    ...folders.map((f) => `${f}/package.json`),
  ]) {
    hash.update(`\n${file}\n`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

function isDone() {
  if (!existsSync(stampPath) || readFileSync(stampPath, 'utf8') !== stamp()) return false
  return workspaceFolders().every((folder) => {
    const { dependencies = {}, devDependencies = {} } = manifestOf(folder)
    const needs = Object.keys({ ...dependencies, ...devDependencies })
    return needs.every((name) => existsSync(join(root, folder, 'node_modules', name)))
  })
}

/** @param {string} output @param {number} code */
function installFailure(output, code) {
  const advice = output.includes('OUTDATED_LOCKFILE')
    ? 'A package.json asks for something that pnpm-lock.yaml does not hold: run `npx pnpm install` and commit both.'
    : 'The dependencies could not be installed. Is the package registry within reach, and this folder writable?'
  return `${output}\n${advice} (pnpm ended with ${code})`
}
