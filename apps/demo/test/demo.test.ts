import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openState } from 'stateward'
import { afterAll, describe, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'stateward-demo-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the demo as `npm start -- PATH` does, on no terminal. */
function run(path: string): { readonly code: number | null; readonly output: string } {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const args = ['--conditions=@stateward/source', '--import', 'tsx', main, path]
  // What it makes for itself goes under the folder of this test.
  const env = { ...process.env, TMPDIR: folder }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env })
  return { code: status, output: stdout + stderr }
}

describe('the main job', { timeout: 240_000 }, () => {
  test('carries the plan through in a directory of its own, though its writer is killed', async () => {
    const dir = join(folder, 'state')
    {
      await using state = await openState(dir)
      await state.plan.create({ name: 'here before' })
    }
    const { code, output } = run(dir)
    expect(output).toContain('every one of them is there')
    expect(output).toContain('nothing was lost')
    expect(output).toContain('did not close it')
    expect(code).toBe(0)
    await using state = await openState(dir)
    expect(await state.spec.groupBy('status')).toEqual([{ value: 'completed', count: 30 }])
    expect(await state.plan.where({ name: 'here before' }).count()).toBe(1)
    expect(await state.execution.where({ status: 'failed' }).count()).toBeGreaterThanOrEqual(1)
  })

  test('takes over the lines of a file, be they of a log or records', () => {
    const file = join(folder, 'records.jsonl')
    const line = { type: 'plan', timestamp: '2024-01-20T10:00:00.000Z', data: { id: 'p', name: 'of old' } }
    writeFileSync(file, `${JSON.stringify({ id: 'a', n: 1 })}\n${JSON.stringify({ n: 2 })}\n${JSON.stringify(line)}\n`)
    const { code, output } = run(file)
    expect(output).toContain('3 live records (1 plan, 2 record)')
    expect(output).toContain('nothing was lost')
    expect(code).toBe(0)
  })

  test('says what is wrong with a path, and with a line', () => {
    expect(run(join(folder, 'nowhere'))).toEqual({ code: 1, output: expect.stringContaining('found nothing at') })
    const file = join(folder, 'torn.jsonl')
    writeFileSync(file, '{"id":"a"}\n<<<<<<< HEAD\n')
    const refused = run(file)
    expect(refused.code).toBe(1)
    expect(refused.output).toMatch(/line 2/)
  })
})
