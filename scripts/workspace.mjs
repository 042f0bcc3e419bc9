import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository, an absolute path without a slash at the end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '')

// The same three as in pnpm-workspace.yaml, which a script without dependencies cannot parse.
const parents = ['packages', 'apps', 'apps/examples']

/**
 * Every folder of the workspace that holds a package.json, relative to the root, in name order.
 * @returns {string[]}
 */
export function workspaceFolders() {
  return parents
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
}

/**
 * A package.json as it stands on the disk.
 * @param {string} folder relative to the root
 * @returns {{ name: string, version: string, private?: boolean, dependencies?: Record<string, string>, devDependencies?: Record<string, string>, bin?: Record<string, string> }}
 */
export function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

/**
 * The path of an installed command.
 * @param {string} name
 */
export function toolPath(name) {
  return join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.CMD` : name)
}

/**
 * The environment for tools: the project's own commands come first on PATH (turbo looks for pnpm there), and no tool
 * reports home.
 * @param {Record<string, string>} [more]
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(more = {}) {
  const bin = join(root, 'node_modules', '.bin')
  return {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    ...more,
  }
}

/** The arguments for Node with which it runs the packages' TypeScript as it lies in `src/`, without a build. */
export function sourceArguments() {
  return ['--conditions=@stateward/source', '--import', import.meta.resolve('tsx')]
}
