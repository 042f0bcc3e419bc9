import assert from 'node:assert/strict'
import { type JsonObject, limits, type Operation } from '@stateward/contract'
import { type EndpointCase, endpointCase, ownFields, plain } from './trial.ts'

/** What writes of many records promise, and `transact`. */
export const bulkCases: readonly EndpointCase[] = [
  endpointCase('createMany answers its rows in order', async (trial) => {
    const rows = Array.from({ length: 20 }, (_, n) => ({ id: `i${99 - n}`, n }))
    const records = await trial.ask('createMany', { type: 'item', rows })
    assert.deepEqual(
      records.map(({ id, n, rev }) => ({ id, n, rev })),
      rows.map((row) => ({ ...row, rev: 1 })),
    )
    assert.deepEqual(plain(await trial.getMany('item', ['i99', 'i80'])), plain([records[0], records[19]]))
    const authors = await trial.ask('createMany', { type: 'author', rows: [{ name: 'Ada' }, { name: 'Bob' }] })
    assert.deepEqual(
      authors.map(({ name }) => name),
      ['Ada', 'Bob'],
    )
    assert.deepEqual(await trial.ask('createMany', { type: 'item', rows: [] }), [])
  }),

  endpointCase('a bulk write is refused whole', async (trial) => {
    await trial.create('item', { id: 'there', n: 1 })
    const good = Array.from({ length: 5 }, (_, n) => ({ id: `i${n}`, n }))
    const bad: [code: 'ALREADY_EXISTS' | 'INVALID_REFERENCE' | 'INVALID', row: JsonObject][] = [
      ['ALREADY_EXISTS', { id: 'there' }],
      ['ALREADY_EXISTS', { id: 'i0' }],
      ['INVALID_REFERENCE', { id: 'x', parent: 'none' }],
      ['INVALID', {}],
    ]
    for (const [code, row] of bad) {
      const what = `createMany with the row ${JSON.stringify(row)}`
      await trial.refuse(code, what, 'createMany', { type: 'item', rows: [...good, row] })
    }
    const updates = [
      { id: 'there', changes: { n: 2 } },
      { id: 'none', changes: { n: 2 } },
    ]
    await trial.refuse('NOT_FOUND', 'updateMany with an absent id', 'updateMany', { type: 'item', updates })
    await trial.refuse('NOT_FOUND', 'deleteMany with an absent id', 'deleteMany', {
      type: 'item',
      ids: ['there', 'none'],
    })
    assert.deepEqual(plain(ownFields(await trial.get('item', 'there'))), { id: 'there', n: 1 })
    assert.deepEqual(await trial.ids('item'), ['there'])
  }),

  endpointCase('a createMany that is too long for one commit is several, in order', async (trial) => {
    const words = 'x'.repeat(500)
    const rows = Array.from({ length: 400 }, (_, n) => ({ id: `i${String(n).padStart(4, '0')}`, words }))
    await trial.ask('createMany', { type: 'item', rows })
    const bytes = rows.length * words.length
    const commits = await trial.lastSeq()
    assert(
      commits >= Math.floor(bytes / limits.bulkCommitBytes),
      `${bytes} bytes are several commits, found ${commits}`,
    )
    assert(commits < rows.length / 4, `rows share commits, found ${commits} for ${rows.length} rows`)
    assert.deepEqual(
      await trial.ids('item'),
      rows.map(({ id }) => id),
    )
    const [first] = await trial.history('item', 'i0000')
    const [last] = await trial.history('item', 'i0399')
    assert((first?.seq ?? 0) < (last?.seq ?? 0), 'the commits are in the order of the rows')
  }),

  endpointCase('updateMany and deleteMany answer in order, each with its own rev', async (trial) => {
    await trial.ask('createMany', { type: 'item', rows: ['a', 'b', 'c'].map((id) => ({ id, n: 1, s: id })) })
    await trial.update('item', 'b', { n: 2 })
    const updates = [
      { id: 'c', changes: { n: 5 } },
      { id: 'b', changes: { n: 6 }, unset: ['s'], expectedRev: 2 },
    ]
    const updated = await trial.ask('updateMany', { type: 'item', updates })
    assert.deepEqual(
      updated.map(({ id, n, rev, s }) => [id, n, rev, s]),
      [
        ['c', 5, 2, 'c'],
        ['b', 6, 3, undefined],
      ],
    )
    const stale = [
      { id: 'a', changes: { n: 9 } },
      { id: 'b', changes: { n: 9 }, expectedRev: 2 },
    ]
    await trial.refuse('CONFLICT', 'updateMany with a stale rev', 'updateMany', { type: 'item', updates: stale })
    const deleted = await trial.ask('deleteMany', { type: 'item', ids: ['c', 'a'] })
    assert.deepEqual(plain(deleted), [
      { id: 'c', rev: 3 },
      { id: 'a', rev: 2 },
    ])
    assert.deepEqual(await trial.ids('item'), ['b'])
  }),

  endpointCase('transact is one commit, and answers each operation in order', async (trial) => {
    await trial.create('item', { id: 'old', n: 1 })
    await trial.create('item', { id: 'gone', n: 1 })
    await trial.delete('item', 'gone')
    await trial.create('item', { id: 'going', n: 1 })
    const before = await trial.lastSeq()
    const operations: Operation[] = [
      { op: 'create', type: 'item', data: { id: 'new', n: 2 } },
      { op: 'update', type: 'item', id: 'old', changes: { n: 3 }, expectedRev: 1 },
      { op: 'delete', type: 'item', id: 'going' },
      { op: 'restore', type: 'item', id: 'gone' },
      { op: 'create', type: 'author', data: { name: 'Ada' } },
    ]
    const { results, seq } = await trial.ask('transact', { operations })
    assert.equal(seq, before + 1)
    assert.equal(await trial.lastSeq(), before + 1, 'a transaction is one commit')
    assert.deepEqual(results.map(({ id, rev }) => [id, rev]).slice(0, 4), [
      ['new', 1],
      ['old', 2],
      ['going', 2],
      ['gone', 3],
    ])
    assert.deepEqual(await trial.ids('item'), ['gone', 'new', 'old'])
    assert.deepEqual(await trial.ids('author'), [results[4]?.id])
    assert.deepEqual(plain(await trial.get('item', 'new')), plain(results[0]))
  }),

  endpointCase('transact writes only where everything that it expects holds', async (trial) => {
    await trial.create('item', { id: 'a', n: 1 })
    const operations: Operation[] = [{ op: 'create', type: 'item', data: { id: 'b' } }]
    const a = { type: 'item', id: 'a' }
    for (const unmet of [{ exists: false }, { rev: 2 }, { fields: { n: 2 } }, { unset: ['n'] }])
      await trial.refuse('CONFLICT', JSON.stringify(unmet), 'transact', { operations, expect: [{ ...a, ...unmet }] })
    await trial.refuse('CONFLICT', 'a record that is not there', 'transact', {
      operations,
      expect: [
        { ...a, exists: true },
        { type: 'item', id: 'nobody', exists: true },
      ],
    })
    await trial.refuse('INVALID', 'an expectation of nothing', 'transact', { operations, expect: [a] })
    await trial.ask('transact', {
      operations,
      expect: [
        { ...a, exists: true, rev: 1, fields: { n: 1 }, unset: ['s'] },
        { type: 'item', id: 'b', exists: false },
      ],
    })
    assert.deepEqual(await trial.ids('item'), ['a', 'b'])
  }),

  endpointCase('each operation of transact sees the ones before it', async (trial) => {
    const operations: Operation[] = [
      { op: 'create', type: 'item', data: { id: 'parent', n: 1 } },
      { op: 'create', type: 'item', data: { id: 'child', parent: 'parent' } },
      { op: 'update', type: 'item', id: 'parent', changes: { n: 2 } },
      { op: 'update', type: 'item', id: 'parent', changes: { s: 'x' } },
    ]
    const { seq } = await trial.ask('transact', { operations })
    assert.deepEqual(plain(ownFields(await trial.get('item', 'parent'))), { id: 'parent', n: 2, s: 'x' })
    const versions = await trial.history('item', 'parent')
    assert.deepEqual(
      versions.map((version) => [version.seq, version.record?.n, version.record?.s]),
      [[seq, 2, 'x']],
      'one version per record and commit is kept',
    )
    await trial.refuse('INVALID_REFERENCE', 'a child before its parent', 'transact', {
      operations: [
        { op: 'create', type: 'item', data: { id: 'early', parent: 'late' } },
        { op: 'create', type: 'item', data: { id: 'late' } },
      ],
    })
    await trial.ask('transact', {
      operations: [
        { op: 'delete', type: 'item', id: 'child' },
        { op: 'delete', type: 'item', id: 'parent' },
      ],
    })
    assert.deepEqual(await trial.ids('item'), [])
  }),

  endpointCase('a transaction with an operation that is refused leaves no trace', async (trial) => {
    const before = await trial.create('item', { id: 'a', n: 1 })
    const first: Operation[] = [
      { op: 'create', type: 'item', data: { id: 'b', n: 1 } },
      { op: 'update', type: 'item', id: 'a', changes: { n: 2 } },
    ]
    const refusals: [code: 'NOT_FOUND' | 'CONFLICT' | 'ALREADY_EXISTS' | 'INVALID' | 'RESTRICTED', last: Operation][] =
      [
        ['NOT_FOUND', { op: 'delete', type: 'item', id: 'none' }],
        ['CONFLICT', { op: 'update', type: 'item', id: 'a', changes: { n: 3 }, expectedRev: 9 }],
        ['ALREADY_EXISTS', { op: 'create', type: 'item', data: { id: 'b', n: 2 } }],
        ['ALREADY_EXISTS', { op: 'restore', type: 'item', id: 'a' }],
        ['INVALID', { op: 'create', type: 'author', data: { name: '' } }],
      ]
    for (const [code, last] of refusals) {
      await trial.refuse(code, `a transaction that ends with ${JSON.stringify(last)}`, 'transact', {
        operations: [...first, last],
      })
    }
    assert.deepEqual(plain((await trial.query('item')).rows), plain([before]))
    assert.deepEqual(await trial.ids('item', { where: { n: 2 } }), [], 'no index has kept a trace of them')
    assert.equal((await trial.history('item', 'a')).length, 1)
  }),

  endpointCase('a transaction above commitBytes is TOO_LARGE', async (trial) => {
    const words = 'x'.repeat(limits.commitBytes / 2)
    const operations: Operation[] = ['a', 'b', 'c'].map((id) => ({ op: 'create', type: 'item', data: { id, words } }))
    await trial.refuse('TOO_LARGE', 'a transaction of one and a half times commitBytes', 'transact', { operations })
    assert.deepEqual(await trial.ids('item'), [])
  }),
]
