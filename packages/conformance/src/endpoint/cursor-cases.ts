import assert from 'node:assert/strict'
import { type CursorOperation, type CursorRecord, cursorType } from '@stateward/contract'
import { type EndpointCase, type EndpointTrial, endpointCase } from './trial.ts'

async function ofCursor(trial: EndpointTrial, operation: CursorOperation): Promise<CursorRecord> {
  const { results } = await trial.ask('transact', { operations: [operation] })
  const [cursor] = results
  assert(isCursor(cursor), 'a cursor has a token and a position')
  return cursor
}

function isCursor(result: object | undefined): result is CursorRecord {
  return result !== undefined && 'token' in result && 'seq' in result
}

/** What durable cursors promise. */
export const cursorCases: readonly EndpointCase[] = [
  endpointCase(
    'a cursor keeps its position, and moves in the same commit as what is written with it',
    async (trial) => {
      await trial.create('item', { id: 'a', n: 1 })
      const taken = await ofCursor(trial, { op: 'takeCursor', cursor: 'mailer' })
      assert.deepEqual([taken.id, taken.seq, taken.at], ['mailer', 0, undefined])
      const ack = { op: 'ack', cursor: 'mailer', token: taken.token, seq: 1 } as const
      const refusal = { op: 'update', type: 'item', id: 'none', changes: {} } as const
      await trial.refuse('NOT_FOUND', 'an ack beside what is refused', 'transact', { operations: [ack, refusal] })
      const before = await trial.lastSeq()
      await trial.ask('transact', { operations: [{ op: 'update', type: 'item', id: 'a', changes: { n: 2 } }, ack] })
      assert.equal(await trial.lastSeq(), before + 1, 'both are one commit')
      const refused = await trial.refuse('CONFLICT', 'an ack of what is done', 'transact', { operations: [ack] })
      assert.equal(refused.details.seq, 1)
      const again = await ofCursor(trial, { op: 'takeCursor', cursor: 'mailer', since: 1 })
      assert.equal(again.seq, 1, 'a cursor that is there stays where it is')
      const unknown = trial.ask('get', { type: cursorType, id: 'mailer' })
      await assert.rejects(unknown, { code: 'INVALID' }, 'a position is in no collection')
    },
  ),

  endpointCase('who takes a cursor fences whoever had it', async (trial) => {
    await trial.create('item', { id: 'a' })
    const first = await ofCursor(trial, { op: 'takeCursor', cursor: 'mailer' })
    const second = await ofCursor(trial, { op: 'takeCursor', cursor: 'mailer' })
    const ack = { op: 'ack', cursor: 'mailer', seq: 1 } as const
    const write = { op: 'delete', type: 'item', id: 'a' } as const
    await trial.refuse('FENCED', 'an ack of who was fenced', 'transact', {
      operations: [write, { ...ack, token: first.token }],
    })
    assert.equal((await ofCursor(trial, { ...ack, token: second.token })).seq, 1)
    await trial.refuse('NOT_FOUND', 'an ack of no cursor', 'transact', {
      operations: [{ ...ack, cursor: 'other', token: second.token }],
    })
    await trial.refuse('INVALID', 'an ack of what is to come', 'transact', {
      operations: [{ ...ack, seq: 99, token: second.token }],
    })
    await trial.refuse('INVALID', 'a beginning in the future', 'transact', {
      operations: [{ op: 'takeCursor', cursor: 'new', since: 99 }],
    })
  }),

  endpointCase('a cursor that is dropped is gone, and one of its name begins anew', async (trial) => {
    await trial.create('item', { id: 'a' })
    await trial.create('item', { id: 'b' })
    const first = await ofCursor(trial, { op: 'takeCursor', cursor: 'mailer' })
    await ofCursor(trial, { op: 'ack', cursor: 'mailer', token: first.token, seq: 2 })
    const second = await ofCursor(trial, { op: 'takeCursor', cursor: 'mailer' })
    await trial.refuse('FENCED', 'a drop by who was fenced', 'transact', {
      operations: [{ op: 'dropCursor', cursor: 'mailer', token: first.token }],
    })
    await trial.ask('transact', { operations: [{ op: 'dropCursor', cursor: 'mailer', token: second.token }] })
    await trial.refuse('NOT_FOUND', 'an ack of what was dropped', 'transact', {
      operations: [{ op: 'ack', cursor: 'mailer', token: second.token, seq: 2 }],
    })
    await trial.refuse('NOT_FOUND', 'a second drop', 'transact', {
      operations: [{ op: 'dropCursor', cursor: 'mailer' }],
    })
    const again = await ofCursor(trial, { op: 'takeCursor', cursor: 'mailer', since: 2 })
    assert.equal(again.seq, 1, 'it begins where its new taker says')
    assert.notEqual(again.token, second.token, 'with another token')
    await trial.ask('transact', { operations: [{ op: 'dropCursor', cursor: 'mailer' }] })
  }),
]
