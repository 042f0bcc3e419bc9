import type { Query, StoredRecord } from '@stateward/contract'
import { describe, expect, test } from 'vitest'
import { indexesOf, type Plan } from '../src/planning/plan.ts'
import { withTimes as type } from './arbitrary-records.ts'
import { type NaiveOptions, naiveIndex } from './naive-index.ts'
import { SmallStore } from './small-store.ts'
import { everyIndex, planOf, rows } from './thousand-records.ts'

const accessOf = ({ access }: Plan): string =>
  [
    access.kind,
    indexesOf(access)
      .map(({ name }) => name)
      .join(' ∩ '),
  ]
    .filter((one) => one !== '')
    .join(' ')

describe('texts', () => {
  const texts: NaiveOptions = { fields: ['name'], ordered: false, leastUnits: 3 }
  test.each<[string, Omit<Query, 'type'>, string]>([
    ['a part of a text', { where: { name: { contains: 'me 99' } } }, 'lookup texts of name'],
    [
      'the rarer of two parts',
      { where: { name: { contains: 'name' }, and: [{ name: { contains: '999' } }] } },
      'lookup texts of name',
    ],
    ['too little to look for', { where: { name: { contains: '99' } } }, 'ordered id in order'],
    ['what is no text', { where: { name: { contains: 999 } } }, 'ordered id in order'],
    ['a part beside a rarer value', { where: { name: { contains: 'name' }, parent: 'p3' } }, 'lookup parent'],
    [
      'one of several parts',
      { where: { or: [{ name: { contains: '998' } }, { name: { contains: '999' } }] } },
      'ordered id in order',
    ],
  ])('%s', (_, query, access) => expect(accessOf(planOf(query, [...everyIndex, texts]))).toBe(access))

  test('whether the text is there is left to check, and a part beyond the sixteenth is not looked for', () => {
    const { explanation } = planOf({ where: { name: { contains: 'me 99' } } }, [...everyIndex, texts])
    expect(explanation.residual).toEqual({ name: { contains: 'me 99' } })
    const parts = Array.from({ length: 200 }, (_, at) => ({ name: { contains: at === 199 ? 'name 999' : 'name' } }))
    expect(accessOf(planOf({ where: { and: parts.slice(190) } }, [...everyIndex, texts]))).toBe('lookup texts of name')
    expect(planOf({ where: { and: parts } }, [...everyIndex, texts]).access.kind).toBe('ordered')
  })
})

describe('intersections', () => {
  const few: NaiveOptions[] = [
    { fields: ['status'], ordered: false },
    { fields: ['list'], ordered: false, items: true },
    { fields: ['updated_at'], ordered: true },
    { fields: ['id'], ordered: true },
  ]
  const seen = few.map((one) => ({ ...one, isSeen: true }))
  const soon = '2024-01-01T04:00:00Z'
  test.each<[string, Omit<Query, 'type'>, readonly NaiveOptions[], string]>([
    [
      'two that can be asked of a slot',
      { where: { status: 'draft', list: 'l4' } },
      seen,
      'intersection items of list ∩ status',
    ],
    [
      'two that have to be walked through',
      { where: { status: 'draft', updated_at: { lt: soon } } },
      few,
      'intersection updated_at in order ∩ status',
    ],
    [
      'two that would take longer to walk through',
      { where: { status: 'draft', list: 'l4' } },
      few,
      'lookup items of list',
    ],
    [
      'a value, an item and a time',
      { where: { status: 'draft', list: { contains: 'l4' }, updated_at: { lt: soon } } },
      seen,
      'intersection items of list ∩ updated_at in order ∩ status',
    ],
    [
      'one that is far larger, and has to be walked through',
      { where: { id: { gt: 'r0100' }, list: 'l4' } },
      few,
      'lookup items of list',
    ],
    [
      'one that is hardly there',
      { where: { status: 'draft', list: 'l4', updated_at: { lt: '2024-01-01T00:03:00Z' } } },
      few,
      'lookup updated_at in order',
    ],
    [
      'a compound index and one of its fields',
      { where: { status: 'draft', updated_at: { lt: soon } } },
      [...seen, { fields: ['status', 'updated_at'], ordered: true }],
      'lookup status+updated_at in order',
    ],
    [
      'a rare value',
      { where: { status: 'draft', name: 'name 7' } },
      [...few, { fields: ['name'], ordered: false }],
      'lookup name',
    ],
    [
      'what an order with a limit finds sooner',
      { where: { status: 'draft', updated_at: { lt: soon } }, orderBy: [['updated_at', 'asc']], limit: 2 },
      seen,
      'ordered updated_at in order',
    ],
  ])('%s', (_, query, indexes, access) => expect(accessOf(planOf(query, indexes))).toBe(access))

  test('what the indexes tell wholly is not checked again, and each says how many rows it expects', () => {
    const parents: NaiveOptions[] = [{ fields: ['parent'], ordered: false, isSeen: true }, ...seen]
    const { explanation, isCovered } = planOf(
      { where: { status: 'draft', updated_at: { lt: soon }, name: { ne: 'x' } } },
      parents,
    )
    expect([explanation, isCovered]).toEqual([
      {
        plan: {
          kind: 'intersection',
          of: [
            { index: 'updated_at in order', estimatedRows: 240 },
            { index: 'status', estimatedRows: 250 },
          ],
          estimatedRows: 60,
        },
        residual: { name: { ne: 'x' } },
        order: 'sort',
        estimatedRows: 54,
        records: 1000,
      },
      false,
    ])
    expect(planOf({ where: { status: 'draft', updated_at: { lt: soon } } }, parents).isCovered).toBe(true)
    const listed = planOf({ where: { status: 'draft', list: { contains: 'l4' } } }, parents)
    expect([listed.access.kind, listed.explanation.residual]).toEqual(['intersection', { list: { contains: 'l4' } }])
  })
})

describe('the way in', () => {
  test.each<[string, Omit<Query, 'type'>, string]>([
    ['one id', { where: { id: 'r0001', status: 'draft' } }, 'ids'],
    ['several ids', { where: { id: { in: ['r0001', 'r0002'] } }, orderBy: [['updated_at', 'asc']] }, 'ids'],
    ['what is no id', { where: { id: 5 } }, 'empty'],
    ['none of a list', { where: { status: { in: [] } } }, 'empty'],
    ['two values at once', { where: { and: [{ status: 'draft' }, { status: 'running' }] } }, 'empty'],
    ['a range without an inside', { where: { name: { gt: 'b', lt: 'b' } } }, 'empty'],
    ['a range that the tighter of two bounds closes', { where: { name: { gte: 'b', lte: 'b', gt: 'b' } } }, 'empty'],
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
    [
      'an order by what has several values',
      {
        where: { status: { in: ['draft', 'running'] } },
        orderBy: [
          ['status', 'asc'],
          ['updated_at', 'asc'],
        ],
        limit: 2,
      },
      'lookup status',
    ],
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
    const plan = store.plan(query)
    expect(plan.access.kind).toBe('scan')
    store.put({ ...asText, list: ['l1'] })
    const among = store.plan(query)
    expect([among.access.kind, among.isRight(), plan.isRight()]).toEqual(['lookup', true, true])
    store.put(asText)
    expect([among.isRight(), plan.isRight()]).toEqual([false, true])
    expect(store.answer(query).rows).toContain(asText)
    const number = store.plan({ ...query, where: { list: { contains: 3 } } })
    expect([number.access.kind, number.isRight()]).toEqual(['lookup', true])
  })

  test('an index of the items of lists is not asked for a list, nor for an instant', () => {
    const items = (field: string): NaiveOptions => ({ fields: [field], ordered: false, items: true })
    expect(planOf({ where: { list: { eq: ['l3'] } } }, [items('list')]).access.kind).toBe('scan')
    expect(planOf({ where: { list: { in: ['l3', ['l3']] } } }, [items('list')]).access.kind).toBe('scan')
    expect(planOf({ where: { updated_at: rows[3]?.updated_at ?? null } }, [items('updated_at')]).access.kind).toBe(
      'scan',
    )
    expect(planOf({ where: { list: 'l3' } }, [items('list')]).access.kind).toBe('lookup')
  })

  test('an order of the items of lists is no order of records', () => {
    const store = new SmallStore(type, (slots) => [
      { ...naiveIndex(type, slots, { fields: ['list'], ordered: true }), membership: { holdsTexts: () => false } },
    ])
    store.put(rows[0] as StoredRecord)
    expect(store.plan({ type: 'mixed', orderBy: [['list', 'asc']], limit: 1 }).access.kind).toBe('scan')
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
