import assert from 'node:assert/strict'
import type { ChangesAsk, RecordChange, Seq } from '@stateward/contract'
import { refused } from '../codes.ts'
import { type EndpointCase, type EndpointTrial, endpointCase, plain } from './trial.ts'

/** Reads a feed up to the last change of a commit, and lets go of it. */
async function toldUpTo(trial: EndpointTrial, seq: Seq, ask: ChangesAsk = {}): Promise<RecordChange[]> {
  const told: RecordChange[] = []
  const abort = trial.abortable()
  for await (const group of trial.endpoint.watch('changes', ask, abort.signal)) {
    assert(group.length > 0, 'an item of a feed holds a change')
    told.push(...group)
    if (told.some((change) => change.seq >= seq)) break
  }
  abort.abort()
  return told
}

/** What a change says but for when. */
function words({ seq, op, type, id, rev, before, after }: RecordChange): unknown[] {
  return [seq, op, type, id, rev, before?.n, after?.n]
}

async function someHistory(trial: EndpointTrial): Promise<Seq> {
  await trial.create('item', { id: 'a', n: 1 }, { actor: 'ada', txid: 'first' })
  await trial.create('author', { name: 'Ada' })
  await trial.update('item', 'a', { n: 2 })
  await trial.ask('transact', {
    operations: [
      { op: 'create', type: 'item', data: { id: 'b', n: 9 } },
      { op: 'update', type: 'item', id: 'a', changes: { n: 3 } },
    ],
  })
  await trial.delete('item', 'a')
  await trial.ask('restore', { type: 'item', id: 'a' })
  return trial.lastSeq()
}

const itemsOfHistory = [
  [1, 'create', 'item', 'a', 1, undefined, 1],
  [3, 'update', 'item', 'a', 2, 1, 2],
  [4, 'create', 'item', 'b', 1, undefined, 9],
  [4, 'update', 'item', 'a', 3, 2, 3],
  [5, 'delete', 'item', 'a', 4, 3, undefined],
  [6, 'create', 'item', 'a', 5, undefined, 3],
]

/** What the feed of changes promises. */
export const feedCases: readonly EndpointCase[] = [
  endpointCase(
    'changes tells each change with the record before and after, whichever commit it begins with',
    async (trial) => {
      const last = await someHistory(trial)
      const all = await toldUpTo(trial, last)
      assert.deepEqual(all.filter(({ type }) => type === 'item').map(words), itemsOfHistory)
      assert.equal(all.length, itemsOfHistory.length + 1, 'changes of every type are told')
      assert.deepEqual([all[0]?.actor, all[0]?.txid], ['ada', 'first'])
      assert.deepEqual(
        all.filter(({ seq }) => seq === 4).map(({ at, last: isLast }) => [at, isLast]),
        [
          [0, false],
          [1, true],
        ],
      )
      for (let since = 0; since <= last; since++) {
        const told = await toldUpTo(trial, last, { since })
        assert.deepEqual(plain(told), plain(all.filter(({ seq }) => seq >= since)), `changes since ${since}`)
      }
    },
  ),

  endpointCase('changes goes on with what comes, and ends on abort', async (trial) => {
    const abort = trial.abortable()
    await trial.create('item', { id: 'a', n: 1 })
    const seen: unknown[] = []
    const feed = trial.endpoint.watch('changes', { since: 2 }, abort.signal)[Symbol.asyncIterator]()
    for (const n of [2, 3, 4]) {
      const next = feed.next()
      await trial.update('item', 'a', { n })
      const step = await next
      assert(!step.done, 'a feed does not end by itself')
      seen.push(...step.value.map(words))
    }
    assert.deepEqual(seen, [
      [2, 'update', 'item', 'a', 2, 1, 2],
      [3, 'update', 'item', 'a', 3, 2, 3],
      [4, 'update', 'item', 'a', 4, 3, 4],
    ])
    const over = feed.next()
    abort.abort()
    assert.equal((await over).done, true, 'an aborted feed ends')
  }),

  endpointCase('changes tells of the types asked for, and of what comes into a filter or leaves it', async (trial) => {
    const last = await someHistory(trial)
    const items = await toldUpTo(trial, last, { types: ['item'] })
    assert.deepEqual(items.map(words), itemsOfHistory)
    const low = await toldUpTo(trial, 4, { types: ['item'], where: { n: { lte: 2 } } })
    assert.deepEqual(low.map(words), [itemsOfHistory[0], itemsOfHistory[1], itemsOfHistory[3]])
  }),

  endpointCase('changes refuses what it cannot be asked', async (trial) => {
    await trial.create('item', { id: 'a' })
    const asks: readonly [string, ChangesAsk][] = [
      ['a type that there is not', { types: ['nothing'] }],
      ['a filter without a type', { where: { n: 1 } }],
      ['a filter on two types', { types: ['item', 'author'], where: { n: 1 } }],
      ['a since that is no seq', { since: -1 }],
      ['a since of another store', { since: 9 }],
      ['no room to be behind', { maxBehind: 0 }],
      ['an option that there is not', { ...{ since: 1, sinse: 1 } }],
    ]
    for (const [what, ask] of asks) await refused('INVALID', what, toldUpTo(trial, 1, ask))
  }),
]
