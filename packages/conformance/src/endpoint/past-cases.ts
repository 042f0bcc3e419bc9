import assert from 'node:assert/strict'
import type { Query } from '@stateward/contract'
import { refused } from '../codes.ts'
import { type EndpointCase, type EndpointTrial, endpointCase, plain } from './trial.ts'

/** Something of everything: five moments of two items, with a deletion and a new life. */
async function fiveMoments(trial: EndpointTrial): Promise<void> {
  await trial.create('item', { id: 'a', n: 1, s: 'x' })
  await trial.create('item', { id: 'b', n: 2, s: 'x' })
  await trial.update('item', 'a', { n: 3 }, { unset: ['s'] })
  await trial.delete('item', 'b')
  await trial.create('item', { id: 'b', n: 4 })
}

/** What reads as of commits that are past promise, and `asOf`, which finds them. */
export const pastCases: readonly EndpointCase[] = [
  endpointCase('every moment of the past reads as it was, whatever is written later and compacted', async (trial) => {
    await fiveMoments(trial)
    const look = async (): Promise<void> => {
      const { oldestSeq } = await trial.ask('asOf', { seq: 5 })
      const moments = [
        [],
        [['a', 1]],
        [
          ['a', 1],
          ['b', 2],
        ],
        [
          ['a', 3],
          ['b', 2],
        ],
        [['a', 3]],
        [
          ['a', 3],
          ['b', 4],
        ],
      ]
      for (const [asOf, expected] of moments.entries()) {
        // A storage that keeps no history lets go of it with a compaction, and then says so.
        if (asOf < oldestSeq) {
          await refused('TRIMMED', `a query as of ${asOf}`, trial.query('item', { asOf }))
          continue
        }
        const { rows, seq } = await trial.query('item', { asOf })
        assert.deepEqual([seq, ...rows.map(({ id, n }) => [id, n])], [asOf, ...expected])
        const got = await trial.ask('getMany', { type: 'item', ids: ['b', 'a'], asOf })
        const found = ['b', 'a'].map((id) => rows.find((row) => row.id === id))
        assert.deepEqual(plain(got.map((record) => record ?? null)), plain(found.map((record) => record ?? null)))
        assert.deepEqual(
          plain((await trial.ask('get', { type: 'item', id: 'a', asOf })) ?? null),
          plain(found[1] ?? null),
        )
      }
      const query: Query = { type: 'item', where: { s: 'x' }, asOf: 2 }
      if (oldestSeq > 2) return
      assert.equal(await trial.ask('count', query), 2)
      assert.deepEqual(await trial.ids('item', { where: { s: 'x' }, orderBy: [['n', 'desc']], asOf: 2 }), ['b', 'a'])
      const [sums] = await trial.ask('aggregate', { query, measures: { sum: { sum: 'n' } } })
      assert.equal(sums?.measures.sum, 3)
      assert.equal((await trial.ask('groupBy', { query, field: 's' })).length > 0, true)
    }
    await look()
    await trial.ask('compact', {})
    await trial.update('item', 'a', { n: 5 })
    await look()
  }),

  endpointCase('a page of a past moment is followed by the rest of that moment', async (trial) => {
    await fiveMoments(trial)
    const { rows, cursor } = await trial.query('item', { asOf: 3, limit: 1 })
    assert(cursor !== undefined, 'there is a second page')
    await trial.create('item', { id: 'aa', n: 9 })
    const rest = await trial.query('item', { asOf: 3, limit: 1, cursor })
    assert.deepEqual(
      [...rows, ...rest.rows].map(({ id, n }) => [id, n]),
      [
        ['a', 3],
        ['b', 2],
      ],
    )
  }),

  endpointCase('asOf finds the last commit that is not behind a time', async (trial) => {
    await fiveMoments(trial)
    const versions = [...(await trial.history('item', 'a')), ...(await trial.history('item', 'b'))]
    for (const { timestamp } of versions) {
      const found = await trial.ask('asOf', { time: timestamp })
      const last = Math.max(...versions.flatMap((one) => (one.timestamp <= timestamp ? [one.seq] : [])))
      assert.deepEqual([found.seq, found.timestamp, found.oldestSeq], [last, timestamp, 0])
    }
    assert.equal((await trial.ask('asOf', { time: '2000-01-01T00:00:00Z' })).seq, 0)
    assert.equal((await trial.ask('asOf', { seq: 4 })).seq, 4)
  }),

  endpointCase('what is no moment, or still to come, is INVALID', async (trial) => {
    await fiveMoments(trial)
    for (const seq of [6, -1, 0.5]) {
      await refused('INVALID', `asOf seq ${seq}`, trial.ask('asOf', { seq }))
      await refused('INVALID', `a query as of ${seq}`, trial.query('item', { asOf: seq }))
      await refused('INVALID', `a record as of ${seq}`, trial.ask('get', { type: 'item', id: 'a', asOf: seq }))
    }
    for (const time of ['9999-01-01T00:00:00Z', 'yesterday'])
      await refused('INVALID', `asOf time ${time}`, trial.ask('asOf', { time }))
    await refused('INVALID', 'asOf nothing', trial.ask('asOf', {}))
    const { snapshot } = await trial.ask('snapshot', {})
    await refused('INVALID', 'two moments at once', trial.query('item', { asOf: 1, snapshot }))
  }),

  endpointCase('history tells the fields that each version changed', async (trial) => {
    await fiveMoments(trial)
    const [made, changed] = await trial.history('item', 'a')
    const own = made?.fields?.filter(({ field }) => field === 'n' || field === 's')
    assert.deepEqual(plain(own?.sort((left, right) => (left.field < right.field ? -1 : 1))), [
      { field: 'n', after: 1 },
      { field: 's', after: 'x' },
    ])
    assert.deepEqual(plain([...(changed?.fields ?? [])].sort((left, right) => (left.field < right.field ? -1 : 1))), [
      { field: 'n', before: 1, after: 3 },
      { field: 's', before: 'x' },
    ])
    const [, gone] = await trial.history('item', 'b')
    assert.deepEqual(plain(gone?.fields?.find(({ field }) => field === 'n')), { field: 'n', before: 2 })
  }),

  endpointCase('a difference names what is other at a later moment, and how', async (trial) => {
    await fiveMoments(trial)
    const { records } = await trial.ask('diff', { from: 2, to: 5 })
    const found = records.map(({ type, id, op, fields }) => [type, id, op, fields.find(({ field }) => field === 'n')])
    assert.deepEqual(plain(found), [
      ['item', 'a', 'updated', { field: 'n', before: 1, after: 3 }],
      ['item', 'b', 'updated', { field: 'n', before: 2, after: 4 }],
    ])
    assert.deepEqual(
      (await trial.ask('diff', { from: 3, to: 4 })).records.map(({ op }) => op),
      ['deleted'],
    )
    assert.deepEqual(
      (await trial.ask('diff', { from: 4, to: 5 })).records.map(({ op }) => op),
      ['created'],
    )
    assert.deepEqual((await trial.ask('diff', { from: 5, to: 5 })).records, [])
    await refused('INVALID', 'a difference the wrong way round', trial.ask('diff', { from: 3, to: 2 }))
    await refused('INVALID', 'a difference to what is to come', trial.ask('diff', { from: 3, to: 6 }))
  }),

  endpointCase('undo writes the inverse of a commit, whole, and may be undone itself', async (trial) => {
    await fiveMoments(trial)
    const { seq } = await trial.ask('transact', {
      operations: [
        { op: 'update', type: 'item', id: 'a', changes: { n: 7, s: 'y' } },
        { op: 'delete', type: 'item', id: 'b' },
        { op: 'create', type: 'item', data: { id: 'c', n: 8 } },
      ],
    })
    const values = async (): Promise<unknown> => (await trial.query('item')).rows.map(({ id, n, s }) => [id, n, s])
    const after = await values()
    const undone = await trial.ask('undo', { seq, actor: 'ada' })
    assert.deepEqual(await values(), [
      ['a', 3, undefined],
      ['b', 4, undefined],
    ])
    assert.deepEqual([undone.seq, await trial.lastSeq()], [seq + 1, seq + 1], 'it is one commit')
    assert.equal((await trial.history('item', 'a')).at(-1)?.actor, 'ada')
    await trial.ask('undo', { seq: undone.seq })
    assert.deepEqual(await values(), after)
  }),

  endpointCase('undo of what was changed since is a CONFLICT that names it', async (trial) => {
    await fiveMoments(trial)
    const { details } = await trial.refuse('CONFLICT', 'an undo of what was changed since', 'undo', { seq: 1 })
    const named = Array.isArray(details.records) ? details.records : []
    assert.deepEqual(
      named.map(({ type, id }) => [type, id]),
      [['item', 'a']],
    )
    await trial.refuse('INVALID', 'an undo of what is to come', 'undo', { seq: 6 })
  }),
]
