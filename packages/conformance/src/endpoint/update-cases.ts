import assert from 'node:assert/strict'
import { type EndpointCase, endpointCase, ownFields, plain } from './trial.ts'

/** What `update`, `delete` and `restore` promise. */
export const updateCases: readonly EndpointCase[] = [
  endpointCase('update sets top-level fields, removes those in unset, and counts rev', async (trial) => {
    await trial.create('item', { id: 'a', n: 1, s: 'x', nested: { keep: 1, old: 1 } })
    const second = await trial.update('item', 'a', { n: 2, nested: { new: 1 } })
    assert.deepEqual(
      plain(ownFields(second)),
      { id: 'a', n: 2, s: 'x', nested: { new: 1 } },
      'a nested value is set whole',
    )
    const third = await trial.update('item', 'a', { flag: true }, { unset: ['s', 'never_there'] })
    assert.deepEqual(plain(ownFields(third)), { id: 'a', n: 2, nested: { new: 1 }, flag: true })
    assert.deepEqual([second.rev, third.rev], [2, 3])
    assert.deepEqual(plain(await trial.get('item', 'a')), plain(third))
    assert.equal(await trial.lastSeq(), 3)
  }),

  endpointCase('an update that changes nothing writes nothing', async (trial) => {
    await trial.create('item', { id: 'a', n: 1, nested: { x: [1, 2], y: null } })
    const before = await trial.update('item', 'a', { s: 'x' })
    const seq = await trial.lastSeq()
    for (const changes of [{}, { n: 1 }, { s: 'x', n: 1 }, { nested: { y: null, x: [1, 2] } }, { id: 'a' }]) {
      const answer = await trial.update('item', 'a', changes)
      assert.deepEqual(
        plain(answer),
        plain(before),
        `an update with ${JSON.stringify(changes)} answers the record as it is`,
      )
    }
    await trial.update('item', 'a', {}, { unset: ['never_there'] })
    assert.equal(await trial.lastSeq(), seq)
    assert.equal((await trial.update('item', 'a', { nested: { x: [2, 1], y: null } })).rev, before.rev + 1)
  }),

  endpointCase('null is a value, and not absence', async (trial) => {
    await trial.create('item', { id: 'a', s: 'x' })
    const nulled = await trial.update('item', 'a', { s: null })
    assert.deepEqual(plain(ownFields(nulled)), { id: 'a', s: null })
    const removed = await trial.update('item', 'a', {}, { unset: ['s'] })
    assert.deepEqual(plain(ownFields(removed)), { id: 'a' })
    assert.equal(removed.rev, 3)
  }),

  endpointCase('expectedRev that is not the rev is CONFLICT, and names the rev there is', async (trial) => {
    await trial.create('item', { id: 'a', n: 1 })
    await trial.update('item', 'a', { n: 2 }, { expectedRev: 1 })
    const stale = { type: 'item', id: 'a', expectedRev: 1 }
    const update = await trial.refuse('CONFLICT', 'an update of rev 1 of 2', 'update', { ...stale, changes: { n: 3 } })
    assert.equal(update.details.currentRev, 2)
    const deletion = await trial.refuse('CONFLICT', 'a deletion of rev 1 of 2', 'delete', stale)
    assert.equal(deletion.details.currentRev, 2)
    await trial.refuse('CONFLICT', 'an update of a rev that is still to come', 'update', {
      ...stale,
      expectedRev: 3,
      changes: { n: 3 },
    })
    assert.equal((await trial.delete('item', 'a', { expectedRev: 2 })).rev, 3)
  }),

  endpointCase('of many updates that expect one rev exactly one is taken', async (trial) => {
    await trial.create('item', { id: 'a', n: 0 })
    for (let rev = 1; rev <= 5; rev++) {
      const racing = Array.from({ length: 10 }, (_, n) =>
        trial.update('item', 'a', { n: rev * 100 + n }, { expectedRev: rev }),
      )
      const outcomes = await Promise.allSettled(racing)
      assert.equal(
        outcomes.filter(({ status }) => status === 'fulfilled').length,
        1,
        `of 10 updates of rev ${rev} one is taken`,
      )
      assert.equal((await trial.get('item', 'a'))?.rev, rev + 1)
    }
  }),

  endpointCase('update and delete of an absent or deleted record are NOT_FOUND', async (trial) => {
    await trial.create('item', { id: 'gone', n: 1 })
    await trial.delete('item', 'gone')
    for (const id of ['never', 'gone']) {
      await trial.refuse('NOT_FOUND', `an update of ${id}`, 'update', { type: 'item', id, changes: { n: 2 } })
      await trial.refuse('NOT_FOUND', `a deletion of ${id}`, 'delete', { type: 'item', id })
    }
  }),

  endpointCase('id and rev never change by an update', async (trial) => {
    await trial.create('item', { id: 'a', n: 1 })
    for (const changes of [{ id: 'b' }, { rev: 7 }, { rev: 1 }]) {
      const what = `an update with ${JSON.stringify(changes)}`
      await trial.refuse('INVALID', what, 'update', { type: 'item', id: 'a', changes: { n: 2, ...changes } })
    }
    assert.deepEqual(plain(ownFields(await trial.get('item', 'a'))), { id: 'a', n: 1 })
  }),

  endpointCase('an updated record must still fit its schema', async (trial) => {
    await trial.create('book', { id: 'b', title: 'One' })
    await trial.refuse('INVALID', 'pages below zero', 'update', { type: 'book', id: 'b', changes: { pages: -1 } })
    await trial.refuse('INVALID', 'a title that is a number', 'update', {
      type: 'book',
      id: 'b',
      changes: { title: 1 },
    })
    await trial.refuse('INVALID', 'unset of a field that is required', 'update', {
      type: 'book',
      id: 'b',
      changes: {},
      unset: ['title'],
    })
    assert.equal((await trial.get('book', 'b'))?.rev, 1)
  }),

  endpointCase('a long chain of updates is answered as any other', async (trial) => {
    await trial.create('item', { id: 'a', n: 0 })
    const changes = Array.from({ length: 40 }, (_, n) => ({ n: n + 1, [`field_${n % 5}`]: `value ${n}` }))
    await Promise.all(changes.map((change) => trial.update('item', 'a', change)))
    const expected = Object.assign({ id: 'a' }, ...changes)
    const found = await trial.get('item', 'a')
    assert.deepEqual(plain(ownFields(found)), expected)
    assert.equal(found?.rev, 41)
  }),

  endpointCase('delete answers the tombstone, and takes the record out of every read', async (trial) => {
    await trial.create('item', { id: 'a', n: 1 })
    await trial.create('item', { id: 'b', n: 1 })
    assert.deepEqual(plain(await trial.delete('item', 'a')), { id: 'a', rev: 2 })
    assert.equal(await trial.get('item', 'a'), undefined)
    assert.deepEqual(await trial.ids('item'), ['b'])
    assert.deepEqual(await trial.ids('item', { where: { n: 1 } }), ['b'])
    assert.equal(await trial.ask('count', { type: 'item' }), 1)
    assert.equal((await trial.ask('stats', {})).recordsByType.item, 1)
  }),

  endpointCase(
    'an id that was deleted begins a new life: rev goes on, the old fields do not come back',
    async (trial) => {
      await trial.create('item', { id: 'a', n: 1, s: 'old' })
      await trial.update('item', 'a', { n: 2 })
      await trial.delete('item', 'a')
      const reborn = await trial.create('item', { id: 'a', n: 7 })
      assert.equal(reborn.rev, 4)
      assert.deepEqual(plain(ownFields(await trial.get('item', 'a'))), { id: 'a', n: 7 })
      assert.equal((await trial.update('item', 'a', { n: 8 })).rev, 5)
    },
  ),

  endpointCase('an id that the store made is never used again', async (trial) => {
    const { id } = await trial.create('author', { name: 'Ada' })
    await trial.delete('author', id)
    await trial.refuse('ALREADY_EXISTS', 'create with a deleted UUIDv7', 'create', {
      type: 'author',
      data: { id, name: 'Bob' },
    })
    assert.equal(await trial.get('author', id), undefined)
  }),

  endpointCase('restore brings back the last version before the deletion, as a new version', async (trial) => {
    await trial.create('item', { id: 'a', n: 1, s: 'x' })
    const last = await trial.update('item', 'a', { n: 2 }, { unset: ['s'] })
    await trial.delete('item', 'a')
    const restored = await trial.ask('restore', { type: 'item', id: 'a' })
    assert.deepEqual(plain(ownFields(restored)), plain(ownFields(last)))
    assert.equal(restored.rev, 4)
    assert.equal(restored.created_at, last.created_at, 'restore leaves created_at')
    assert.deepEqual(plain(await trial.get('item', 'a')), plain(restored))
    assert.deepEqual(await trial.ids('item', { where: { n: 2 } }), ['a'])
    await trial.refuse('ALREADY_EXISTS', 'restore of a record that is there', 'restore', { type: 'item', id: 'a' })
    await trial.refuse('NOT_FOUND', 'restore of a record that never was', 'restore', { type: 'item', id: 'never' })
  }),
]
