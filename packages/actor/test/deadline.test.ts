import { describe, expect, test } from 'vitest'
import { ActorError, createBatchActor, type Delivery } from '../src/index.ts'
import { manualClock } from '../src/testing.ts'
import { type EchoProtocol, echoActor } from './echo-actor.ts'
import { turn } from './turn.ts'

const timeout = (retryable: boolean) => ({ ok: false, error: { code: 'TIMEOUT', retryable } })

describe('deadlines', () => {
  test('of a queued ask: TIMEOUT at its time and not before, retryable, never handled', async () => {
    const clock = manualClock()
    const { actor, handled, gates } = echoActor({ clock })
    void actor.ask('echo', 'first')
    let settled = false
    const reply = actor.ask('echo', 'second', { timeoutMs: 100 })
    void reply.then(() => {
      settled = true
    })
    clock.advance(99)
    await turn()
    expect(settled).toBe(false)
    clock.advance(1)
    expect(await reply).toMatchObject(timeout(true))
    gates[0]?.open()
    await turn()
    expect(handled).toEqual(['first'])
    expect(actor.stats()).toMatchObject({ expired: 1 })
    expect(clock.pendingTimers).toBe(0)
  })

  test('while a handler runs: TIMEOUT, not retryable, and the handler’s answer is ignored', async () => {
    const clock = manualClock()
    const { actor, gates } = echoActor({ clock })
    const reply = actor.ask('echo', 'slow', { timeoutMs: 5 })
    await turn()
    clock.advance(5)
    expect(await reply).toMatchObject(timeout(false))
    gates[0]?.open()
    await turn()
    expect(actor.stats()).toMatchObject({ expired: 1, handled: 0, inFlight: 0 })
  })

  test('after claim: the claim’s own error, and the later settle is ignored', async () => {
    const clock = manualClock()
    const held: Delivery<EchoProtocol, UnknownOutcome>[] = []
    const actor = createBatchActor<EchoProtocol, UnknownOutcome>({
      name: 'batch',
      clock,
      drain: (batch) => void held.push(...batch),
    })
    const reply = actor.ask('echo', 'x', { timeoutMs: 10 })
    await turn()
    expect(held[0]?.options.deadline).toBe(10)
    held[0]?.claim({ onTimeout: (why) => new UnknownOutcome(why.code) })
    // Claiming again is harmless and forgets nothing.
    expect(held[0]?.claim()).toBe(true)
    clock.advance(10)
    expect(await reply).toEqual({ ok: false, error: new UnknownOutcome('TIMEOUT') })
    expect(held[0]?.settle({ ok: true, value: 'late' })).toBe(false)
  })

  test('after claim without an error of its own, or with one that throws: TIMEOUT, outcome unknown', async () => {
    const clock = manualClock()
    const actor = createBatchActor<EchoProtocol>({
      name: 'batch',
      clock,
      drain(batch) {
        batch[0]?.claim()
        batch[1]?.claim({
          onTimeout() {
            throw new Error('broken')
          },
        })
      },
    })
    const replies = [actor.ask('echo', 'x', { timeoutMs: 10 }), actor.ask('echo', 'y', { timeoutMs: 10 })]
    await turn()
    clock.advance(10)
    for (const reply of await Promise.all(replies)) {
      expect(reply).toMatchObject(timeout(false))
      expect(!reply.ok && reply.error.message).toMatch(/whether it took effect is unknown$/)
    }
  })

  test.each([0, -1, Number.NaN, Number.NEGATIVE_INFINITY])(
    'a timeout of %s is TIMEOUT at the door',
    async (timeoutMs) => {
      const { actor, handled } = echoActor()
      expect(await actor.ask('echo', 'x', { timeoutMs })).toMatchObject(timeout(true))
      await turn()
      expect(handled).toEqual([])
    },
  )

  test('an infinite timeout is none; one timer serves all others and is gone with the last', async () => {
    const clock = manualClock()
    const { actor, gates } = echoActor({ clock })
    const forever = actor.ask('echo', 'a', { timeoutMs: Number.POSITIVE_INFINITY })
    expect(clock.pendingTimers).toBe(0)
    const replies = [30, 10, 20].map((timeoutMs) => actor.ask('echo', 'x', { timeoutMs }))
    expect(clock.pendingTimers).toBe(1)
    await turn()
    gates[0]?.open()
    expect(await forever).toMatchObject({ ok: true })
    for (const index of [1, 2, 3]) {
      await turn()
      gates[index]?.open()
    }
    await Promise.all(replies)
    expect(clock.pendingTimers).toBe(0)
  })
})

/** What a store would answer: the write may still land. */
class UnknownOutcome extends Error {
  readonly code = 'UNKNOWN'
  readonly retryable = false
}

test('an error is an Error with a code, and retryable only where that is safe', () => {
  const error = new ActorError('TIMEOUT', 'late', { cause: 1, retryable: true })
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ name: 'ActorError', code: 'TIMEOUT', retryable: true, cause: 1 })
  expect(new ActorError('BUSY', 'full').retryable).toBe(true)
  expect(new ActorError('CLOSED', 'closed').retryable).toBe(false)
})
