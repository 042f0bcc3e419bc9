import assert from 'node:assert/strict'
import type { LiveUpdate, Query, StoredRecord } from '@stateward/contract'
import { refused } from '../codes.ts'
import { type EndpointCase, type EndpointTrial, endpointCase, plain } from './trial.ts'

/** The result of a live query, added up in the plainest way. */
class LiveRows {
  rows: StoredRecord[] = []
  kinds: string[] = []
  readonly #updates: AsyncIterator<LiveUpdate>

  constructor(trial: EndpointTrial, query: Query, signal: AbortSignal) {
    this.#updates = trial.endpoint.watch('live', query, signal)[Symbol.asyncIterator]()
  }

  /** Takes updates in until the rows are these. */
  async become(ids: readonly string[]): Promise<void> {
    while (this.kinds.length === 0 || this.rows.map(({ id }) => id).join() !== ids.join()) {
      const step = await this.#updates.next()
      assert(!step.done, 'a live query does not end by itself')
      this.#take(step.value)
    }
  }

  async isOver(): Promise<boolean> {
    return (await this.#updates.next()).done === true
  }

  #take(update: LiveUpdate): void {
    this.kinds.push(update.kind)
    if (update.kind === 'rows') this.rows = [...update.rows]
    else {
      assert(update.changes.length > 0, 'an update holds a difference')
      for (const change of update.changes) this.#change(change)
    }
  }

  #change(change: Extract<LiveUpdate, { kind: 'changes' }>['changes'][number]): void {
    const { op, at } = change
    const [gone] = op === 'enter' ? [] : this.rows.splice(op === 'move' ? change.from : at, 1)
    if (op === 'leave') assert.equal(gone?.id, change.id, 'what leaves stands where it is said to')
    else this.rows.splice(at, 0, change.record)
  }
}

/** What live queries promise. */
export const liveCases: readonly EndpointCase[] = [
  endpointCase(
    'a live query gives its result, and then what becomes different, in order and within its limit',
    async (trial) => {
      await trial.ask('createMany', { type: 'item', rows: [1, 2, 3, 4].map((n) => ({ id: `i${n}`, n, s: 'x' })) })
      const abort = trial.abortable()
      const query: Query = { type: 'item', where: { s: 'x' }, orderBy: [['n', 'asc']], limit: 3 }
      const live = new LiveRows(trial, query, abort.signal)
      await live.become(['i1', 'i2', 'i3'])
      await trial.delete('item', 'i2')
      await live.become(['i1', 'i3', 'i4'])
      await trial.update('item', 'i4', { n: 0 })
      await live.become(['i4', 'i1', 'i3'])
      await trial.create('item', { id: 'i5', n: 2, s: 'y' })
      await trial.update('item', 'i5', { s: 'x' })
      await live.become(['i4', 'i1', 'i5'])
      await trial.update('item', 'i1', { s: 'y' })
      await live.become(['i4', 'i5', 'i3'])
      assert.deepEqual(plain(live.rows), plain((await trial.query('item', query)).rows))
      assert.deepEqual(
        new Set(live.kinds.slice(1)),
        new Set(['changes']),
        'behind the first result there are differences',
      )
      abort.abort()
      assert(await live.isOver(), 'an aborted live query ends')
    },
  ),

  endpointCase('a live query refuses what it cannot be', async (trial) => {
    const wrong: readonly [string, Query][] = [
      ['a type that there is not', { type: 'nothing' }],
      ['an operator that there is not', { type: 'item', where: { n: { like: 1 } } }],
      ['a page', { type: 'item', cursor: 'x' }],
      ['the past', { type: 'item', asOf: 0 }],
    ]
    for (const [what, query] of wrong) {
      const watching = async (): Promise<unknown> =>
        trial.endpoint.watch('live', query, trial.abortable().signal)[Symbol.asyncIterator]().next()
      await refused('INVALID', what, watching())
    }
  }),
]
