import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openState } from 'stateward'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundled } from './bundled.ts'
import { answerOf, freshFolder, freshStore, madeFolder, run } from './run-stateward.ts'

let compiled = ''
let main = ''

beforeAll(async () => {
  compiled = madeFolder()
  main = await bundled(fileURLToPath(new URL('../src/main.ts', import.meta.url)), compiled, { readsBeside: true })
})
afterAll(() => rm(compiled, { recursive: true, force: true }))

interface Started {
  readonly child: ChildProcess
  readonly out: () => string
  readonly err: () => string
  readonly ended: Promise<number | NodeJS.Signals>
}

/** The command as a process of its own. */
function start(cwd: string, args: readonly string[]): Started {
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  return { child, out: () => out, err: () => err, ended }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}

// Starting processes takes its time where many others run.
const timeout = 240_000

describe('the command as a process', { timeout }, () => {
  test('reads a pipe, writes, and ends with its exit code', async () => {
    const folder = freshFolder()
    const init = start(folder, ['init'])
    expect([await init.ended, init.out(), init.err()]).toEqual([
      0,
      'made a store in ./.stateward\n',
      'next: stateward create plan name="Ship 1.0"\n',
    ])
    const importing = start(folder, ['import', '-', '--type', 'plan'])
    importing.child.stdin?.end('{"name":"a"}\n{"name":1}\n')
    expect([await importing.ended, importing.out().split('\n')[0]]).toEqual([1, '2 lines: 1 created, 1 refused'])
    const wrong = start(folder, ['lst'])
    expect([await wrong.ended, wrong.out(), wrong.err()]).toEqual([2, '', expect.stringMatching(/^USAGE .*list/)])
  })

  test('tail -f ends well on Ctrl-C', async () => {
    const { folder, sw } = await freshStore()
    await sw('create', 'plan', 'name=seen')
    const tailing = start(folder, ['tail', '-f'])
    await until(() => tailing.out().includes('seen'))
    tailing.child.kill('SIGINT')
    expect([await tailing.ended, tailing.err()]).toEqual([0, ''])
  })

  test('whoever reads its output may go away', async () => {
    const { folder } = await freshStore()
    const rows = Array.from({ length: 3_000 }, (_, at) => JSON.stringify({ name: `row ${at} ${'x'.repeat(100)}` }))
    await answerOf(run(folder, ['import', '-', '--type', 'plan', '--json'], { stdin: rows.join('\n') }))
    for (const args of [['list', 'plan', '--json'], ['export'], ['tail', '--since', '1']]) {
      const child = start(folder, args)
      child.child.stdout?.once('data', () => child.child.stdout?.destroy())
      expect([args, await child.ended, child.err()]).toEqual([args, 0, ''])
    }
  })

  test('a held store: writing is LOCKED with pid and host, looking goes on', async () => {
    const { folder } = await freshStore()
    await using state = await openState(join(folder, '.stateward'))
    await state.plan.create({ name: 'held' })
    await state.flush()
    for (const verb of [['create', 'plan', 'name=x'], ['compact'], ['init'], ['import', '-']]) {
      const refused = await run(folder, [...verb, '--json'])
      expect({ verb, code: refused.code }).toEqual({ verb, code: 3 })
      expect(JSON.parse(refused.err)).toMatchObject({
        code: 'LOCKED',
        retryable: true,
        message: expect.stringContaining(String(process.pid)),
        details: { pid: process.pid, host: hostname() },
      })
    }
    const looks = [
      ['list', 'plan'],
      ['stats'],
      ['tail'],
      ['verify'],
      ['export'],
      ['create', 'plan', 'name=x', '--dry-run'],
    ]
    for (const look of looks) expect({ look, code: (await run(folder, look)).code }).toEqual({ look, code: 0 })
    expect(await state.plan.create({ name: 'undisturbed' })).toMatchObject({ rev: 1 })
  })
})
