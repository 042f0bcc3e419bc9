import assert from 'node:assert/strict'
import type { Group, JsonValue, Query, StoredRecord } from '@stateward/contract'
import { refused } from '../codes.ts'
import { Seeded } from '../seeded.ts'
import { measures, plainAggregate } from './plain-aggregate.ts'
import { plainQuery } from './plain-query.ts'
import { itemTimes, randomFields, randomOrder, randomWhere } from './random-item.ts'
import { type EndpointCase, type EndpointTrial, endpointCase, plain } from './trial.ts'

const seeds = [1, 2, 3, 4] as const

/** What `query`, `count`, `groupBy`, `aggregate`, `explain` and cursors promise. */
export const queryCases: readonly EndpointCase[] = [
  endpointCase('rows come by id, or in the order asked, ties by id', async (trial) => {
    const numbers = { d: 1, b: 2, a: 2, c: 1 }
    await trial.ask('createMany', { type: 'item', rows: Object.entries(numbers).map(([id, n]) => ({ id, n })) })
    assert.deepEqual(await trial.ids('item'), ['a', 'b', 'c', 'd'])
    assert.deepEqual(await trial.ids('item', { orderBy: [['n', 'asc']] }), ['c', 'd', 'a', 'b'])
    assert.deepEqual(await trial.ids('item', { orderBy: [['n', 'desc']] }), ['a', 'b', 'c', 'd'])
    assert.deepEqual(
      await trial.ids('item', {
        orderBy: [
          ['n', 'desc'],
          ['id', 'desc'],
        ],
      }),
      ['b', 'a', 'd', 'c'],
    )
    assert.deepEqual(await trial.ids('item', { orderBy: [['n', 'asc']], limit: 3 }), ['c', 'd', 'a'])
  }),

  endpointCase('null matches null, absence matches neither null nor anything but ne, not and exists', async (trial) => {
    const rows = [{ id: 'absent' }, { id: 'null', s: null }, { id: 'text', s: 'x' }]
    await trial.ask('createMany', { type: 'item', rows })
    const look = (where: Query['where']) => trial.ids('item', where && { where })
    assert.deepEqual(await look({ s: null }), ['null'])
    assert.deepEqual(await look({ s: 'x' }), ['text'])
    assert.deepEqual(await look({ s: { ne: 'x' } }), ['absent', 'null'])
    assert.deepEqual(await look({ s: { ne: null } }), ['absent', 'text'])
    assert.deepEqual(await look({ not: { s: null } }), ['absent', 'text'])
    assert.deepEqual(await look({ s: { exists: false } }), ['absent'])
    assert.deepEqual(await look({ s: { exists: true } }), ['null', 'text'])
    assert.deepEqual(await look({ s: { in: [null, 'x'] } }), ['null', 'text'])
    assert.deepEqual(await look({}), ['absent', 'null', 'text'])
  }),

  endpointCase('times compare as instants, however they are written', async (trial) => {
    const written = {
      a: '2026-01-01T10:00:00Z',
      b: '2026-01-01T12:00:00.000+02:00',
      c: '2026-01-01T10:00:00.500Z',
      d: '2026-01-01T09:59:59.999999999Z',
    }
    await trial.ask('createMany', { type: 'item', rows: Object.entries(written).map(([id, when]) => ({ id, when })) })
    assert.deepEqual(await trial.ids('item', { where: { when: '2026-01-01T05:00:00-05:00' } }), ['a', 'b'])
    assert.deepEqual(await trial.ids('item', { where: { when: { gt: written.a } } }), ['c'])
    assert.deepEqual(await trial.ids('item', { orderBy: [['when', 'asc']] }), ['d', 'a', 'b', 'c'])
    assert.equal((await trial.get('item', 'b'))?.when, written.b, 'the text itself is kept')
  }),

  endpointCase('ranges compare values of one kind only', async (trial) => {
    const values: JsonValue[] = [1, 5, '3', 'x', true, null, [4], {}]
    await trial.ask('createMany', { type: 'item', rows: values.map((n, at) => ({ id: `${at}`, n })) })
    assert.deepEqual(await trial.ids('item', { where: { n: { gte: 0 } } }), ['0', '1'])
    assert.deepEqual(await trial.ids('item', { where: { n: { gt: '' } } }), ['2', '3'])
    assert.deepEqual(await trial.ids('item', { where: { n: { lte: true } } }), ['4'])
    assert.deepEqual(await trial.ids('item', { where: { not: { n: { gte: 0 } } } }), ['2', '3', '4', '5', '6', '7'])
  }),

  endpointCase('a query is of one commit, and says of which', async (trial) => {
    assert.equal((await trial.query('item')).seq, 0)
    await trial.create('item', { id: 'a' })
    assert.equal((await trial.query('item')).seq, 1)
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        trial
          .ask('transact', {
            operations: [
              { op: 'create', type: 'item', data: { id: `left${n}`, s: 'pair' } },
              { op: 'create', type: 'item', data: { id: `right${n}`, s: 'pair' } },
            ],
          })
          .then(async () => {
            const { rows } = await trial.query('item', { where: { s: 'pair' } })
            assert.equal(rows.length % 2, 0, 'a transaction is seen whole or not at all')
          }),
      ),
    )
  }),

  ...seeds.map((seed) =>
    endpointCase(`a query answers what a look at every record answers (seed ${seed})`, async (trial) => {
      const seeded = new Seeded(seed)
      const rows = Array.from({ length: 80 }, (_, n) => ({ id: `i${n}`, ...randomFields(seeded) }))
      await trial.ask('createMany', { type: 'item', rows })
      for (let round = 0; round < 60; round++) {
        await change(trial, seeded)
        await compareOne(trial, seeded)
      }
    }),
  ),

  endpointCase(
    'an answer is its rows, its commit, a cursor where rows are left out, and degraded only as true',
    async (trial) => {
      const rows = Array.from({ length: 6 }, (_, n) => ({ id: `i${n}`, n: n % 2, s: 'x' }))
      await trial.ask('createMany', { type: 'item', rows })
      const known = ['rows', 'seq', 'cursor', 'related', 'degraded']
      for (const query of [
        {},
        { where: { n: 1 } },
        { orderBy: [['n', 'desc']], limit: 4 },
      ] satisfies Partial<Query>[]) {
        const answer = plain(await trial.query('item', query))
        assert.deepEqual(
          Object.keys(answer).filter((key) => !known.includes(key)),
          [],
          'nothing else is told',
        )
        assert.equal(answer.seq, 1)
        assert.equal(typeof answer.cursor, answer.rows.length < 4 || !('limit' in query) ? 'undefined' : 'string')
        assert(answer.degraded === undefined || answer.degraded === true, `degraded is true or absent`)
      }
    },
  ),

  endpointCase('explain tells how a query is answered', async (trial) => {
    await trial.ask('createMany', {
      type: 'item',
      rows: Array.from({ length: 50 }, (_, n) => ({ id: `i${n}`, n: n % 10, s: 'x' })),
    })
    const kinds = ['id', 'lookup', 'ordered', 'intersection', 'scan', 'empty']
    const wheres: Query['where'][] = [{}, { n: 3 }, { id: 'i1' }, { colour: 'red' }, { n: { gt: 3 }, s: 'x' }]
    for (const where of wheres) {
      const { estimatedRows, order, plan, records } = await trial.ask('explain', {
        type: 'item',
        ...(where && { where }),
      })
      assert(kinds.includes(plan.kind), `a plan is one of ${kinds}, found ${plan.kind}`)
      assert(['index', 'sort', 'none'].includes(order), `an order is index, sort or none, found ${order}`)
      assert(estimatedRows >= 0, `an estimate is a number of rows, found ${estimatedRows}`)
      assert.equal(records, 50)
    }
    const { plan } = await trial.ask('explain', { type: 'item', where: { n: 3 } })
    assert(plan.kind === 'lookup' || plan.kind === 'ordered', `a declared index is used, found ${plan.kind}`)
  }),

  endpointCase('the pages of a query are the query, each row once', async (trial) => {
    const seeded = new Seeded(21)
    await trial.ask('createMany', {
      type: 'item',
      rows: Array.from({ length: 53 }, (_, n) => ({ id: `i${n}`, ...randomFields(seeded) })),
    })
    const orders: Query['orderBy'][] = [
      undefined,
      [['n', 'asc']],
      [
        ['s', 'desc'],
        ['n', 'asc'],
      ],
      [['when', 'desc']],
      [['list', 'asc']],
    ]
    for (const orderBy of orders) {
      const query = { where: { flag: { ne: true } }, ...(orderBy && { orderBy }) }
      const whole = await trial.ids('item', query)
      assert.deepEqual(await pages(trial, query, 7), whole, `pages in the order ${JSON.stringify(orderBy)}`)
    }
    const { cursor } = await trial.query('item', { limit: 53 })
    assert.equal(cursor, undefined, 'the last page has no cursor')
  }),

  endpointCase('pages stay right while writes go on: whatever stays as it is comes once', async (trial) => {
    const stays = Array.from({ length: 40 }, (_, n) => ({ id: `stays${String(n).padStart(2, '0')}`, n: n * 10 }))
    const moves = Array.from({ length: 20 }, (_, n) => ({ id: `moves${n}`, n: n * 20 + 5 }))
    await trial.ask('createMany', { type: 'item', rows: [...stays, ...moves] })
    for (const direction of ['asc', 'desc'] as const) {
      let turn = 0
      const found = await pages(trial, { orderBy: [['n', direction]] }, 6, async () => {
        turn += 1
        const moving = moves[turn % moves.length]?.id ?? ''
        await trial.update('item', moving, { n: 400 - turn * 31 })
        await trial.create('item', { id: `new ${direction} ${turn}`, n: turn * 17 })
        if (turn % 3 === 0) await trial.delete('item', `new ${direction} ${turn}`)
      })
      const expected = stays.map(({ id }) => id)
      if (direction === 'desc') expected.reverse()
      assert.deepEqual(
        found.filter((id) => id.startsWith('stays')),
        expected,
        `pages in order ${direction}`,
      )
    }
  }),

  endpointCase('a cursor continues its own query only', async (trial) => {
    await trial.ask('createMany', { type: 'item', rows: Array.from({ length: 10 }, (_, n) => ({ id: `i${n}`, n })) })
    const { cursor = '' } = await trial.query('item', { where: { n: { gte: 2 } }, orderBy: [['n', 'asc']], limit: 3 })
    const others: Omit<Query, 'type'>[] = [
      { orderBy: [['n', 'asc']] },
      { where: { n: { gte: 3 } }, orderBy: [['n', 'asc']] },
      { where: { n: { gte: 2 } }, orderBy: [['n', 'desc']] },
    ]
    for (const other of others) {
      const asking = trial.query('item', { ...other, limit: 3, cursor })
      await refused('INVALID', `the cursor of another query with ${JSON.stringify(other)}`, asking)
    }
    const next = await trial.ids('item', { where: { n: { gte: 2 } }, orderBy: [['n', 'asc']], limit: 5, cursor })
    assert.deepEqual(next, ['i5', 'i6', 'i7', 'i8', 'i9'], 'the size of a page may change on the way')
  }),
]

async function pages(
  trial: EndpointTrial,
  query: Omit<Query, 'type'>,
  limit: number,
  between: () => Promise<void> = async () => undefined,
): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = await trial.query('item', { ...query, limit, ...(cursor && { cursor }) })
    assert(page.rows.length <= limit, `a page has at most ${limit} rows, found ${page.rows.length}`)
    found.push(...page.rows.map(({ id }) => id))
    cursor = page.cursor
    if (cursor !== undefined) await between()
  }
  return found
}

async function change(trial: EndpointTrial, seeded: Seeded): Promise<void> {
  const id = `i${seeded.below(90)}`
  const there = await trial.get('item', id)
  if (there === undefined) await trial.create('item', { id, ...randomFields(seeded) })
  else if (seeded.once(4)) await trial.delete('item', id)
  else await trial.update('item', id, randomFields(seeded), { unset: [] })
}

async function compareOne(trial: EndpointTrial, seeded: Seeded): Promise<void> {
  const where = randomWhere(seeded)
  const orderBy = randomOrder(seeded)
  const query = { where, orderBy, ...(seeded.once(2) && { limit: seeded.between(1, 20) }) }
  const all = (await trial.query('item')).rows
  const asked = JSON.stringify(query)
  const expected = plainQuery(all, query, itemTimes)
  assert.deepEqual(
    await trial.ids('item', query),
    expected.map(({ id }) => id),
    asked,
  )
  const matching = plainQuery(all, { where }, itemTimes)
  assert.equal(await trial.ask('count', { type: 'item', where }), matching.length, `count of ${asked}`)
  const field = seeded.pick(['n', 's', 'flag', 'absent'])
  const groups = await trial.ask('groupBy', { query: { type: 'item', where }, field })
  assert.deepEqual(counted(groups), counted(plainGroups(matching, field)), `groups by ${field} of ${asked}`)
  const ask = { query: { type: 'item', where }, measures }
  assert.deepEqual(
    plain(await trial.ask('aggregate', ask)),
    plainAggregate(matching, undefined, itemTimes),
    `measures of ${asked}`,
  )
  assert.deepEqual(
    plain(await trial.ask('aggregate', { ...ask, by: field })),
    plainAggregate(matching, field, itemTimes),
    `measures by ${field} of ${asked}`,
  )
}

function plainGroups(records: readonly StoredRecord[], field: string): Group[] {
  return records.map((record) => ({ count: 1, ...(record[field] !== undefined && { value: record[field] }) }))
}

/** Counts by value, so that neither the order of the groups nor that of keys matters. */
function counted(groups: readonly Group[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { count, value } of plain(groups)) {
    const key = value === undefined ? 'absent' : JSON.stringify(value)
    counts[key] = (counts[key] ?? 0) + count
  }
  return counts
}
