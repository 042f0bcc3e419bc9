import assert from 'node:assert/strict'
import { refused } from '../codes.ts'
import { type EndpointCase, endpointCase, plain } from './trial.ts'

/** What statistics, checks, compaction and opening again promise. */
export const upkeepCases: readonly EndpointCase[] = [
  endpointCase('stats counts what there is', async (trial) => {
    const empty = await trial.ask('stats', {})
    assert.deepEqual([empty.firstSeq, empty.lastSeq, empty.records], [1, 0, 0])
    await trial.ask('createMany', {
      type: 'item',
      rows: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 },
      ],
    })
    await trial.create('author', { name: 'Ada' })
    await trial.delete('item', 'a')
    const stats = await trial.ask('stats', {})
    assert.equal(stats.lastSeq, 3)
    assert.equal(stats.records, 2)
    assert.deepEqual([stats.recordsByType.item, stats.recordsByType.author], [1, 1])
    assert.equal(stats.health, 'ok')
    assert(stats.bytes > 0 && stats.segments >= 1, 'a log with commits occupies bytes')
    assert(stats.cache.bytes <= stats.cache.maxBytes, 'the cache keeps within its bound')
    assert(Array.isArray(stats.indexes) && stats.indexes.some(({ type }) => type === 'item'), 'indexes are listed')
  }),

  endpointCase('verify finds a healthy store sound: log, indexes and records', async (trial) => {
    await trial.ask('createMany', {
      type: 'item',
      rows: Array.from({ length: 50 }, (_, n) => ({ id: `i${n}`, n: n % 7, s: `${n % 3}` })),
    })
    await trial.update('item', 'i3', { n: 99 }, { unset: ['s'] })
    await trial.delete('item', 'i4')
    const { indexes, ok, records, storage } = await trial.ask('verify', {})
    assert.deepEqual([ok, storage.ok, records, indexes.filter((index) => !index.ok)], [true, true, 49, []])
  }),

  endpointCase('flush answers the last seq, with everything before it safe', async (trial) => {
    assert.equal((await trial.ask('flush', {})).lastSeq, 0)
    const writing = trial.create('item', { id: 'a' })
    const { lastSeq } = await trial.ask('flush', {})
    await writing
    assert.equal(lastSeq, 1)
  }),

  endpointCase('compact changes no answer', async (trial) => {
    await trial.ask('createMany', {
      type: 'item',
      rows: Array.from({ length: 30 }, (_, n) => ({ id: `i${n}`, n: n % 5 })),
    })
    for (let n = 0; n < 10; n++) await trial.update('item', `i${n}`, { s: `s${n}` })
    await trial.delete('item', 'i7')
    const look = async (): Promise<unknown> => [
      (await trial.query('item')).rows,
      await trial.ids('item', { where: { n: 2 }, orderBy: [['s', 'desc']] }),
      await trial.ask('count', { type: 'item', where: { s: { prefix: 's' } } }),
    ]
    const before = plain(await look())
    const { records, upTo } = await trial.ask('compact', {})
    assert.deepEqual([records, upTo], [29, await trial.lastSeq()])
    assert.deepEqual(plain(await look()), before)
    assert.equal((await trial.update('item', 'i3', { n: 9 }, { expectedRev: 2 })).rev, 3)
    assert.equal((await trial.create('item', { id: 'i7', n: 1 })).rev, 4, 'rev goes on behind a compaction')
    assert.equal(await trial.lastSeq(), upTo + 2, 'seqs go on behind a compaction')
    await trial.ask('compact', {})
    assert((await trial.ask('verify', {})).ok)
  }),

  endpointCase('compact may run while writes go on', async (trial) => {
    await trial.ask('createMany', { type: 'item', rows: Array.from({ length: 40 }, (_, n) => ({ id: `i${n}`, n })) })
    const compacting = trial.ask('compact', {})
    const writes = Array.from({ length: 40 }, (_, n) =>
      n % 3 === 0 ? trial.delete('item', `i${n}`) : trial.update('item', `i${n}`, { n: n + 100 }),
    )
    await Promise.all([compacting, ...writes])
    const expected = Array.from({ length: 40 }, (_, n) => n).filter((n) => n % 3 !== 0)
    assert.deepEqual(
      (await trial.query('item', { orderBy: [['n', 'asc']] })).rows.map(({ n }) => n),
      expected.map((n) => n + 100),
    )
    assert((await trial.ask('verify', {})).ok)
  }),

  endpointCase('compact settles while a snapshot is open, however often it is asked', async (trial) => {
    await trial.ask('createMany', {
      type: 'item',
      rows: [
        { id: 'a', n: 1 },
        { id: 'b', n: 2 },
      ],
    })
    const { snapshot } = await trial.ask('snapshot', {})
    for (let n = 3; n < 6; n++) {
      await trial.update('item', 'a', { n })
      assert.equal((await trial.ask('compact', {})).records, 2)
      assert.equal((await trial.get('item', 'a', snapshot))?.n, 1)
    }
    await trial.ask('release', { snapshot })
    await trial.ask('compact', {})
    assert.equal((await trial.get('item', 'a'))?.n, 5)
    assert((await trial.ask('verify', {})).ok)
  }),

  endpointCase('a store that is opened again is as it was', async (trial) => {
    await trial.ask('createMany', { type: 'item', rows: ['a', 'b', 'c', 'd'].map((id, n) => ({ id, n })) })
    await trial.ask('compact', {})
    await trial.update('item', 'a', { s: 'x' }, { unset: ['n'] })
    await trial.delete('item', 'b')
    const author = await trial.create('author', { name: 'Ada' }, { txid: 'once' })
    const before = plain([
      await trial.query('item'),
      await trial.query('author'),
      (await trial.ask('stats', {})).recordsByType,
    ])
    await trial.reopen()
    const after = plain([
      await trial.query('item'),
      await trial.query('author'),
      (await trial.ask('stats', {})).recordsByType,
    ])
    assert.deepEqual(after, before)
    assert.deepEqual(
      plain(await trial.create('author', { name: 'Ada' }, { txid: 'once' })),
      plain(author),
      'txids are known again',
    )
    assert.equal((await trial.update('item', 'a', { n: 9 }, { expectedRev: 2 })).rev, 3)
    assert.equal((await trial.create('item', { id: 'b', n: 9 })).rev, 3, 'rev goes on behind a deletion')
    assert.deepEqual(await trial.ids('item', { where: { n: 9 } }), ['a', 'b'])
    await refused(
      'ALREADY_EXISTS',
      'restore of a record that is there',
      trial.ask('restore', { type: 'item', id: 'b' }),
    )
  }),
]
