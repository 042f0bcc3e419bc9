import type { Entity, Query, StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { encodeCursor } from '../src/cursor.ts'
import type { Plan } from '../src/plan.ts'
import { withTimes as type } from './arbitrary-records.ts'
import { type NaiveOptions, naiveIndex } from './naive-index.ts'
import { SmallStore } from './small-store.ts'

const statuses = ['draft', 'pending', 'running', 'completed']

/** A thousand records: 4 statuses, 50 parents, one instant each. */
const rows = Array.from({ length: 1000 }, (_, at): StoredRecord => {
  const time = new Date(Date.UTC(2024, 0, 1, 0, at)).toISOString()
  return {
    id: `r${String(at).padStart(4, '0')}`,
    rev: 1,
    created_at: time,
    updated_at: time,
    status: statuses[at % 4] ?? '',
    parent: `p${at % 50}`,
    list: [`l${at % 10}`],
    name: `name ${at}`,
  }
})

const everyIndex: readonly NaiveOptions[] = [
  { fields: ['status'], ordered: false },
  { fields: ['parent'], ordered: false },
  { fields: ['list'], ordered: false, items: true },
  { fields: ['updated_at'], ordered: true },
  { fields: ['name'], ordered: true },
  { fields: ['status', 'updated_at'], ordered: true },
  { fields: ['id'], ordered: true },
]

function planOf(
  query: Omit<Query, 'type'>,
  indexes: readonly NaiveOptions[] = everyIndex,
  entity: Entity = type,
): Plan {
  const store = new SmallStore(entity, (slots) => indexes.map((options) => naiveIndex(entity, slots, options)))
  for (const [slot, row] of rows.entries()) store.slots.set(slot, row)
  return store.plan({ type: 'mixed', ...query })
}

const accessOf = ({ access }: Plan): string => ('index' in access ? `${access.kind} ${access.index.name}` : access.kind)

describe('the way in', () => {
  test.each<[string, Omit<Query, 'type'>, string]>([
    ['one id', { where: { id: 'r0001', status: 'draft' } }, 'ids'],
    ['several ids', { where: { id: { in: ['r0001', 'r0002'] } }, orderBy: [['updated_at', 'asc']] }, 'ids'],
    ['what is no id', { where: { id: 5 } }, 'empty'],
    ['none of a list', { where: { status: { in: [] } } }, 'empty'],
    ['two values at once', { where: { and: [{ status: 'draft' }, { status: 'running' }] } }, 'empty'],
    ['a range without an inside', { where: { name: { gt: 'b', lt: 'b' } } }, 'empty'],
    ['ranges of two kinds', { where: { name: { gt: 'b', lt: 5 } } }, 'empty'],
    ['a value outside its range', { where: { status: { in: ['a', 'b'], gt: 'c' } } }, 'empty'],
    ['an or of nothing', { where: { or: [] } }, 'empty'],
    ['an or of impossible branches', { where: { or: [{ status: { in: [] } }, { or: [] }] } }, 'empty'],
    ['the rarer of two values', { where: { status: 'draft', parent: 'p1' } }, 'lookup parent'],
    [
      'a value that leaves only ids to order by',
      { where: { status: { in: ['draft', 'running'] }, name: 'x', parent: { ne: 'p1' } } },
      'ordered name in order',
    ],
    ['an item of a list', { where: { list: { contains: 'l3' }, status: 'draft' } }, 'lookup items of list'],
    ['an item at once with a rarer value', { where: { list: { contains: 'l3' }, parent: 'p3' } }, 'lookup parent'],
    [
      'an or that holds one field to values',
      { where: { or: [{ parent: 'p1', status: 'draft' }, { parent: 'p2' }] } },
      'lookup parent',
    ],
    ['an or of two fields', { where: { or: [{ parent: 'p1' }, { status: 'draft' }] } }, 'ordered id in order'],
    ['a short range of time', { where: { updated_at: { gte: '2024-01-01T16:00:00Z' } } }, 'lookup updated_at in order'],
    ['a prefix', { where: { name: { prefix: 'name 99' } } }, 'lookup name in order'],
    [
      'a prefix of a time, whose order is another',
      { where: { updated_at: { prefix: '2024-01-01T16' } }, orderBy: [['name', 'asc']], limit: 900 },
      'ordered name in order',
    ],
    [
      'the newest of a status',
      { where: { status: 'draft' }, orderBy: [['updated_at', 'desc']], limit: 20 },
      'ordered status+updated_at in order',
    ],
    [
      'the newest of a status, oddly said',
      {
        where: { status: { in: ['draft'] } },
        orderBy: [
          ['status', 'asc'],
          ['updated_at', 'desc'],
          ['id', 'asc'],
        ],
        limit: 20,
      },
      'ordered status+updated_at in order',
    ],
    ['the newest of all', { orderBy: [['updated_at', 'desc']], limit: 20 }, 'ordered updated_at in order'],
    [
      'the newest of two statuses',
      { where: { status: { in: ['draft', 'running'] } }, orderBy: [['updated_at', 'desc']], limit: 20 },
      'ordered updated_at in order',
    ],
    ['the newest of a few', { where: { parent: 'p1' }, orderBy: [['updated_at', 'desc']], limit: 20 }, 'lookup parent'],
    ['all in the order of ids', {}, 'ordered id in order'],
    [
      'ties that do not come by id',
      {
        orderBy: [
          ['updated_at', 'asc'],
          ['name', 'asc'],
        ],
      },
      'scan',
    ],
    [
      'the other order of ties',
      {
        orderBy: [
          ['updated_at', 'asc'],
          ['id', 'desc'],
        ],
      },
      'scan',
    ],
    ['an order of which nothing is known', { orderBy: [['rev', 'asc']], limit: 3 }, 'scan'],
    ['what equality does not know', { where: { status: { ne: 'draft' } }, orderBy: [['rev', 'asc']] }, 'scan'],
    ['absence', { where: { status: { exists: false } }, orderBy: [['rev', 'asc']] }, 'scan'],
    ['the contrary', { where: { not: { parent: 'p1' } }, orderBy: [['rev', 'asc']] }, 'scan'],
  ])('%s', (_, query, expected) => expect(accessOf(planOf(query))).toBe(expected))

  test('a text is not looked for in lists while some record holds a text there', () => {
    const asText: StoredRecord = { ...(rows[0] as StoredRecord), list: 'xl3x' }
    const store = new SmallStore(type, (slots) => [
      naiveIndex(type, slots, { fields: ['list'], ordered: false, items: true }),
    ])
    for (const [slot, row] of [...rows.slice(1), asText].entries()) store.slots.set(slot, row)
    const query: Query = { type: 'mixed', where: { list: { contains: 'l3' } } }
    expect(store.plan(query).access.kind).toBe('scan')
    expect(store.answer(query).rows).toContain(asText)
    expect(store.plan({ ...query, where: { list: { contains: 3 } } }).access.kind).toBe('lookup')
  })

  test('without indexes everything is scanned, but for ids', () => {
    expect(planOf({ where: { status: 'draft' } }, []).access).toEqual({ kind: 'scan' })
    expect(planOf({ where: { id: { in: ['b', 'a', 'b', 5] } } }, []).access).toEqual({ kind: 'ids', ids: ['a', 'b'] })
  })

  test('an index is asked for an estimate, never for rows', () => {
    const refuse = (): never => {
      throw new Error('asked for rows')
    }
    const store = new SmallStore(type, (slots) =>
      everyIndex.map((options) => ({
        ...naiveIndex(type, slots, options),
        estimate: () => 3,
        lookup: refuse,
        sorted: { scan: refuse },
      })),
    )
    expect(
      store.plan({ type: 'mixed', where: { status: 'draft', list: { contains: 1 } }, orderBy: [['name', 'asc']] })
        .access.kind,
    ).not.toBe('scan')
  })
})

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
        order: 'sort',
        estimatedRows: 100,
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
