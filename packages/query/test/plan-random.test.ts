import type { Query, StoredRecord } from '@stateward/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { query } from './arbitrary-queries.ts'
import { body, oddId, records, withTimes } from './arbitrary-records.ts'
import { exact, indexOptions, storeOf } from './random-indexes.ts'
import { runs } from './runs.ts'
import { slowAnswer } from './slow-answer.ts'

const ids = (rows: readonly StoredRecord[]): readonly string[] => rows.map(({ id }) => id)

test('rows and order are those of a full scan, and the pages together are all rows', () => {
  fc.assert(
    fc.property(records, query, indexOptions, (rows, asked, options) => {
      const store = storeOf(rows, options)
      const expected = ids(slowAnswer(asked, rows, withTimes))
      const first = store.answer(asked)
      expect(ids(first.rows)).toEqual(expected.slice(0, asked.limit))
      const paged = [...first.rows]
      for (let page = first; page.cursor !== undefined; ) {
        page = store.answer({ ...asked, cursor: page.cursor })
        paged.push(...page.rows)
        expect(paged.length).toBeLessThanOrEqual(rows.length)
      }
      expect(ids(paged)).toEqual(expected)
    }),
    runs(400),
  )
})

test('every way that was not chosen for being dearer gives the same rows, on the first page and behind a cursor', () => {
  fc.assert(
    fc.property(records, query, indexOptions, fc.nat(), (rows, asked, options, at) => {
      const store = storeOf(rows, options)
      const expected = slowAnswer(asked, rows, withTimes)
      const last = expected.length === 0 ? undefined : expected[at % expected.length]
      const behind = last === undefined ? expected : expected.slice(expected.indexOf(last) + 1)
      for (const found of store.everyWay(asked)) expect(ids(found)).toEqual(ids(expected))
      if (last === undefined) return
      for (const found of store.everyWay(asked, last)) expect(ids(found)).toEqual(ids(behind))
    }),
    runs(800),
  )
})

test('with indexes that are exact, what explain leaves out as checked need not be checked', () => {
  fc.assert(
    fc.property(records, query, indexOptions, (rows, { limit: _, ...asked }, options) => {
      const store = storeOf(rows, exact(options))
      const { access, explanation } = store.plan(asked)
      const given = store.candidates(access)
      const residual: Query = { type: 'mixed', ...(explanation.residual && { where: explanation.residual }) }
      const expected = slowAnswer({ ...asked, orderBy: [] }, rows, withTimes)
      expect(ids(slowAnswer(residual, given, withTimes))).toEqual(ids(expected))
    }),
    runs(800),
  )
})

test('a record that stays as it is comes exactly once, while others come, change and go between the pages', () => {
  const write = fc.oneof(
    fc.tuple(oddId, body).map(([id, made]) => ({ id, record: made(id) })),
    oddId.map((id) => ({ id, record: undefined })),
  )
  const writes = fc.array(fc.array(write, { maxLength: 3 }), { maxLength: 12 })
  const limits = fc.integer({ min: 1, max: 4 })
  fc.assert(
    fc.property(records, query, indexOptions, writes, limits, (rows, asked, options, batches, limit) => {
      const store = storeOf(rows, options)
      const touched = new Set(batches.flat().map(({ id }) => id))
      const paged: StoredRecord[] = []
      let cursor: string | undefined
      for (let at = 0; at < 100; at++) {
        const page = store.answer({ ...asked, limit, ...(cursor !== undefined && { cursor }) })
        paged.push(...page.rows)
        cursor = page.cursor
        if (cursor === undefined) break
        for (const { id, record } of batches[at] ?? []) record === undefined ? store.delete(id) : store.put(record)
      }
      const untouched = ids(paged).filter((id) => !touched.has(id))
      expect(untouched).toEqual(ids(slowAnswer(asked, rows, withTimes)).filter((id) => !touched.has(id)))
    }),
    runs(300),
  )
})
