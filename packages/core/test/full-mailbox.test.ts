import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { codeOf } from './code-of.ts'
import { gatedStorage } from './gated-storage.ts'
import { openTiny } from './open-tiny.ts'

test('one write more than the mailbox holds is BUSY, retryable, and never happens', async () => {
  const storage = gatedStorage()
  const { state } = await openTiny({ storage, mailbox: { capacity: 3 } })
  const inFlight = [state.task.create({ id: 'a' })]
  await storage.asked(1)
  inFlight.push(state.task.create({ id: 'b' }))
  await storage.asked(2)
  const waiting = ['c', 'd', 'e'].map((id) => state.task.create({ id }))
  expect((await state.stats()).mailboxDepth).toBe(3)
  const error: unknown = await state.task.create({ id: 'f' }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'BUSY', retryable: true })
  expect(await state.task.get('a')).toBeUndefined()
  storage.open()
  await Promise.all([...inFlight, ...waiting])
  expect(await state.task.count()).toBe(5)
  expect((await state.task.create({ id: 'f' })).rev).toBe(1)
  await state.close()
})

test('a write that is BUSY costs little: it is not looked at, and its error collects no stack', async () => {
  const storage = gatedStorage()
  const { state } = await openTiny({ storage, mailbox: { capacity: 1 } })
  const written = [state.task.create({ id: 'a' })]
  await storage.asked(1)
  written.push(state.task.create({ id: 'b' }))
  await storage.asked(2)
  written.push(state.task.create({ id: 'c' }))
  let looks = 0
  const body = {
    get type(): 'task' {
      looks++
      return 'task'
    },
    data: { id: 'd' },
  }
  const refused = state.ask('create', body)
  // A promise that is rejected before its caller listens is noted as unhandled, and crossed out again, for each one that is refused.
  expect(inspect(refused)).toContain('<pending>')
  const error: unknown = await refused.catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'BUSY', retryable: true })
  expect(error instanceof Error ? error.stack : 'none').not.toMatch(/\n\s+at /)
  expect(looks).toBe(0)
  storage.open()
  await Promise.all(written)
  await expect(state.ask('create', body)).resolves.toMatchObject({ rev: 1 })
  await state.close()
})

test('with overflow wait, who finds the mailbox full waits in line', async () => {
  const storage = gatedStorage()
  const { state, time } = await openTiny({ storage, mailbox: { capacity: 1, overflow: 'wait' } })
  const writes = Array.from({ length: 10 }, (_, n) => state.task.create({ id: `t${n}` }))
  const hurried = codeOf(state.task.create({ id: 'hurried' }, { timeoutMs: 1 }))
  time.at += 2
  expect(await hurried).toBe('TIMEOUT')
  storage.open()
  const seqs = await Promise.all(writes).then(() =>
    Promise.all(writes.map((_, n) => state.ask('history', { type: 'task', id: `t${n}` }))),
  )
  expect(seqs.map(({ versions }) => versions[0]?.seq)).toEqual(writes.map((_, n) => n + 1))
  await state.close()
})
