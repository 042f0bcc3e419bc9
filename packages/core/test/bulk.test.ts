import { jsonLines, jsonSourceLines } from '@stateward/client'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { openTiny } from './open-tiny.ts'

const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `t${String(n).padStart(4, '0')}`, n }))

test('updateWhere and deleteWhere write what matches, in chunks, and nothing else', async () => {
  const { state } = await openTiny()
  await state.task.createMany(rows(250))
  const told: number[] = []
  const onProgress = ({ done }: { readonly done: number }): number => told.push(done)
  const updated = await state.task.updateWhere(
    { n: { gte: 100 } },
    { state: 'late' },
    { chunkRows: 40, onProgress, actor: 'ada' },
  )
  expect(updated).toEqual({ done: 150, after: 't0249' })
  expect(told).toEqual([40, 80, 120, 150])
  expect(await state.task.where({ state: 'late' }).count()).toBe(150)
  expect(await state.task.where({ rev: 1 }).count()).toBe(100)
  expect(await state.task.deleteWhere({ n: { lt: 50 } }, { chunkRows: 20 })).toMatchObject({ done: 50 })
  expect(await state.task.where({}).count()).toBe(200)
  expect(await state.task.updateWhere({ n: -1 }, { state: 'x' })).toEqual({ done: 0 })
  expect(await codeOf(state.task.updateWhere({}, {}, { chunkRows: 0 }))).toBe('INVALID')
  await state.close()
})

test('an aborted bulk write has written whole chunks, and goes on where it ended; what others change meanwhile is looked at again', async () => {
  const { state } = await openTiny()
  await state.task.createMany(rows(100))
  const abort = new AbortController()
  const aborted: unknown = await state.task
    .updateWhere(
      { n: { gte: 0 } },
      { title: 'x' },
      { chunkRows: 10, signal: abort.signal, onProgress: ({ done }) => done >= 30 && abort.abort() },
    )
    .catch((error: unknown) => error)
  expect(aborted).toMatchObject({ code: 'ABORTED', details: { done: 30, after: 't0029' } })
  expect(await state.task.where({ title: 'x' }).count()).toBe(30)
  // Somebody takes a record out of the filter between the look and the write.
  let interfered = false
  const rest = state.task.updateWhere(
    { n: { gte: 0 } },
    { title: 'x' },
    {
      chunkRows: 35,
      after: 't0029',
      onProgress: () => {
        if (!interfered) void state.task.update('t0099', { n: -1 })
        interfered = true
      },
    },
  )
  expect((await rest).done).toBe(69)
  expect(await state.task.get('t0099')).not.toHaveProperty('title')
  await state.close()
})

test('an import takes JSON lines in piece by piece, and asks for no more than it has written', async () => {
  const { state } = await openTiny()
  let given = 0
  async function* pieces() {
    const text = rows(95)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('')
    for (let at = 0; at < text.length; at += 7) {
      given = at
      yield Buffer.from(text.slice(at, at + 7))
    }
  }
  const seen: [number, number][] = []
  const source = jsonLines<{ id: string }>(pieces())
  const report = await state.task.import(source, {
    chunkRows: 10,
    onProgress: ({ created }) => seen.push([created, given]),
  })
  expect(report).toEqual({ created: 95, refused: 0, refusals: [] })
  expect(seen[0]?.[1]).toBeLessThan(260)
  expect(await state.task.where({}).count()).toBe(95)
  expect((await state.task.import(rows(95))).created).toBe(95)
  expect((await state.stats()).lastSeq).toBe(10)
  expect(await codeOf(state.task.import(jsonLines<{ id: string }>(['{"id":"a"}\nno JSON\n'])))).toBe('INVALID')
  await state.close()
})

test('a cascade takes along what the same chunk would have deleted, and that is no failure', async () => {
  const { state } = await openTiny()
  await state.task.create({ id: 'a' })
  for (const [id, parent] of [
    ['b', 'a'],
    ['c', 'b'],
    ['d', 'a'],
  ] as const)
    await state.task.create({ id, parent })
  await state.task.deleteWhere({}, { cascade: true })
  expect(await state.task.where({}).count()).toBe(0)
  await state.close()
})

test('an ordered import ends at the first bad row; an unordered one reports each, and takes the rest', async () => {
  const { state } = await openTiny()
  const mixed = rows(50).map((row) => (row.n % 20 === 7 ? { ...row, id: '' } : row))
  const ended: unknown = await state.task.import(mixed, { chunkRows: 20 }).catch((error: unknown) => error)
  expect(ended).toMatchObject({ code: 'INVALID', details: { row: 7, created: 7 } })
  expect(await state.task.where({}).count()).toBe(7)
  const report = await state.task.import(mixed, { chunkRows: 20, mode: 'unordered' })
  expect(report).toMatchObject({ created: 47, refused: 3 })
  expect(report.refusals.map(({ row, code }) => [row, code])).toEqual([
    [7, 'INVALID'],
    [27, 'INVALID'],
    [47, 'INVALID'],
  ])
  expect(await state.task.where({}).count()).toBe(47)
  await state.close()
})

test('of a source that knows its lines, what cannot be read is refused in its place, by its line', async () => {
  const { state } = await openTiny()
  const text = `{"id":"a"}\n\nno JSON\n{"id":"b"}\n{"id":""}\n{"id":"c"}\n[`
  const report = await state.task.importLines(jsonSourceLines<{ id: string }>([text]), {
    mode: 'unordered',
    chunkRows: 2,
  })
  expect(report).toMatchObject({ created: 3, refused: 3 })
  expect(report.refusals.map(({ row, line, code }) => [row, line, code])).toEqual([
    [1, 3, 'INVALID'],
    [3, 5, 'INVALID'],
    [5, 7, 'INVALID'],
  ])
  const other = await openTiny()
  const ended: unknown = await other.state.task
    .importLines(jsonSourceLines<{ id: string }>([text]))
    .catch((error: unknown) => error)
  expect(ended).toMatchObject({
    code: 'INVALID',
    message: expect.stringContaining('line 3'),
    details: { row: 1, line: 3, created: 1 },
  })
  expect(await other.state.task.where({}).count()).toBe(1)
  const again = await other.state.task.importLines([{ line: 1, row: { id: 'a' } }])
  expect(again).toEqual({ created: 1, refused: 0, refusals: [] })
  await state.close()
  await other.state.close()
})
