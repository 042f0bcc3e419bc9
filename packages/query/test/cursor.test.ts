import { type Query, type StoredRecord, sameValue } from '@stateward/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCursor, encodeCursor } from '../src/planning/cursor.ts'
import { query } from './arbitrary-queries.ts'
import { body, oddId, withTimes } from './arbitrary-records.ts'
import { runs } from './runs.ts'

const asked: Query = {
  type: 'mixed',
  where: { status: 'x', a: { gt: 1 } },
  orderBy: [
    ['at', 'desc'],
    ['a', 'asc'],
  ],
  limit: 5,
}
const last = {
  id: 'x',
  rev: 1,
  created_at: '2024-01-01T00:00:00Z',
  updated_at: '2024-01-01T00:00:00Z',
  at: '2024-01-20T10:00:00.5+02:00',
}
const cursor = encodeCursor(asked, last, withTimes)
const broken = 'found a text that was cut or changed'

test('a cursor brings the values of the last row back, absent ones too', () => {
  expect(decodeCursor(asked, cursor, withTimes)).toEqual({ values: [last.at, undefined, 'x'] })
  fc.assert(
    fc.property(query, oddId, body, (some, id, made) => {
      const row: StoredRecord = made(id)
      const fields = [...new Set([...(some.orderBy ?? []).map(([field]) => field), 'id'])]
      const order = fields.slice(0, fields.indexOf('id') + 1)
      const own = order.map((field) => (Object.hasOwn(row, field) ? row[field] : undefined))
      const { values } = decodeCursor(some, encodeCursor(some, row, withTimes), withTimes)
      expect(values).toHaveLength(own.length)
      expect(own.every((value, at) => sameValue(value, values[at]))).toBe(true)
    }),
    runs(300),
  )
})

test('it is base64url', () => expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/))

test('limit, snapshot and what is included may differ between pages, and keys may be written in another order', () => {
  const { limit: _, ...rest } = asked
  for (const same of [
    rest,
    { ...asked, limit: 9, snapshot: 's', include: ['plan_id'] },
    { ...asked, where: { a: { gt: 1 }, status: 'x' } },
  ]) {
    expect(decodeCursor(same, cursor, withTimes).values[2]).toBe('x')
  }
})

describe('INVALID', () => {
  test.each<[string, Query]>([
    ['type', { ...asked, type: 'other' }],
    ['filter', { ...asked, where: { status: 'y', a: { gt: 1 } } }],
    ['filter, none', { type: 'mixed', orderBy: asked.orderBy ?? [] }],
    [
      'order',
      {
        ...asked,
        orderBy: [
          ['at', 'asc'],
          ['a', 'asc'],
        ],
      },
    ],
    ['order, none', { type: 'mixed', where: asked.where ?? {} }],
  ])('a cursor of another %s', (_, other) => {
    expect(() => decodeCursor(other, cursor, withTimes)).toThrow('found one of another type, filter or order')
  })

  test('a cursor from before a field began to compare as time', () => {
    const before = { ...withTimes, times: new Set<string>() }
    expect(() => decodeCursor(asked, encodeCursor(asked, last, before), withTimes)).toThrow(
      'another type, filter or order',
    )
  })

  test('every change of one letter, every cut', () => {
    for (let at = 0; at < cursor.length; at++) {
      for (const letter of ['A', 'b', '0', '_', '=', ' ', 'é']) {
        const changed = cursor.slice(0, at) + letter + cursor.slice(at + 1)
        if (changed !== cursor) expect(() => decodeCursor(asked, changed, withTimes)).toThrow(broken)
      }
      expect(() => decodeCursor(asked, cursor.slice(0, at), withTimes)).toThrow(broken)
      expect(() => decodeCursor(asked, cursor.slice(at + 1), withTimes)).toThrow(broken)
    }
  })

  test.each(['', 'x', 'null', '0'.repeat(40), '{"id":"x"}'])('a made-up text: %s', (text) => {
    expect(() => decodeCursor(asked, text, withTimes)).toThrow(broken)
  })
})
