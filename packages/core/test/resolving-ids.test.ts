import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTiny } from './open-tiny.ts'
import type { Refusal } from './refused.ts'
import { runs } from './runs.ts'

const refused = (call: Promise<unknown>): Promise<Refusal> =>
  call.then(
    (answer) => ({ code: 'none', message: `accepted: ${JSON.stringify(answer)}`, details: {} }),
    (reason: Refusal) => reason,
  )

const anyCall = fc.record({
  id: fc.constantFrom('a', 'ba', 'cba', 'dba', '1a', 'x1a', 'b'),
  action: fc.constantFrom('create', 'create', 'delete', 'resolve', 'resolve with the deleted'),
})

test('an end leads to the record that a scan finds, whatever was written and deleted before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyCall, { minLength: 30, maxLength: 60 }), async (calls) => {
      const { state } = await openTiny()
      const [live, dead] = [new Set<string>(), new Set<string>()]
      const ending = (ids: ReadonlySet<string>, end: string): readonly string[] =>
        ids.has(end) ? [end] : [...ids].filter((id) => id.endsWith(end))
      for (const { id, action } of calls) {
        if (action === 'create') {
          await state.note.create({ id })
          live.add(id)
          dead.delete(id)
        } else if (action === 'delete') {
          if (!live.delete(id)) continue
          dead.add(id)
          await state.note.delete(id)
        } else {
          const deleted = action !== 'resolve'
          const living = ending(live, id)
          const expected = living.length === 0 && deleted ? ending(dead, id) : living
          const asked = state.note.resolveId(id, { deleted })
          if (expected.length === 1) expect((await asked).id).toBe(expected[0])
          else {
            const { code, details } = await refused(asked)
            expect(code).toBe(expected.length === 0 ? 'NOT_FOUND' : 'AMBIGUOUS')
            if (expected.length > 1) expect(details).toMatchObject({ count: expected.length })
            if (expected.length > 1) expect(new Set(Object(details).candidates)).toEqual(new Set(expected))
          }
        }
      }
      await state.close()
    }),
    { numRuns: runs(100) },
  )
})

test('an answer says how much of the end would have done, and a refusal what comes near', async () => {
  const { state } = await openTiny()
  await state.note.createMany([{ id: 'one-5e0c' }, { id: 'two-5e0c' }, { id: 'three-1e0c' }])
  expect(await state.note.resolveId('1e0c')).toEqual({ id: 'three-1e0c', shortest: '1e0c' })
  expect(await state.note.resolveId('one-5e0c')).toEqual({ id: 'one-5e0c', shortest: 'e-5e0c' })
  expect(await refused(state.note.resolveId('5e0c'))).toMatchObject({
    code: 'AMBIGUOUS',
    details: { type: 'note', id: '5e0c', candidates: ['one-5e0c', 'two-5e0c'], count: 2 },
  })
  expect(await refused(state.note.resolveId('9e0c'))).toMatchObject({
    code: 'NOT_FOUND',
    details: { nearest: ['two-5e0c'] },
  })
  await state.note.delete('three-1e0c')
  expect(await refused(state.note.resolveId('1e0c'))).toMatchObject({ code: 'NOT_FOUND' })
  expect(await state.note.resolveId('1e0c', { deleted: true })).toEqual({
    id: 'three-1e0c',
    shortest: '1e0c',
    deleted: true,
  })
  await state.close()
})

test('a refusal names twenty of many', async () => {
  const { state } = await openTiny()
  await state.note.createMany(Array.from({ length: 30 }, (_, at) => ({ id: `${at}-same` })))
  const { message, details } = await refused(state.note.resolveId('same'))
  expect(Object(details).candidates).toHaveLength(20)
  expect(message).toContain('found 30 of type note')
  expect(message).toContain('and 10 more')
  await state.close()
})

test('what is no question is refused, and one of the past is not answered', async () => {
  const { state } = await openTiny()
  for (const body of [
    { type: 'nope', id: 'a' },
    { type: 'note', id: '' },
    { type: 'note', id: 1 },
  ])
    expect(await refused(state.ask('resolveId', body as never))).toMatchObject({ code: 'INVALID' })
  expect(await refused(state.ask('resolveId', { type: 'note', id: 'a', deleted: 1 } as never))).toMatchObject({
    code: 'INVALID',
  })
  await state.note.create({ id: 'a' })
  const past = await state.asOf(0)
  expect(await refused(past.note.resolveId('a'))).toMatchObject({ code: 'UNSUPPORTED' })
  await state.close()
})
