import assert from 'node:assert/strict'
import { hasCode, type JsonObject, type Operation } from '@stateward/contract'
import { type EndpointCase, type EndpointTrial, endpointCase } from './trial.ts'

const type = 'member'

/** Looks that a member with these fields is refused, because this one holds what only one may. */
async function refuseHeld(trial: EndpointTrial, data: JsonObject, heldBy: string): Promise<void> {
  const what = `a member with ${JSON.stringify(data)}`
  const { details } = await trial.refuse('ALREADY_EXISTS', what, 'create', { type, data: { id: 'new', ...data } })
  assert.equal(details.heldBy, heldBy, `the refusal of ${what} names the record that holds it`)
}

const changed = (id: string, changes: JsonObject): Operation => ({ op: 'update', type, id, changes })

/** What values promise that only one record may hold. */
export const uniqueCases: readonly EndpointCase[] = [
  endpointCase(
    'a value that only one record may hold is ALREADY_EXISTS for another, and says whose it is',
    async (trial) => {
      await trial.create(type, { id: 'a', email: 'x' })
      await trial.create(type, { id: 'b', email: 'y' })
      const creating = { type, data: { id: 'c', email: 'x' } }
      const { details } = await trial.refuse('ALREADY_EXISTS', 'a member with an email of another', 'create', creating)
      const { fields, values, heldBy, id } = details
      assert.deepEqual({ fields, values, heldBy, id }, { fields: ['email'], values: ['x'], heldBy: 'a', id: 'c' })
      await trial.refuse('ALREADY_EXISTS', 'an update to an email of another', 'update', {
        type,
        id: 'b',
        changes: { email: 'x' },
      })
      assert.equal((await trial.update(type, 'a', { email: 'x', team: 't' })).rev, 2, 'its own value stands in no way')
      assert.equal((await trial.create(type, { id: 'b', email: 'y' })).rev, 1, 'the same creation again')
    },
  ),

  endpointCase('a record without the field, or with null in it, stands in nobody’s way', async (trial) => {
    for (const id of ['a', 'b']) await trial.create(type, { id, team: 't' })
    for (const id of ['c', 'd']) await trial.create(type, { id, email: null, team: 't', seat: null })
    await trial.update(type, 'a', { email: 'x' })
    await trial.update(type, 'a', {}, { unset: ['email'] })
    assert.equal((await trial.update(type, 'b', { email: 'x' })).rev, 2)
  }),

  endpointCase('several fields may be unique together', async (trial) => {
    await trial.create(type, { id: 'a', team: 't', seat: 1 })
    await trial.create(type, { id: 'b', team: 't', seat: 2 })
    await trial.create(type, { id: 'c', team: 'u', seat: 1 })
    await refuseHeld(trial, { team: 't', seat: 1 }, 'a')
    await trial.refuse('ALREADY_EXISTS', 'the seat of another', 'update', { type, id: 'c', changes: { team: 't' } })
    assert.equal((await trial.update(type, 'c', { team: 't', seat: 3 })).rev, 2)
  }),

  endpointCase(
    'a value is free again when its record is deleted, by a cascade too, or holds another',
    async (trial) => {
      await trial.create(type, { id: 'boss' })
      await trial.create(type, { id: 'a', email: 'x', boss: 'boss' })
      await trial.delete(type, 'boss', { cascade: true })
      await trial.create(type, { id: 'b', email: 'x' })
      await trial.update(type, 'b', { email: 'y' })
      await trial.create(type, { id: 'c', email: 'x' })
      await trial.delete(type, 'c')
      assert.equal((await trial.create(type, { id: 'd', email: 'x' })).rev, 1)
    },
  ),

  endpointCase('what is unique is the same value as a query finds: by content, and times by instant', async (trial) => {
    await trial.create(type, { id: 'a', email: 0, joined: '2026-01-01T10:00:00+02:00' })
    await trial.create(type, { id: 'b', email: ['x', { y: 1, z: 2 }] })
    await refuseHeld(trial, { email: -0 }, 'a')
    await refuseHeld(trial, { joined: '2026-01-01T08:00:00.000Z' }, 'a')
    await refuseHeld(trial, { email: ['x', { z: 2, y: 1 }] }, 'b')
    const others: JsonObject[] = [
      { email: '0' },
      { email: false },
      { email: ['x'] },
      { email: 'é' },
      { email: 'e\u0301' },
    ]
    for (const [at, data] of others.entries()) await trial.create(type, { ...data, id: `other ${at}` })
  }),

  endpointCase('of a transaction only what it leaves counts: two records may change places', async (trial) => {
    await trial.create(type, { id: 'a', email: 'x' })
    await trial.create(type, { id: 'b', email: 'y' })
    await trial.ask('transact', { operations: [changed('a', { email: 'y' }), changed('b', { email: 'x' })] })
    assert.deepEqual(
      (await trial.getMany(type, ['a', 'b'])).map((member) => member?.email),
      ['y', 'x'],
    )
    const freed: Operation[] = [
      { op: 'create', type, data: { id: 'c', email: 'x' } },
      { op: 'delete', type, id: 'b' },
    ]
    await trial.ask('transact', { operations: freed })
    const both = { operations: [changed('a', { email: 'z' }), changed('c', { email: 'z' })] }
    await trial.refuse('ALREADY_EXISTS', 'a transaction that leaves a value twice', 'transact', both)
  }),

  endpointCase(
    'rows are looked at one by one: the first that would share a value is refused, and none is written',
    async (trial) => {
      const rows = [
        { id: 'a', email: 'x' },
        { id: 'b', email: 'y' },
        { id: 'c', email: 'x' },
      ]
      const { details } = await trial.refuse('ALREADY_EXISTS', 'rows that share a value', 'createMany', { type, rows })
      assert.deepEqual([details.row, details.heldBy], [2, 'a'])
      await trial.ask('createMany', { type, rows: rows.slice(0, 2) })
      const updates = [
        { id: 'a', changes: { email: 'y' } },
        { id: 'b', changes: { email: 'x' } },
      ]
      await trial.refuse('ALREADY_EXISTS', 'rows that change places', 'updateMany', { type, updates })
    },
  ),

  endpointCase('what was deleted or undone comes back only while nobody else holds its values', async (trial) => {
    await trial.create(type, { id: 'a', email: 'x' })
    await trial.delete(type, 'a')
    const seq = await trial.lastSeq()
    await trial.create(type, { id: 'b', email: 'x' })
    await trial.refuse('ALREADY_EXISTS', 'restore of a member whose email is taken', 'restore', { type, id: 'a' })
    await trial.refuse('ALREADY_EXISTS', 'undo of its deletion', 'undo', { seq })
    await trial.update(type, 'b', { email: 'y' })
    assert.equal((await trial.ask('restore', { type, id: 'a' })).email, 'x')
  }),

  endpointCase('of many callers at once one gets a value', async (trial) => {
    const ids = Array.from({ length: 16 }, (_, at) => `m${at}`)
    const answers = await Promise.allSettled(ids.map((id) => trial.create(type, { id, email: 'x' })))
    const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    assert.equal(refusals.length, 15)
    for (const error of refusals) assert(hasCode(error, 'ALREADY_EXISTS'), String(error))
    assert.equal((await trial.ids(type, { where: { email: 'x' } })).length, 1)
  }),

  endpointCase('what is unique stays so when the store is opened again', async (trial) => {
    await trial.create(type, { id: 'a', email: 'x', team: 't', seat: 1 })
    await trial.reopen()
    await refuseHeld(trial, { email: 'x' }, 'a')
    await refuseHeld(trial, { team: 't', seat: 1 }, 'a')
    assert.equal((await trial.update(type, 'a', { email: 'y' })).rev, 2)
    assert.equal((await trial.create(type, { id: 'b', email: 'x' })).rev, 1)
  }),
]
