import { describe, expect, test } from 'vitest'
import { createBatchActor, type Delivery } from '../src/index.ts'
import { manualClock } from '../src/testing.ts'
import { type EchoProtocol, echoActor } from './echo-actor.ts'
import { turn } from './turn.ts'

const closed = { ok: false, error: { code: 'CLOSED', retryable: false } }

describe('stop', () => {
  test('handles what is queued, refuses what comes after, and resolves when all are settled', async () => {
    const { actor, handled, gates } = echoActor()
    const replies = ['a', 'b'].map((text) => actor.ask('echo', text))
    let ended = false
    const stopped = actor.stop().then((report) => {
      ended = true
      return report
    })
    expect(await actor.ask('echo', 'late')).toMatchObject(closed)
    expect(actor.tell('echo', 'late')).toMatchObject(closed)
    gates[0]?.open()
    await turn()
    expect(ended).toBe(false)
    gates[1]?.open()
    expect(await stopped).toEqual({ closed: 0 })
    expect(await Promise.all(replies)).toMatchObject([{ value: 'a' }, { value: 'b' }])
    expect(handled).toEqual(['a', 'b'])
  })

  test('without drain: the running message ends, the queued ones are CLOSED at once', async () => {
    const { actor, handled, gates } = echoActor()
    const running = actor.ask('echo', 'running')
    await turn()
    const queued = [actor.ask('echo', 'x'), actor.ask('echo', 'y')]
    const stopped = actor.stop({ drain: false })
    expect(await Promise.all(queued)).toMatchObject([closed, closed])
    gates[0]?.open()
    expect(await stopped).toEqual({ closed: 2 })
    expect(await running).toMatchObject({ ok: true })
    expect(handled).toEqual(['running'])
  })

  test('callers who wait for room are CLOSED, those queued are handled', async () => {
    const { actor, handled, gates } = echoActor({ capacity: 1, overflow: 'wait' })
    const queued = actor.ask('echo', 'queued')
    const waiting = actor.ask('echo', 'waiting')
    const stopped = actor.stop()
    expect(await waiting).toMatchObject(closed)
    await turn()
    gates[0]?.open()
    expect(await queued).toMatchObject({ ok: true })
    expect(await stopped).toEqual({ closed: 1 })
    expect(handled).toEqual(['queued'])
  })

  test('a second stop returns the same promise', async () => {
    const { actor } = echoActor()
    const first = actor.stop()
    expect(actor.stop({ drain: false })).toBe(first)
    expect(await first).toEqual({ closed: 0 })
    expect(actor.stop()).toBe(first)
  })

  test('a handler that never returns: after timeoutMs everyone is CLOSED, and nothing is handled any more', async () => {
    const clock = manualClock()
    const { actor, handled, gates } = echoActor({ clock })
    const replies = ['stuck', 'queued'].map((text) => actor.ask('echo', text))
    await turn()
    const stopped = actor.stop({ timeoutMs: 1_000 })
    clock.advance(1_000)
    expect(await stopped).toEqual({ closed: 2 })
    expect(await Promise.all(replies)).toMatchObject([closed, closed])
    gates[0]?.open()
    await turn()
    expect(handled).toEqual(['stuck'])
    expect(clock.pendingTimers).toBe(0)
  })

  test('waits for late settles, and leaves no timer behind', async () => {
    const clock = manualClock()
    const held: Delivery<EchoProtocol>[] = []
    const actor = createBatchActor<EchoProtocol>({ name: 'late', clock, drain: (batch) => void held.push(...batch) })
    const reply = actor.ask('echo', 'x')
    await turn()
    let ended = false
    const stopped = actor.stop().then(() => {
      ended = true
    })
    await turn()
    expect(ended).toBe(false)
    held[0]?.settle({ ok: true, value: 'x' })
    await stopped
    expect(await reply).toEqual({ ok: true, value: 'x' })
    expect(clock.pendingTimers).toBe(0)
  })

  test('late settles that never come are CLOSED after timeoutMs, claimed ones with their own error', async () => {
    const clock = manualClock()
    const unknown = { code: 'UNKNOWN', retryable: false, message: 'may still land' }
    const held: Delivery<EchoProtocol, typeof unknown>[] = []
    const actor = createBatchActor<EchoProtocol, typeof unknown>({
      name: 'late',
      clock,
      drain: (batch) => void held.push(...batch),
    })
    const replies = [actor.ask('echo', 'plain'), actor.ask('echo', 'claimed')]
    await turn()
    held[1]?.claim({ onTimeout: () => unknown })
    const stopped = actor.stop({ timeoutMs: 50 })
    clock.advance(50)
    expect(await stopped).toEqual({ closed: 2 })
    expect(await Promise.all(replies)).toMatchObject([closed, { ok: false, error: unknown }])
    expect(held[0]?.settle({ ok: true, value: 'x' })).toBe(false)
  })

  test('with an infinite timeout no timer is set; with NaN it ends at the next one', async () => {
    const clock = manualClock()
    const patient = echoActor({ clock })
    void patient.actor.ask('echo', 'x')
    void patient.actor.stop({ timeoutMs: Number.POSITIVE_INFINITY })
    expect(clock.pendingTimers).toBe(0)
    const hasty = echoActor({ clock })
    void hasty.actor.ask('echo', 'x')
    const stopped = hasty.actor.stop({ timeoutMs: Number.NaN })
    clock.advance(0)
    expect(await stopped).toEqual({ closed: 1 })
  })

  test('the last queued message may be aborted: stop ends', async () => {
    const { actor, gates } = echoActor()
    const controller = new AbortController()
    void actor.ask('echo', 'running')
    await turn()
    void actor.ask('echo', 'queued', { signal: controller.signal })
    const stopped = actor.stop()
    controller.abort()
    gates[0]?.open()
    expect(await stopped).toEqual({ closed: 0 })
  })
})
