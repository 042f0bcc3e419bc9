import { describe, expect, test } from 'vitest'
import { manualClock } from '../src/testing.ts'
import { echoActor } from './echo-actor.ts'
import { turn } from './turn.ts'

const busy = { ok: false, error: { code: 'BUSY', retryable: true } }

describe('overflow reject', () => {
  test('the message beyond capacity is BUSY at once, and there is room again after one was taken', async () => {
    const { actor, handled, gates } = echoActor({ capacity: 2 })
    const first = [actor.ask('echo', 'a'), actor.ask('echo', 'b')]
    expect(await actor.ask('echo', 'c')).toMatchObject(busy)
    await turn()
    expect(handled).toEqual(['a'])
    expect(actor.tell('echo', 'd')).toMatchObject({ ok: true })
    expect(actor.tell('echo', 'e')).toMatchObject(busy)
    for (const index of [0, 1, 2]) {
      gates[index]?.open()
      await turn()
    }
    expect(await Promise.all(first)).toMatchObject([{ value: 'a' }, { value: 'b' }])
    expect(handled).toEqual(['a', 'b', 'd'])
    expect(actor.stats()).toMatchObject({ accepted: 3, rejected: 2, handled: 3 })
  })

  test('the message says how many wait and what to do', async () => {
    const { actor } = echoActor({ capacity: 1 })
    actor.tell('echo', 'a')
    const reply = actor.tell('echo', 'b')
    expect(!reply.ok && reply.error.message).toBe(
      'message "echo" to actor "echo" found the mailbox full, 1 messages wait: send it again later',
    )
  })
})

describe('overflow wait', () => {
  test('askers wait for room and keep their order; a tell does not wait', async () => {
    const { actor, handled, gates } = echoActor({ capacity: 1, overflow: 'wait' })
    const replies = ['a', 'b', 'c', 'd'].map((text) => actor.ask('echo', text))
    expect(actor.stats()).toMatchObject({ depth: 1, waiting: 3 })
    expect(actor.tell('echo', 'told')).toMatchObject(busy)
    for (const index of [0, 1, 2, 3]) {
      await turn()
      expect(actor.depth).toBeLessThanOrEqual(1)
      gates[index]?.open()
    }
    expect(await Promise.all(replies)).toMatchObject([{ value: 'a' }, { value: 'b' }, { value: 'c' }, { value: 'd' }])
    expect(handled).toEqual(['a', 'b', 'c', 'd'])
  })

  test('who waits for room is bounded by deadline and signal, and never handled then', async () => {
    const clock = manualClock()
    const { actor, handled, gates } = echoActor({ capacity: 1, overflow: 'wait', clock })
    const controller = new AbortController()
    void actor.ask('echo', 'a')
    const late = actor.ask('echo', 'late', { timeoutMs: 10 })
    const gone = actor.ask('echo', 'gone', { signal: controller.signal })
    const last = actor.ask('echo', 'last')
    clock.advance(10)
    controller.abort()
    expect(await late).toMatchObject({ ok: false, error: { code: 'TIMEOUT', retryable: true } })
    expect(await gone).toMatchObject({ ok: false, error: { code: 'ABORTED' } })
    expect(actor.stats()).toMatchObject({ waiting: 0, depth: 1, inFlight: 1 })
    gates[0]?.open()
    await turn()
    gates[1]?.open()
    expect(await last).toEqual({ ok: true, value: 'last' })
    expect(handled).toEqual(['a', 'last'])
  })

  test('a queued message that is aborted makes room for the first who waits', async () => {
    const { actor, handled, gates } = echoActor({ capacity: 1, overflow: 'wait' })
    const controller = new AbortController()
    void actor.ask('echo', 'running')
    await turn()
    void actor.ask('echo', 'queued', { signal: controller.signal })
    void actor.ask('echo', 'waiting')
    controller.abort()
    expect(actor.stats()).toMatchObject({ depth: 1, waiting: 0 })
    gates[0]?.open()
    await turn()
    expect(handled).toEqual(['running', 'waiting'])
  })

  test('the line of those who wait is bounded too', async () => {
    const { actor } = echoActor({ capacity: 1, overflow: 'wait', maxWaiting: 1 })
    void actor.ask('echo', 'queued')
    void actor.ask('echo', 'waiting')
    expect(await actor.ask('echo', 'beyond')).toMatchObject(busy)
  })
})
