// Run in a package's folder after its build: packs it as it would be published, and lets publint and
// are-the-types-wrong look at what was packed; then imports it as a
// stranger's program would, from dist/, and asks each of its commands for help.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './child.mjs'
import { toolPath } from './workspace.mjs'

const cwd = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'stateward-pack-'))

/** @param {string} command @param {string[]} args */
async function step(command, ...args) {
  const ended = await run(command, args, { cwd })
  if (ended.code === 0) return
  console.error(`$ ${command} ${args.join(' ')}\n${ended.output}`)
  process.exitCode = 1
}

try {
  await step(toolPath('pnpm'), 'pack', '--pack-destination', folder)
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  if (tarball !== undefined) {
    const packed = join(folder, tarball)
    await step(toolPath('publint'), 'run', packed, '--strict')
    await step(toolPath('attw'), packed, '--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii')
  }
  const { name, bin } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'))
  await step(process.execPath, '--input-type=module', '--eval', `await import(${JSON.stringify(name)})`)
  for (const command of Object.values(bin ?? {})) await step(process.execPath, command, '--help')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
