import assert from 'node:assert/strict'
import { type JsonObject, limits, type MessageKind, type Protocol } from '@stateward/contract'
import { refused } from '../codes.ts'
import { type EndpointCase, endpointCase } from './trial.ts'

/** What is refused at the door, whatever the state. */
export const inputCases: readonly EndpointCase[] = [
  endpointCase('a type that the domain does not define is INVALID, in every message', async (trial) => {
    for (const type of ['nothing', '', 'toString', 'constructor', '__proto__', '$where', 'tx']) {
      await trial.refuse('INVALID', `create of ${type}`, 'create', { type, data: { id: 'a' } })
      await trial.refuse('INVALID', `get of ${type}`, 'get', { type, id: 'a' })
      await trial.refuse('INVALID', `query of ${type}`, 'query', { type })
      await trial.refuse('INVALID', `a transaction on ${type}`, 'transact', {
        operations: [{ op: 'delete', type, id: 'a' }],
      })
    }
  }),

  endpointCase('a record that does not fit its schema is INVALID, and says where', async (trial) => {
    const creations: [type: string, data: JsonObject, field: string][] = [
      ['author', {}, 'name'],
      ['author', { name: 7 }, 'name'],
      ['author', { name: 'Ada', status: 'odd' }, 'status'],
      ['book', { id: 'b', title: 'One', pages: -1 }, 'pages'],
      ['book', { id: 'b', title: 'One', editors: [1] }, 'editors'],
    ]
    for (const [type, data, field] of creations) {
      const what = `${type} ${JSON.stringify(data)}`
      const { message } = await trial.refuse('INVALID', what, 'create', { type, data })
      assert(message.includes(field), `the message names the field ${field}, found: ${message}`)
    }
  }),

  endpointCase('an id is a text of 1 to idChars characters, and is given where the type says so', async (trial) => {
    const data = { n: 1 }
    await trial.refuse('INVALID', 'create without an id', 'create', { type: 'item', data })
    await trial.refuse('INVALID', 'an empty id', 'create', { type: 'item', data: { ...data, id: '' } })
    await trial.refuse('INVALID', 'an id that is a number', 'create', { type: 'item', data: { ...data, id: 7 } })
    await trial.refuse('INVALID', 'an id that is null', 'create', { type: 'item', data: { ...data, id: null } })
    const long = 'x'.repeat(limits.idChars + 1)
    await trial.refuse(['INVALID', 'TOO_LARGE'], 'a long id', 'create', { type: 'item', data: { ...data, id: long } })
    await trial.refuse('INVALID', 'a made-up id of a type whose ids the store makes', 'create', {
      type: 'author',
      data: { id: 'ada', name: 'Ada' },
    })
    // What no type allows: the ids below are none.
    for (const id of [undefined, null, 7, {}] as unknown as string[]) {
      await trial.refuse('INVALID', `get of the id ${id}`, 'get', { type: 'item', id })
    }
  }),

  endpointCase('given times that are no date-times are INVALID', async (trial) => {
    for (const time of ['yesterday', '2026-02-30T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00', '', 7, null]) {
      for (const field of ['created_at', 'updated_at']) {
        const what = `${field}: ${JSON.stringify(time)}`
        await trial.refuse('INVALID', what, 'create', { type: 'item', data: { id: 'a', [field]: time } })
      }
    }
  }),

  endpointCase('values that JSON would lose or change are INVALID', async (trial) => {
    // A wire has no way to send them; there, they end at the client.
    if (!trial.inProcess) return
    await trial.create('item', { id: 'there', n: 1 })
    const cycle: Record<string, unknown> = {}
    cycle.self = { cycle }
    const hostile: [what: string, value: unknown][] = [
      ['NaN', Number.NaN],
      ['Infinity', Number.POSITIVE_INFINITY],
      ['a function', () => 1],
      ['a symbol', Symbol('s')],
      ['a bigint', 1n],
      ['a Date', new Date(0)],
      ['a Map', new Map()],
      ['bytes', new Uint8Array(1)],
      ['undefined in a list', [undefined]],
      ['a hole in a list', new Array(1)],
      ['a cycle', cycle],
      ['an own __proto__', JSON.parse('{"__proto__":{"polluted":true}}')],
    ]
    for (const [what, value] of hostile) {
      for (const field of [value, [value], { deep: value }]) {
        const data = { id: 'a', field } as JsonObject
        await trial.refuse('INVALID', `create with ${what}`, 'create', { type: 'item', data })
        await trial.refuse('INVALID', `update with ${what}`, 'update', {
          type: 'item',
          id: 'there',
          changes: { field } as JsonObject,
        })
      }
    }
    assert.equal(Reflect.get({}, 'polluted'), undefined, 'no prototype was changed')
    assert.equal((await trial.get('item', 'there'))?.rev, 1)
  }),

  endpointCase('an own key __proto__ at the top of a record is INVALID', async (trial) => {
    const data: JsonObject = JSON.parse('{"id":"a","__proto__":{"polluted":true}}')
    await trial.refuse('INVALID', 'create with __proto__', 'create', { type: 'item', data })
    assert.equal(Reflect.get({}, 'polluted'), undefined)
    assert.equal(await trial.get('item', 'a'), undefined)
  }),

  endpointCase('a record nests at most as deep as limits.depth', async (trial) => {
    const nested = (depth: number): JsonObject => (depth === 1 ? {} : { deeper: nested(depth - 1) })
    // The record itself is the first level.
    await trial.create('item', { ...nested(limits.depth), id: 'deep' })
    const data = { ...nested(limits.depth + 1), id: 'deeper' }
    await trial.refuse(['INVALID', 'TOO_LARGE'], 'one level more', 'create', { type: 'item', data })
    assert.deepEqual(await trial.ids('item'), ['deep'])
  }),

  endpointCase('an object holds at most limits.keysPerObject keys', async (trial) => {
    const keys = Array.from({ length: limits.keysPerObject + 1 }, (_, n) => [`key${n}`, n] as const)
    const data = { id: 'a', many: Object.fromEntries(keys) }
    await trial.refuse(['INVALID', 'TOO_LARGE'], 'one key more', 'create', { type: 'item', data })
    await trial.create('item', { id: 'a', many: Object.fromEntries(keys.slice(1)) })
  }),

  endpointCase('data, changes and lists of the wrong shape are INVALID', async (trial) => {
    await trial.create('item', { id: 'a', n: 1 })
    const wrong: [kind: MessageKind, body: unknown][] = [
      ['create', { type: 'item' }],
      ['create', { type: 'item', data: null }],
      ['create', { type: 'item', data: [] }],
      ['create', { type: 'item', data: 'text' }],
      ['update', { type: 'item', id: 'a' }],
      ['update', { type: 'item', id: 'a', changes: [] }],
      ['update', { type: 'item', id: 'a', changes: {}, unset: 'n' }],
      ['update', { type: 'item', id: 'a', changes: { n: 2 }, expectedRev: 'one' }],
      ['createMany', { type: 'item', rows: {} }],
      ['createMany', { type: 'item', rows: [7] }],
      ['deleteMany', { type: 'item', ids: 'a' }],
      ['getMany', { type: 'item', ids: 'a' }],
      ['query', { type: 'item', include: 'parent' }],
      ['query', { type: 'item', include: [1] }],
      ['query', { type: 'item', include: {} }],
      ['transact', { operations: {} }],
      ['transact', { operations: [{ op: 'explode', type: 'item', id: 'a' }] }],
    ]
    for (const [kind, body] of wrong) {
      await trial.refuse('INVALID', `${kind} with ${JSON.stringify(body)}`, kind, body as Protocol[typeof kind]['ask'])
    }
    assert.equal((await trial.get('item', 'a'))?.rev, 1)
  }),

  endpointCase('words that are too long for the log are refused', async (trial) => {
    const data = { id: 'a', n: 1 }
    for (const [word, most] of [
      ['actor', limits.actorChars],
      ['txid', limits.txidChars],
    ] as const) {
      const body = { type: 'item', data, [word]: 'x'.repeat(most + 1) }
      await trial.refuse(['INVALID', 'TOO_LARGE'], `${word} above ${most} characters`, 'create', body)
    }
    await trial.create(
      'item',
      { ...data },
      { actor: 'x'.repeat(limits.actorChars), txid: 'x'.repeat(limits.txidChars) },
    )
  }),

  endpointCase('a message that there is not is refused', async (trial) => {
    for (const kind of ['explode', 'toString', 'constructor', '__proto__']) {
      const asking = trial.ask(kind as MessageKind, {} as Protocol['stats']['ask'])
      await refused(['INVALID', 'UNSUPPORTED'], `the message ${kind}`, asking)
    }
  }),

  endpointCase('a query with a mistake in it is INVALID', async (trial) => {
    await trial.create('item', { id: 'a', n: 1 })
    const mistakes: [what: string, query: object][] = [
      ['an operator that there is not', { where: { n: { near: 1 } } }],
      ['an operator with a dollar', { where: { n: { $gt: 1 } } }],
      ['a list where one value belongs', { where: { n: [1, 2] } }],
      ['in without a list', { where: { n: { in: 1 } } }],
      ['exists that is no boolean', { where: { n: { exists: 1 } } }],
      ['prefix that is no text', { where: { s: { prefix: 1 } } }],
      ['a range on a time by what is no date-time', { where: { when: { gt: 'soon' } } }],
      ['and without a list', { where: { and: { n: 1 } } }],
      ['limit 0', { limit: 0 }],
      ['limit below 0', { limit: -1 }],
      ['half a limit', { limit: 1.5 }],
      ['a limit above queryRows', { limit: limits.queryRows + 1 }],
      ['an order that is none', { orderBy: 'n' }],
      ['a direction that is none', { orderBy: [['n', 'up']] }],
      ['a cursor that is none', { limit: 1, cursor: 'made-up' }],
      ['where that is a list', { where: [] }],
    ]
    for (const [what, query] of mistakes) {
      await trial.refuse('INVALID', what, 'query', { type: 'item', ...query })
    }
  }),

  endpointCase('a field that a type with "fields" does not list is INVALID in a query', async (trial) => {
    const unlisted: object[] = [
      { where: { colour: 'red' } },
      { where: { not: { colour: 'red' } } },
      { orderBy: [['colour', 'asc']] },
    ]
    for (const query of unlisted) {
      await trial.refuse('INVALID', `a query with ${JSON.stringify(query)}`, 'query', { type: 'review', ...query })
    }
    await trial.query('review', {
      where: { rating: 1, updated_at: { gt: '2020-01-01T00:00:00Z' } },
      orderBy: [['id', 'asc']],
    })
    await trial.query('item', { where: { colour: 'red' } })
  }),

  endpointCase('a filter has bounds', async (trial) => {
    const deep = (levels: number): JsonObject => (levels === 0 ? { n: 1 } : { not: deep(levels - 1) })
    const wide = { or: Array.from({ length: limits.filterNodes + 1 }, (_, n) => ({ n })) }
    const long = { n: { in: Array.from({ length: limits.inValues + 1 }, (_, n) => n) } }
    for (const where of [deep(limits.filterDepth + 1), wide, long]) {
      await trial.refuse(['INVALID', 'TOO_LARGE'], 'a filter beyond its bounds', 'query', { type: 'item', where })
    }
  }),
]
