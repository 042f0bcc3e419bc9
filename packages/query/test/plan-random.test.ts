import type { Index, Query, Slot, StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { query } from './arbitrary-queries.ts'
import { body, oddId, records, withTimes } from './arbitrary-records.ts'
import { type NaiveOptions, naiveIndex } from './naive-index.ts'
import { slowAnswer } from './slow-answer.ts'
import { SmallStore } from './small-store.ts'

const shapes: readonly NaiveOptions[] = [
  { fields: ['status'], ordered: false },
  { fields: ['status'], ordered: true },
  { fields: ['a'], ordered: false },
  { fields: ['a'], ordered: true },
  { fields: ['at'], ordered: false },
  { fields: ['at'], ordered: true },
  { fields: ['id'], ordered: true },
  { fields: ['updated_at'], ordered: true },
  { fields: ['toString'], ordered: true },
  { fields: ['list'], ordered: false, items: true },
  { fields: ['a'], ordered: false, items: true },
  { fields: ['at'], ordered: false, items: true },
  { fields: ['status', 'a'], ordered: true },
  { fields: ['a', 'at'], ordered: true },
  { fields: ['status', 'a', 'b'], ordered: true },
  { fields: ['at', 'a'], ordered: false },
]

/** Some indexes, right or over-answering, with estimates that may be far too high. */
const indexes = fc.array(
  fc.tuple(fc.constantFrom(...shapes), fc.constantFrom(0, 2, 3), fc.constantFrom(1, 1, 3)).map(
    ([shape, modulus, estimateFactor]): NaiveOptions => ({
      ...shape,
      estimateFactor,
      ...(modulus === 0 ? {} : { alsoGives: (slot: Slot) => slot % modulus === 0 }),
    }),
  ),
  { maxLength: 5 },
)

function storeOf(rows: readonly StoredRecord[], options: readonly NaiveOptions[]): SmallStore {
  const store = new SmallStore(withTimes, (slots): readonly Index[] =>
    options.map((shape) => naiveIndex(withTimes, slots, shape)),
  )
  for (const row of rows) store.put(row)
  return store
}

const ids = (rows: readonly StoredRecord[]): readonly string[] => rows.map(({ id }) => id)

describe('whatever the plan', () => {
  test('the rows and their order are those of a full scan, and the pages together are all rows', () => {
    fc.assert(
      fc.property(records, query, indexes, (rows, asked, options) => {
        const store = storeOf(rows, options)
        const expected = ids(slowAnswer(asked, rows, withTimes))
        const first = store.answer(asked)
        expect(ids(first.rows)).toEqual(expected.slice(0, asked.limit))
        const paged = [...first.rows]
        for (let page = first; page.cursor !== undefined; ) {
          page = store.answer({ ...asked, cursor: page.cursor })
          paged.push(...page.rows)
        }
        expect(ids(paged)).toEqual(expected)
      }),
      { numRuns: 3000 },
    )
  })

  test('with indexes that are exact, what explain leaves out as checked need not be checked', () => {
    fc.assert(
      fc.property(records, query, indexes, (rows, { limit: _, ...asked }, options) => {
        const store = storeOf(
          rows,
          options.map(({ alsoGives: _given, ...exact }) => exact),
        )
        const { access, explanation } = store.plan(asked)
        const given = store.candidates(access)
        const residual: Query = { type: 'mixed', ...(explanation.residual && { where: explanation.residual }) }
        expect(ids(slowAnswer(residual, given, withTimes))).toEqual(
          ids(slowAnswer({ ...asked, orderBy: [] }, rows, withTimes)),
        )
      }),
      { numRuns: 3000 },
    )
  })

  test('a record that stays as it is comes exactly once, while others come, change and go between the pages', () => {
    const write = fc.oneof(
      fc.tuple(oddId, body).map(([id, made]) => ({ id, record: made(id) })),
      oddId.map((id) => ({ id, record: undefined })),
    )
    const writes = fc.array(fc.array(write, { maxLength: 3 }), { maxLength: 12 })
    fc.assert(
      fc.property(
        records,
        query,
        indexes,
        writes,
        fc.integer({ min: 1, max: 4 }),
        (rows, asked, options, batches, limit) => {
          const store = storeOf(rows, options)
          const touched = new Set(batches.flat().map(({ id }) => id))
          const paged: StoredRecord[] = []
          let cursor: string | undefined
          for (let at = 0; ; at++) {
            const page = store.answer({ ...asked, limit, ...(cursor !== undefined && { cursor }) })
            paged.push(...page.rows)
            cursor = page.cursor
            if (cursor === undefined) break
            for (const { id, record } of batches[at] ?? []) record === undefined ? store.delete(id) : store.put(record)
          }
          const untouched = ids(paged).filter((id) => !touched.has(id))
          expect(untouched).toEqual(ids(slowAnswer(asked, rows, withTimes)).filter((id) => !touched.has(id)))
        },
      ),
      { numRuns: 1500 },
    )
  })
})
