import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openState, readState } from 'stateward'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compiledPrograms, freshFolder, type Programs } from './run-demo.ts'

const proved = [
  /^ {2}plan +30 specs completed, 1 failed for good, 0 left open$/m,
  /^ {2}records +[\d ]+: .*1 plan, 31 spec, 83 phase, \d+ execution$/m,
  /^ {2}commits +[\d ]+, each on the disk before it was acknowledged$/m,
  /^ {2}rate +[\d ]+ commits a second on average, [\d ]+ in the burst$/m,
  /^ {2}killed +process \d+ by SIGKILL, with \d+ writes under way$/m,
  /^ {2}acknowledged +\d+ records, found \d+, lost 0$/m,
  /^ {2}unacknowledged +\d+ were on the disk already and are kept; \d+ never were$/m,
  /^ {2}queries +2 500: p50 \d+\.\d{3} ms, p99 \d+\.\d{3} ms$/m,
  /^ {2}log +[\d ]+ bytes in \d+ files$/m,
  /^ {2}verify +ok: [\d ]+ lines, [\d ]+ records, \d+ indexes$/m,
]

// Each starts several processes, which takes its time where many others run.
const timeout = 240_000

describe('the demo', { timeout }, () => {
  let programs: Programs
  const runDemo = (...args: readonly string[]) => programs.runDemo(...args)
  beforeAll(async () => {
    programs = await compiledPrograms()
  }, timeout)
  afterAll(() => programs.remove())

  test('kills its writer, finds everything that was acknowledged, and ends with commands that work', async () => {
    const { code, out, err } = await runDemo()
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^✗ SIGKILL to process \d+, with [1-9]\d* writes under way$/m)
    expect(out).toMatch(/^✓ opened again in [\d ]+ ms: the lock is free, all lines up to seq [\d ]+ hold$/m)
    expect(out).toMatch(/^✓ \d[\d ]* commits on \d+ records had been acknowledged: every one of them is there$/m)
    expect(out).toMatch(/take up what was begun, and go on\n/)
    for (const line of proved) expect(out).toMatch(line)
    const dir = /^ {2}directory +(.*)$/m.exec(out)?.[1] ?? ''
    expect(existsSync(dir)).toBe(true)
    expect(out.split('Look at it')[1]?.match(/^ {2}\{.*\}$/gm)).toHaveLength(3)

    const commands = [...out.matchAll(/^ {2}npx stateward (.*)$/gm)].map((match) => match[1]?.split(' ') ?? [])
    expect(commands).toHaveLength(3)
    for (const ran of await Promise.all(commands.map((command) => programs.runStateward(command))))
      expect(ran).toMatchObject({ code: 0, err: expect.not.stringContaining('USAGE') })

    await using state = await readState(dir)
    const executions = await state.execution.where().all()
    expect(executions.filter(({ error }) => error?.code === 'WRITER_LOST').length).toBeGreaterThan(0)
    expect(await state.plan.first()).toMatchObject({ status: 'completed' })
  })

  test('in a directory of one’s own, beside what it holds', async () => {
    const dir = join(freshFolder(), 'mine')
    const mine = await openState(dir)
    const plan = await mine.plan.create({ name: 'Mine' })
    await mine.spec.create({ plan_id: plan.id, name: 'Untouched', status: 'pending' })
    await mine.close()
    const { code, out } = await runDemo(dir)
    expect(code).toBe(0)
    expect(out).toMatch(/^ {2}your records +2, 2 as they were$/m)
    await using state = await readState(dir)
    expect(await state.spec.where({ plan_id: plan.id }).all()).toMatchObject([{ status: 'pending', rev: 1 }])
  })

  test('with a file of plain records', async () => {
    const records = join(freshFolder(), 'people.jsonl')
    writeFileSync(records, '{"id":"p1","name":"Ada"}\n{"name":"without id","rev":4}\n\n{"id":"p3"}\n')
    const plain = await runDemo(records)
    expect(plain).toMatchObject({ code: 0, err: '' })
    expect(plain.out).toMatch(/^ {2}your file +4 lines, created in bulk: 3 records/m)
    expect(plain.out).toMatch(/^ {2}your records +3, 3 as they were$/m)
  })

  test('a path that it cannot use, and a directory that somebody holds', async () => {
    const dir = freshFolder()
    expect(await runDemo(join(dir, 'absent.jsonl'))).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('npm start -- <file>'),
    })
    await using state = await openState(dir)
    const held = await runDemo(dir)
    expect(held).toMatchObject({ code: 1, err: expect.stringContaining(`LOCKED  ${dir}`) })
    expect(held.err).not.toMatch(/\n\s+at /)
    expect(await state.plan.where().count()).toBe(0)
  })
})
