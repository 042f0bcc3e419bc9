import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Output } from '../src/progress.ts'
import { runTracker } from '../src/run-tracker.ts'
import type { SourceChange } from '../src/source.ts'
import { smallHistory } from './small-history.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Runs the program in this process, with ears for outputs and a clock that stands still. */
async function run(...args: readonly string[]): Promise<{ code: number; said: string; complained: string }> {
  const heard = { out: '', err: '' }
  const ear = (name: keyof typeof heard): Output => ({
    write: (text) => {
      heard[name] += text
    },
  })
  const code = await runTracker(args, { out: ear('out'), err: ear('err'), now: () => 0 })
  return { code, said: heard.out, complained: heard.err }
}

function smallData(changes: readonly SourceChange[] = smallHistory): string {
  const folder = temporaryFolder()
  const issues = smallHistory.flatMap((change) => (change.op === 'create' ? [change.data] : [])).slice(0, 3)
  const write = (name: string, values: readonly unknown[]): void =>
    writeFileSync(join(folder, name), gzipSync(values.map((value) => `${JSON.stringify(value)}\n`).join('')))
  write('issues.jsonl.gz', issues)
  write('changes.jsonl.gz', changes)
  return folder
}

test('the program imports, replays, verifies and reopens, and says how to look at the log', async () => {
  const dir = join(temporaryFolder(), 'stores')
  const { code, said, complained } = await run(smallData(), '--dir', dir)
  expect({ code, complained }).toEqual({ code: 0, complained: '' })
  expect(said).toContain('Import of 3 records')
  expect(said).toContain('Replay of 12 of its real changes')
  expect(said).toContain('creates: 4, of which after a deletion: 1')
  expect(said.match(/verify ok/g)).toHaveLength(4)
  expect(said.match(/each as it was/g)).toHaveLength(2)
  expect(said).toContain(`cat ${join(dir, 'replayed')}/log-*.jsonl | jq`)
  expect(readdirSync(dir).sort()).toEqual(['imported', 'replayed'])
})

test('with --memory it writes no file', async () => {
  const { code, said } = await run(smallData(), '--memory')
  expect(code).toBe(0)
  expect(said.match(/verify ok/g)).toHaveLength(2)
  expect(said).not.toContain('jq')
})

test('a change that is refused ends the program with 1 and is named', async () => {
  const { code, complained } = await run(smallData([...smallHistory, ...smallHistory]), '--memory')
  expect(code).toBe(1)
  expect(complained).toMatch(/^change 13 \(create a\): /)
})

test('asked for help it gives it', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, said: expect.stringContaining('--memory'), complained: '' })
})

test('what is wrong with the command line or a folder is said, with 2', async () => {
  const full = temporaryFolder()
  mkdirSync(join(full, 'something'))
  const cases = [
    { args: ['--nonsense'], says: '--nonsense' },
    { args: ['one', 'two'], says: 'one data folder is enough' },
    { args: [temporaryFolder()], says: 'expected issues.jsonl.gz and changes.jsonl.gz in' },
    { args: [smallData(), '--dir', full], says: 'expected an empty folder' },
    { args: ['--memory', '--dir', full], says: 'exclude each other' },
  ]
  for (const { args, says } of cases) {
    const { code, complained } = await run(...args)
    expect(complained).toContain(says)
    expect(code).toBe(2)
  }
})

test('as a command of its own it hears its arguments and sets its exit code', () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const command = ['--conditions=@stateward/source', '--import', import.meta.resolve('tsx'), main]
  const refused = spawnSync(process.execPath, [...command, '--nonsense'], { encoding: 'utf8' })
  expect(refused).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('--memory') })
})
