// Run after a build: packs every package as it would be published, and lets publint and are-the-types-wrong look at what
// was packed; then imports each as a stranger's program would, from dist/, and asks each of its commands for help.
// All in one process, because starting the two tools takes longer than what they look at.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { run } from './child.mjs'
import { manifestOf, root, toolPath, workspaceFolders } from './workspace.mjs'

// The packages are modules only, so nothing is asked of who requires them or resolves as Node 10 did.
const ignoredResolutions = ['node10', 'node16-cjs']

/** @param {string} name @param {string} problem */
function complain(name, problem) {
  console.error(`${name}: ${problem}`)
  process.exitCode = 1
}

/** @param {string} name @param {Buffer} packed */
async function checkContents(name, packed) {
  const tarball = new Uint8Array(packed).buffer
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
  for (const message of messages) {
    if (message.type === 'error') complain(name, formatMessage(message, pkg, { color: false }) ?? message.code)
  }
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)))
  for (const problem of analysis.types === false ? [] : analysis.problems) {
    if ('resolutionKind' in problem && ignoredResolutions.includes(problem.resolutionKind)) continue
    complain(name, JSON.stringify(problem))
  }
}

/** @param {string} name @param {string} cwd @param {...string} args */
async function runNode(name, cwd, ...args) {
  const ended = await run(process.execPath, args, { cwd })
  if (ended.code !== 0) complain(name, `$ node ${args.join(' ')}\n${ended.output}`)
}

const folder = mkdtempSync(join(tmpdir(), 'stateward-pack-'))
try {
  const packing = await run(toolPath('pnpm'), ['-r', '--filter', './packages/*', 'pack', '--pack-destination', folder])
  if (packing.code !== 0) complain('pnpm pack', packing.output)
  for (const path of workspaceFolders().filter((path) => path.startsWith('packages/'))) {
    const { name, version, bin = {} } = manifestOf(path)
    const cwd = join(root, path)
    await checkContents(name, readFileSync(join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)))
    await runNode(name, cwd, '--input-type=module', '--eval', `await import(${JSON.stringify(name)})`)
    for (const command of Object.values(bin)) await runNode(name, cwd, command, '--help')
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
