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
]
