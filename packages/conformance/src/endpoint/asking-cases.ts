import assert from 'node:assert/strict'
import { durabilityLevels, hasCode, type MessageKind, type Protocol } from '@stateward/contract'
import { refused } from '../codes.ts'
import { type EndpointCase, endpointCase, ownFields, plain } from './trial.ts'

/** What every call promises: its order, its end, being asked twice, and what comes after `close`. */
export const askingCases: readonly EndpointCase[] = [
  endpointCase('calls made without waiting take effect in their order', async (trial) => {
    const item = { type: 'item', id: 'a' }
    const answers = await Promise.all([
      trial.create('item', { id: 'a', n: 1 }),
      trial.update('item', 'a', { n: 2 }),
      trial.ask('transact', { operations: [{ op: 'update', ...item, changes: { s: 'x' } }] }),
      trial.delete('item', 'a'),
      trial.ask('restore', item),
      trial.update('item', 'a', { n: 3 }, { expectedRev: 5 }),
      trial.create('item', { id: 'b', parent: 'a' }),
    ])
    assert.deepEqual([answers[0].rev, answers[1].rev, answers[3].rev, answers[4].rev, answers[5].rev], [1, 2, 4, 5, 6])
    assert.deepEqual(plain(ownFields(await trial.get('item', 'a'))), { id: 'a', n: 3, s: 'x' })
    const seqs = (await trial.history('item', 'a')).map(({ seq }) => seq)
    assert.deepEqual(seqs, [1, 2, 3, 4, 5, 6])
  }),

  endpointCase('a schema that answers later does not reorder calls', async (trial) => {
    const answers = await Promise.all([
      trial.create('note', { id: 'slow', text: 'first', delay_ms: 30 }),
      trial.create('item', { id: 'quick', n: 1 }),
      trial.create('note', { id: 'slower', text: 'third', delay_ms: 5 }),
      trial.update('note', 'slow', { text: 'fourth' }),
    ])
    assert.equal(answers[3].rev, 2)
    const seqs: number[] = []
    for (const [type, id] of [
      ['note', 'slow'],
      ['item', 'quick'],
      ['note', 'slower'],
    ] as const) {
      seqs.push((await trial.history(type, id))[0]?.seq ?? 0)
    }
    assert.deepEqual(seqs, [1, 2, 3])
    assert.equal((await trial.history('note', 'slow'))[1]?.seq, 4)
    await trial.refuse('INVALID', 'a note without text, said later', 'create', { type: 'note', data: { id: 'n' } })
  }),

  endpointCase('many callers at once are each answered with their own', async (trial) => {
    const ids = Array.from({ length: 200 }, (_, n) => `i${n}`)
    const created = await Promise.all(ids.map((id, n) => trial.create('item', { id, n })))
    assert.deepEqual(
      created.map(({ id, n }) => [id, n]),
      ids.map((id, n) => [id, n]),
    )
    const found = await Promise.all(ids.map((id) => trial.get('item', id)))
    assert.deepEqual(plain(found), plain(created))
    assert.equal(await trial.lastSeq(), 200)
  }),

  endpointCase('what is acknowledged is seen by every read that follows', async (trial) => {
    for (let n = 0; n < 25; n++) {
      await trial.create('item', { id: `i${n}`, n })
      const [count, { rows, seq }, found] = await Promise.all([
        trial.ask('count', { type: 'item' }),
        trial.query('item', { where: { n } }),
        trial.get('item', `i${n}`),
      ])
      assert.deepEqual([count, rows.length, found?.n], [n + 1, 1, n])
      assert(seq >= n + 1, `the answer is of commit ${n + 1} or later, found ${seq}`)
    }
  }),

  endpointCase('a second write with the same txid answers as the first did and changes nothing', async (trial) => {
    const author = await trial.create('author', { name: 'Ada' }, { txid: 'create' })
    const updated = await trial.update('author', author.id, { name: 'Bob' }, { txid: 'update' })
    const transacting = {
      operations: [{ op: 'create' as const, type: 'author', data: { name: 'Eve' } }],
      txid: 'transact',
    }
    const transacted = await trial.ask('transact', transacting)
    const deleted = await trial.delete('author', author.id, { txid: 'delete' })
    const seq = await trial.lastSeq()
    assert.deepEqual(plain(await trial.create('author', { name: 'Ada' }, { txid: 'create' })), plain(author))
    assert.deepEqual(
      plain(await trial.update('author', author.id, { name: 'Bob' }, { txid: 'update' })),
      plain(updated),
    )
    assert.deepEqual(plain(await trial.ask('transact', transacting)), plain(transacted))
    assert.deepEqual(plain(await trial.delete('author', author.id, { txid: 'delete' })), plain(deleted))
    assert.equal(await trial.lastSeq(), seq)
    assert.equal(await trial.ask('count', { type: 'author' }), 1)
  }),

  endpointCase('writes with the same txid at the same time are one write', async (trial) => {
    const racing = Array.from({ length: 5 }, () => trial.create('author', { name: 'Ada' }, { txid: 'once' }))
    const answers = await Promise.all(racing)
    assert.equal(new Set(answers.map(({ id }) => id)).size, 1)
    assert.equal(await trial.ask('count', { type: 'author' }), 1)
    assert.equal(await trial.lastSeq(), 1)
  }),

  endpointCase('a write that was refused leaves its txid free', async (trial) => {
    await refused('INVALID', 'an author without a name', trial.create('author', {}, { txid: 'again' }))
    await refused('NOT_FOUND', 'an absent item', trial.update('item', 'none', { n: 1 }, { txid: 'again' }))
    assert.equal((await trial.create('author', { name: 'Ada' }, { txid: 'again' })).rev, 1)
  }),

  endpointCase('a write may ask for the level of the store or more, and less is UNSUPPORTED', async (trial) => {
    const { durability } = await trial.ask('stats', {})
    const least = durabilityLevels.indexOf(durability)
    await trial.create('item', { id: 'a' }, { durability })
    for (const level of durabilityLevels.slice(0, least)) {
      await trial.refuse('UNSUPPORTED', `the level ${level} below ${durability}`, 'create', {
        type: 'item',
        data: { id: 'b' },
        durability: level,
      })
    }
  }),

  endpointCase('a signal that has aborted is ABORTED, and nothing happens', async (trial) => {
    const options = { signal: AbortSignal.abort() }
    await refused('ABORTED', 'create', trial.ask('create', { type: 'item', data: { id: 'a' } }, options))
    await refused('ABORTED', 'query', trial.ask('query', { type: 'item' }, options))
    assert.equal(await trial.lastSeq(), 0)
  }),

  endpointCase(
    'an abort while a write is under way is ABORTED and nothing happened, or comes too late',
    async (trial) => {
      const abort = trial.abortable()
      const writes = Array.from({ length: 30 }, (_, n) =>
        trial.ask('create', { type: 'item', data: { id: `i${n}` } }, { signal: abort.signal }),
      )
      abort.abort()
      const outcomes = await Promise.allSettled(writes)
      await trial.ask('flush', {})
      for (const [n, outcome] of outcomes.entries()) {
        const there = (await trial.get('item', `i${n}`)) !== undefined
        if (outcome.status === 'rejected')
          assert(hasCode(outcome.reason, 'ABORTED'), `expected ABORTED: ${outcome.reason}`)
        assert.equal(
          there,
          outcome.status === 'fulfilled',
          `create of i${n} is ${outcome.status}, and the record tells`,
        )
      }
    },
  ),

  endpointCase('a write whose time is up is TIMEOUT and never happened, or UNKNOWN, or done', async (trial) => {
    const writes = Array.from({ length: 30 }, (_, n) =>
      trial.ask('create', { type: 'item', data: { id: `i${n}` } }, { timeoutMs: n % 3 }),
    )
    const outcomes = await Promise.allSettled(writes)
    await trial.ask('flush', {})
    for (const [n, outcome] of outcomes.entries()) {
      const there = (await trial.get('item', `i${n}`)) !== undefined
      if (outcome.status === 'fulfilled') assert(there, `i${n} was acknowledged, and is not there`)
      else if (hasCode(outcome.reason, 'TIMEOUT')) assert(!there, `i${n} was TIMEOUT, and is there`)
      else assert(hasCode(outcome.reason, 'UNKNOWN'), `a time that is up is TIMEOUT or UNKNOWN: ${outcome.reason}`)
    }
  }),

  endpointCase('after close every message is CLOSED, and close may be called again', async (trial) => {
    await trial.create('item', { id: 'a', n: 1 })
    await Promise.all([trial.endpoint.close(), trial.endpoint.close()])
    await trial.endpoint.close()
    for (const [kind, body] of everyMessage) await refused('CLOSED', `${kind} after close`, trial.ask(kind, body))
    const following = async (): Promise<void> => {
      for await (const _ of trial.endpoint.follow(1, trial.abortable().signal)) return
    }
    await refused('CLOSED', 'follow after close', following())
  }),

  endpointCase(
    'whatever waits when the endpoint is closed is settled, and what was acknowledged is there',
    async (trial) => {
      const writes = Array.from({ length: 100 }, (_, n) => trial.create('item', { id: `i${n}`, n }))
      const reads = [trial.query('item'), trial.ask('stats', {}), trial.get('item', 'i0')]
      const following = (async () => {
        let seen = 0
        for await (const commits of trial.endpoint.follow(1, trial.abortable().signal)) seen += commits.length
        return seen
      })()
      const [outcomes, , followed] = await Promise.all([
        Promise.allSettled(writes),
        Promise.allSettled(reads),
        Promise.allSettled([following]),
        trial.endpoint.close(),
      ])
      const [follow] = followed
      if (follow?.status === 'rejected')
        assert(hasCode(follow.reason, 'CLOSED'), `follow ends or is CLOSED: ${follow.reason}`)
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue
        const settled = hasCode(outcome.reason, 'CLOSED') || hasCode(outcome.reason, 'UNKNOWN')
        assert(settled, `a write that close has stopped is CLOSED or UNKNOWN: ${outcome.reason}`)
      }
      await trial.reopen()
      const ids = new Set(await trial.ids('item'))
      for (const [n, outcome] of outcomes.entries()) {
        const refusal = outcome.status === 'rejected' && hasCode(outcome.reason, 'CLOSED')
        if (outcome.status === 'fulfilled') assert(ids.has(`i${n}`), `i${n} was acknowledged and is not there`)
        if (refusal) assert(!ids.has(`i${n}`), `i${n} was CLOSED, and is there`)
      }
    },
  ),
]

const everyMessage: readonly (readonly [MessageKind, Protocol[MessageKind]['ask']])[] = [
  ['create', { type: 'item', data: { id: 'b' } }],
  ['get', { type: 'item', id: 'a' }],
  ['getMany', { type: 'item', ids: ['a'] }],
  ['update', { type: 'item', id: 'a', changes: { n: 2 } }],
  ['delete', { type: 'item', id: 'a' }],
  ['restore', { type: 'item', id: 'a' }],
  ['createMany', { type: 'item', rows: [{ id: 'b' }] }],
  ['updateMany', { type: 'item', updates: [{ id: 'a', changes: { n: 2 } }] }],
  ['deleteMany', { type: 'item', ids: ['a'] }],
  ['transact', { operations: [{ op: 'delete', type: 'item', id: 'a' }] }],
  ['query', { type: 'item' }],
  ['count', { type: 'item' }],
  ['groupBy', { query: { type: 'item' }, field: 'n' }],
  ['aggregate', { query: { type: 'item' }, measures: { n: { count: true } } }],
  ['explain', { type: 'item' }],
  ['history', { type: 'item', id: 'a' }],
  ['snapshot', {}],
  ['compact', {}],
  ['stats', {}],
  ['verify', {}],
  ['flush', {}],
]
