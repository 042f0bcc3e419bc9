import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import type { TestModule } from 'vitest/node'
import { run } from '../scripts/child.mjs'
import { withLock } from '../scripts/lock.mjs'
import { root, workspaceFolders } from '../scripts/workspace.mjs'
import { SummaryLine } from './summary-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'stateward-scripts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the Node that runs', () => {
  const answer = (version: string) => {
    const module = JSON.stringify(join(root, 'scripts/require-node.mjs'))
    const code = `import(${module}).then((m) => m.requireNode('${version}'))`
    return spawnSync(process.execPath, ['--eval', code], { encoding: 'utf8' })
  }

  test.each(['20.18.3', '18.20.8', '4.9.1'])('%s is refused with a sentence', (version) => {
    const { status, stderr } = answer(version)
    expect(status).toBe(1)
    expect(stderr).toContain(`Stateward needs Node 20.19 or newer; this is Node ${version}.`)
  })

  test.each(['20.19.0', '22.0.0', '100.1.0'])('%s is accepted', (version) => {
    const { status, stderr } = answer(version)
    expect([status, stderr]).toEqual([0, ''])
  })
})

describe('a child’s end', () => {
  const node = (code: string) => run(process.execPath, ['--eval', code])

  test('its code and all it said', async () => {
    const ended = await node("console.log('out'); console.error('err'); process.exitCode = 3")
    expect(ended.code).toBe(3)
    expect(ended.output.split('\n').sort()).toEqual(['', 'err', 'out'])
  })

  test('a signal', async () => expect((await node("process.kill(process.pid, 'SIGKILL')")).code).toBe(128 + 9))

  test('a command that is not there', async () => {
    const ended = await run(join(folder, 'absent'), [])
    expect(ended.code).toBe(127)
    expect(ended.output).toContain('could not be started')
  })
})

describe('the lock', () => {
  const lockPath = (name: string): string => join(root, 'node_modules', `.stateward-${name}.lock`)

  test('lets one in at a time, and is gone afterwards', async () => {
    const name = `test-${randomUUID()}`
    let inside = 0
    let most = 0
    const work = async (): Promise<number> => {
      inside += 1
      most = Math.max(most, inside)
      await turn()
      await turn()
      inside -= 1
      return inside
    }
    expect(await Promise.all([withLock(name, work), withLock(name, work), withLock(name, work)])).toEqual([0, 0, 0])
    expect(most).toBe(1)
    expect(existsSync(lockPath(name))).toBe(false)
  })

  test('is given back when the work fails', async () => {
    const name = `test-${randomUUID()}`
    await expect(withLock(name, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(existsSync(lockPath(name))).toBe(false)
  })

  test('of a dead holder is taken over', async () => {
    const name = `test-${randomUUID()}`
    const { pid } = spawnSync(process.execPath, ['--eval', ''])
    writeFileSync(lockPath(name), JSON.stringify({ pid, host: hostname(), token: 'old' }))
    expect(await withLock(name, () => Promise.resolve('in'))).toBe('in')
  })
})

test('the workspace is what pnpm-workspace.yaml says', () => {
  const yaml = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const parents = [...yaml.matchAll(/^ {2}- (.+)\/\*$/gm)].map((match) => match[1])
  expect([...new Set(workspaceFolders().map((path) => path.slice(0, path.lastIndexOf('/'))))].sort()).toEqual(
    parents.sort(),
  )
})

describe('the counts', () => {
  const module = (states: readonly string[], errors: readonly unknown[] = []) =>
    ({
      errors: () => errors,
      children: { allTests: () => states.map((state) => ({ result: () => ({ state }) })) },
    }) as unknown as TestModule

  test.each([
    ['tests', [module(['passed', 'passed']), module(['failed', 'skipped'])], [], { passed: 2, failed: 1, skipped: 1 }],
    ['a file that did not load', [module([], ['syntax'])], [], { passed: 0, failed: 1, skipped: 0 }],
    ['an error outside any test', [module(['passed'])], ['unhandled'], { passed: 1, failed: 1, skipped: 0 }],
    ['a test that never ended', [module(['pending'])], [], { passed: 0, failed: 0, skipped: 1 }],
  ])('%s', (_, modules, errors, expected) => {
    const file = join(folder, `${randomUUID()}.json`)
    const before = process.env.STATEWARD_TEST_COUNTS
    process.env.STATEWARD_TEST_COUNTS = file
    try {
      new SummaryLine().onTestRunEnd(modules, errors)
    } finally {
      if (before === undefined) delete process.env.STATEWARD_TEST_COUNTS
      else process.env.STATEWARD_TEST_COUNTS = before
    }
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(expected)
  })
})

describe('.ci/run', () => {
  const ci = (npm: string) => {
    const tree = mkdtempSync(join(folder, 'ci-'))
    mkdirSync(join(tree, '.ci'))
    mkdirSync(join(tree, 'bin'))
    copyFileSync(join(root, '.ci/run'), join(tree, '.ci/run'))
    writeFileSync(join(tree, 'bin/npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 })
    const env = { ...process.env, PATH: `${join(tree, 'bin')}${delimiter}${process.env.PATH}` }
    const { status, stdout } = spawnSync('bash', ['.ci/run'], { cwd: tree, env, encoding: 'utf8' })
    return { status, lines: stdout.trim().split('\n') }
  }

  test('passes the line and the code on', () => {
    expect(ci('echo a; echo "3 passed, 0 failed, 1 skipped"')).toEqual({
      status: 0,
      lines: ['a', '3 passed, 0 failed, 1 skipped'],
    })
    expect(ci('echo "2 passed, 1 failed, 0 skipped"; exit 1')).toEqual({
      status: 1,
      lines: ['2 passed, 1 failed, 0 skipped'],
    })
  })

  test('counts a run that was cut short as failed', () => {
    expect(ci('echo half; kill -9 $$')).toEqual({ status: 137, lines: ['half', '0 passed, 1 failed, 0 skipped'] })
    expect(ci('echo half')).toEqual({ status: 1, lines: ['half', '0 passed, 1 failed, 0 skipped'] })
  })
})
