import type { Query, StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { encodeCursor } from '../src/planning/cursor.ts'
import { withTimes as type } from './arbitrary-records.ts'
import { planOf, rows } from './thousand-records.ts'

describe('a cursor', () => {
  const query: Query = { type: 'mixed', where: { status: 'draft' }, orderBy: [['updated_at', 'desc']], limit: 20 }
  const last = rows[500] as StoredRecord

  test('moves the start of an ordered scan', () => {
    const { access, after } = planOf({ ...query, cursor: encodeCursor(query, last, type) })
    expect(access).toMatchObject({
      kind: 'ordered',
      direction: 'desc',
      probe: { equal: [['draft']], to: { value: last.updated_at, inclusive: true } },
    })
    expect(after).toEqual({ values: [last.updated_at, last.id] })
  })

  test('of a row without the field: what is behind it has none either, in descending order', () => {
    const { updated_at: _, ...without } = { ...last, name: undefined }
    const byName: Query = { type: 'mixed', orderBy: [['name', 'desc']], limit: 2 }
    const { name: __, ...nameless } = { ...without, updated_at: last.updated_at }
    expect(planOf({ ...byName, cursor: encodeCursor(byName, nameless, type) }).access).toMatchObject({
      probe: { to: { value: null, inclusive: false } },
    })
  })

  test('of another query is refused', () => {
    expect(() => planOf({ ...query, where: { status: 'x' }, cursor: encodeCursor(query, last, type) })).toThrow(
      'query.cursor',
    )
  })
})

describe('the predicate', () => {
  test('is there when something must be checked', () => {
    expect(planOf({}).predicate).toBeUndefined()
    expect(planOf({ where: { and: [{}, { and: [] }] } }).predicate).toBeUndefined()
    expect(planOf({ where: { status: 'draft' } }).predicate).toBeDefined()
    const query: Query = { type: 'mixed', limit: 1 }
    const predicate = planOf({ limit: 1, cursor: encodeCursor(query, rows[5] as StoredRecord, type) }).predicate
    expect(rows.filter((row) => predicate?.(row))).toEqual(rows.slice(6))
    const filtered: Query = { type: 'mixed', where: { parent: 'p5' }, limit: 1 }
    const both = planOf({ ...filtered, cursor: encodeCursor(filtered, rows[55] as StoredRecord, type) }).predicate
    expect(rows.filter((row) => both?.(row))).toEqual(rows.filter(({ parent }, at) => parent === 'p5' && at > 55))
  })
})

describe('explain', () => {
  test.each<[string, Omit<Query, 'type'>, object]>([
    ['ids', { where: { id: 'r0001' } }, { plan: { kind: 'id', ids: ['r0001'] }, order: 'none', estimatedRows: 1 }],
    ['nothing', { where: { or: [] } }, { plan: { kind: 'empty' }, order: 'none', estimatedRows: 0 }],
    [
      'a lookup that is sorted, and what is left to check',
      { where: { parent: 'p1', rev: { gte: 1, lt: 3 }, not: { status: 'x' } } },
      {
        plan: { kind: 'lookup', index: 'parent', estimatedRows: 20 },
        residual: { rev: { gte: 1, lt: 3 }, not: { status: 'x' } },
        order: 'sort',
        estimatedRows: 3,
      },
    ],
    [
      'a lookup in lists, which finds the bare value too',
      { where: { list: { contains: 'l1' } } },
      {
        plan: { kind: 'lookup', index: 'items of list', estimatedRows: 100 },
        residual: { list: { contains: 'l1' } },
        order: 'index',
        estimatedRows: 100,
      },
    ],
    [
      'a value found in lists, too',
      { where: { list: 'l1' } },
      {
        plan: { kind: 'lookup', index: 'items of list', estimatedRows: 100 },
        residual: { list: { eq: 'l1' } },
        order: 'index',
        estimatedRows: 100,
      },
    ],
    [
      'values that a range holds among others',
      { where: { name: { in: ['name 990', 'name 995'] } } },
      {
        plan: { kind: 'lookup', index: 'name in order', estimatedRows: 6 },
        residual: { name: { in: ['name 990', 'name 995'] } },
        order: 'index',
        estimatedRows: 6,
      },
    ],
    [
      'an order that comes out of the index',
      { where: { status: 'draft' }, orderBy: [['updated_at', 'desc']], limit: 2 },
      {
        plan: { kind: 'ordered', index: 'status+updated_at in order', direction: 'desc', estimatedRows: 250 },
        order: 'index',
        estimatedRows: 250,
      },
    ],
    [
      'a scan',
      { orderBy: [['rev', 'asc']] },
      { plan: { kind: 'scan', estimatedRows: 1000 }, order: 'sort', estimatedRows: 1000 },
    ],
  ])('%s', (_, query, expected) => expect(planOf(query).explanation).toEqual({ records: 1000, ...expected }))
})
