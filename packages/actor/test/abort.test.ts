import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { createActor, createBatchActor, type Delivery } from '../src/index.ts'
import { type EchoProtocol, echoActor } from './echo-actor.ts'
import { turn } from './turn.ts'

const aborted = { ok: false, error: { code: 'ABORTED', retryable: false } }
const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

describe('abort', () => {
  test('of a queued ask: ABORTED with the reason as cause, and it is never handled', async () => {
    const { actor, handled, gates } = echoActor()
    const controller = new AbortController()
    void actor.ask('echo', 'first')
    const reply = actor.ask('echo', 'second', { signal: controller.signal })
    await turn()
    expect(listeners(controller.signal)).toBe(1)
    controller.abort('enough')
    expect(await reply).toMatchObject({ ...aborted, error: { code: 'ABORTED', cause: 'enough' } })
    expect(listeners(controller.signal)).toBe(0)
    gates[0]?.open()
    await turn()
    expect(handled).toEqual(['first'])
    expect(actor.stats()).toMatchObject({ aborted: 1, handled: 1, depth: 0 })
  })

  test('before the call: ABORTED, and nothing is queued or listened to', async () => {
    const { actor } = echoActor()
    const signal = AbortSignal.abort()
    expect(await actor.ask('echo', 'x', { signal })).toMatchObject(aborted)
    expect(listeners(signal)).toBe(0)
    expect(actor.stats()).toMatchObject({ accepted: 0, rejected: 1 })
  })

  test('while an unclaimed handler runs: the caller is free at once, the next message still waits for the handler', async () => {
    const { actor, handled, gates } = echoActor()
    const controller = new AbortController()
    const reply = actor.ask('echo', 'running', { signal: controller.signal })
    const next = actor.ask('echo', 'next')
    await turn()
    controller.abort()
    expect(await reply).toMatchObject(aborted)
    await turn()
    expect(handled).toEqual(['running'])
    gates[0]?.open()
    await turn()
    gates[1]?.open()
    expect(await next).toMatchObject({ ok: true })
    expect(actor.stats()).toMatchObject({ aborted: 1, handled: 1, inFlight: 0 })
  })

  test('while a handler that has claimed runs: ignored, the answer comes', async () => {
    const controller = new AbortController()
    const actor = createActor<EchoProtocol>({
      name: 'claims',
      handlers: {
        async echo(text, context) {
          expect(context.claim()).toBe(true)
          await turn()
          return text
        },
      },
    })
    const reply = actor.ask('echo', 'kept', { signal: controller.signal })
    await Promise.resolve()
    controller.abort()
    expect(await reply).toEqual({ ok: true, value: 'kept' })
    expect(listeners(controller.signal)).toBe(0)
  })

  test('of a delivery in a batch: before claim it cannot be claimed any more, after claim the settle counts', async () => {
    const held: Delivery<EchoProtocol>[] = []
    const actor = createBatchActor<EchoProtocol>({ name: 'batch', drain: (batch) => void held.push(...batch) })
    const controller = new AbortController()
    const options = { signal: controller.signal }
    const unclaimed = actor.ask('echo', 'unclaimed', options)
    const claimed = actor.ask('echo', 'claimed', options)
    await turn()
    expect(held[1]?.claim()).toBe(true)
    controller.abort()
    expect(held[0]?.claim()).toBe(false)
    expect(held[0]?.settle({ ok: true, value: 'too late' })).toBe(false)
    expect(held[1]?.settle({ ok: true, value: 'done' })).toBe(true)
    expect(held[1]?.settle({ ok: true, value: 'twice' })).toBe(false)
    expect(await unclaimed).toMatchObject(aborted)
    expect(await claimed).toEqual({ ok: true, value: 'done' })
    expect(listeners(controller.signal)).toBe(0)
  })

  test('a thousand asks under one signal are one listener, and one abort settles them all', async () => {
    const { actor } = echoActor()
    const controller = new AbortController()
    const replies = Array.from({ length: 1_000 }, () => actor.ask('echo', 'x', { signal: controller.signal }))
    expect(listeners(controller.signal)).toBe(1)
    controller.abort()
    expect(new Set((await Promise.all(replies)).map((reply) => !reply.ok && reply.error.code))).toEqual(
      new Set(['ABORTED']),
    )
    expect(listeners(controller.signal)).toBe(0)
    expect(actor.depth).toBe(0)
  })

  test('an answered ask leaves no listener behind', async () => {
    const { actor, gates } = echoActor()
    const controller = new AbortController()
    const reply = actor.ask('echo', 'x', { signal: controller.signal })
    await turn()
    gates[0]?.open()
    await reply
    expect(listeners(controller.signal)).toBe(0)
  })
})
