import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineDomain, type domain, entity, hasCode, openState, readState, type State } from 'stateward'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { freshFolder } from './run-stateward.ts'

const schema = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) => ({ value: value as { title: string } }),
    types: undefined as { input: { title: string }; output: { title: string } } | undefined,
  },
}
const notes = defineDomain({ note: entity({ schema, id: 'string' }) })

describe('openState', () => {
  test('opens a directory with the built-in domain, typed, and closes it by itself', async () => {
    const dir = join(freshFolder(), 'deep', 'store')
    let id = ''
    {
      await using state = await openState(dir)
      expectTypeOf(state).toEqualTypeOf<State<typeof domain>>()
      const plan = await state.plan.create({ name: 'Ship 1.0' })
      expectTypeOf(plan.status).toEqualTypeOf<
        'draft' | 'pending' | 'running' | 'completed' | 'failed' | 'cancelled' | 'blocked'
      >()
      const spec = await state.spec.create({ plan_id: plan.id, name: 'Storage' })
      await state.spec.update(spec.id, { status: 'pending' }, { expectedRev: spec.rev })
      expect(state.recovery).toMatchObject({ created: true, clean: true })
      id = plan.id
    }
    expect(readdirSync(dir)).not.toContain('LOCK')
    await using again = await openState(dir)
    expect(again.recovery).toMatchObject({ created: false, clean: true, lastSeq: 3 })
    expect(await again.plan.get(id)).toMatchObject({ name: 'Ship 1.0' })
    expect(await again.spec.where({ plan_id: id, status: { in: ['pending', 'running'] } }).count()).toBe(1)
  })

  test('takes a domain of one’s own', async () => {
    const dir = freshFolder()
    await using state = await openState(dir, { domain: notes })
    const note = await state.note.create({ id: 'n1', title: 'typed' })
    expectTypeOf(note.title).toEqualTypeOf<string>()
    expect(await state.note.get('n1')).toMatchObject({ title: 'typed', rev: 1 })
  })

  test('hands on how the log is kept and read', async () => {
    const dir = freshFolder()
    const options = { retention: { versions: 2 }, verify: 'tail', checkpoints: false } as const
    {
      await using state = await openState(dir, options)
      const { id } = await state.plan.create({ name: '0' })
      for (let n = 1; n < 40; n++) await state.plan.update(id, { name: `${n}` })
      await state.compact()
      expect((await state.stats()).firstSeq).toBeGreaterThan(1)
    }
    expect(readdirSync(dir)).not.toContain('cache')
    await expect(openState(dir, { verify: 'none' as never })).rejects.toMatchObject({ code: 'INVALID' })
    await using again = await openState(dir, options)
    expect((await again.plan.where().first())?.name).toBe('39')
  })

  test('a second one is told who holds the directory; the first goes on', async () => {
    const dir = freshFolder()
    await using state = await openState(dir)
    const refused = await openState(dir).catch((error: unknown) => error)
    expect(hasCode(refused, 'LOCKED') && refused.details).toMatchObject({ pid: process.pid, host: expect.any(String) })
    expect(await state.plan.create({ name: 'undisturbed' })).toMatchObject({ rev: 1 })
  })

  test('refusals keep their codes', async () => {
    const dir = freshFolder()
    await expect(openState('')).rejects.toMatchObject({ code: 'INVALID' })
    await expect(openState(join(dir, 'x\0y'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    const state = await openState(dir)
    await state.close()
    await expect(state.plan.create({ name: 'late' })).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('readState', () => {
  test('sees what is durable, beside the writer, follows it, and writes nothing', async () => {
    const dir = freshFolder()
    await using writer = await openState(dir)
    const plan = await writer.plan.create({ name: 'seen' })
    await writer.flush()
    const stop = new AbortController()
    await using first = await readState(dir)
    for await (const { seq } of first.changes({ signal: stop.signal })) if (seq === 1) break
    await using reader = await readState(dir)
    expect(await reader.plan.get(plan.id)).toEqual(plan)
    const refused = reader.plan.update(plan.id, { name: 'no' })
    await expect(refused).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    await writer.plan.update(plan.id, { name: 'moved on' })
    expect(await reader.plan.get(plan.id)).toEqual(plan)
    for await (const { seq } of reader.changes({ since: 2, signal: stop.signal })) if (seq === 2) break
    stop.abort()
  })

  test('a directory that is not there reads as an empty store, and is not made', async () => {
    const dir = join(freshFolder(), 'absent')
    await using reader = await readState(dir)
    expect(await reader.plan.where().count()).toBe(0)
    expect(() => readdirSync(dir)).toThrow('ENOENT')
  })
})
