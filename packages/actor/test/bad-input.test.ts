import { describe, expect, test } from 'vitest'
import { createActor, createBatchActor, createDeadLetters, createRegistry, type Delivery } from '../src/index.ts'
import { manualClock } from '../src/testing.ts'
import { tree } from './tree.ts'
import { turn } from './turn.ts'

type Echo = { echo: { ask: string; answer: string } }

describe('a handler that misbehaves', () => {
  test('answers twice: the caller hears the first, the second is refused, and counted is one', async () => {
    const said: boolean[] = []
    const actor = createBatchActor<Echo>({
      name: 'twice',
      drain: (batch) => {
        for (const delivery of batch) {
          for (const value of ['first', 'second']) said.push(delivery.settle({ ok: true, value }))
        }
      },
    })
    expect(await actor.ask('echo', 'x')).toEqual({ ok: true, value: 'first' })
    expect(said).toEqual([true, false])
    expect(actor.stats()).toMatchObject({ accepted: 1, handled: 1, inFlight: 0 })
  })

  test('answers, then throws: the caller has its answer, and whoever came with it hears UNKNOWN', async () => {
    const actor = createBatchActor<Echo>({
      name: 'hasty',
      drain(batch) {
        batch[0]?.settle({ ok: true, value: 'answered' })
        throw new Error('boom')
      },
    })
    const [first, second] = await Promise.all([actor.ask('echo', 'a'), actor.ask('echo', 'b')])
    expect(first).toEqual({ ok: true, value: 'answered' })
    expect(second).toMatchObject({ error: { code: 'UNKNOWN', cause: { message: 'boom' } } })
  })

  test('answers what was aborted, expired or closed meanwhile: all have heard, and it is told so', async () => {
    const clock = manualClock()
    const kept: Delivery<Echo>[] = []
    const actor = createBatchActor<Echo>({ name: 'late', clock, drain: (batch) => void kept.push(...batch) })
    const controller = new AbortController()
    const aborted = actor.ask('echo', 'a', { signal: controller.signal })
    const expired = actor.ask('echo', 'b', { timeoutMs: 5 })
    const closed = actor.ask('echo', 'c')
    await turn()
    controller.abort()
    clock.advance(5)
    const stopped = actor.stop({ timeoutMs: 10 })
    clock.advance(10)
    const replies = await Promise.all([aborted, expired, closed])
    expect(replies.map((reply) => !reply.ok && reply.error.code)).toEqual(['ABORTED', 'TIMEOUT', 'CLOSED'])
    expect(kept.map((delivery) => delivery.settle({ ok: true, value: 'too late' }))).toEqual([false, false, false])
    expect(await stopped).toEqual({ closed: 1 })
    expect(clock.pendingTimers).toBe(0)
  })

  test('never returns: its caller is free at the deadline, the others too, and a stop ends', async () => {
    const clock = manualClock()
    const actor = createActor<Echo>({
      ...{ name: 'stuck', clock },
      handlers: { echo: () => new Promise<string>(() => undefined) },
    })
    const asked = ['a', 'b'].map((text) => actor.ask('echo', text, { timeoutMs: 10 }))
    await turn()
    clock.advance(10)
    const [taken, queued] = await Promise.all(asked)
    expect(taken).toMatchObject({ error: { code: 'TIMEOUT', retryable: false } })
    expect(queued).toMatchObject({ error: { code: 'TIMEOUT', retryable: true } })
    const stopped = actor.stop({ timeoutMs: 10 })
    clock.advance(10)
    expect(await stopped).toEqual({ closed: 0 })
    expect(clock.pendingTimers).toBe(0)
  })
})

test.each(['__proto__', 'constructor', 'toString', '', ' ', 'a\u0000b', '🙂'])(
  'a name that nobody has, %j, is NOT_FOUND and a dead letter, whatever objects inherit',
  async (name) => {
    const deadLetters = createDeadLetters()
    const names = createRegistry<Record<string, Echo>>({ deadLetters })
    expect(await names.ask(name, 'echo', 'x')).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    expect(names.tell(name, 'echo', 'x')).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    expect(deadLetters.counts().unknown).toBe(2)
  },
)

test('hooks that throw, reject or never end during a stop of the whole tree hold up neither it nor each other', async () => {
  const it = tree()
  const never = new Promise<void>(() => undefined)
  const hooks = [
    () => {
      throw new Error('thrown')
    },
    () => Promise.reject(new Error('rejected')),
    () => never,
  ]
  for (const [at, stop] of hooks.entries()) {
    it.root.spawn<Echo>({ name: `bad-${at}`, stopTimeoutMs: 50, start: () => ({ handlers: { echo: (x) => x }, stop }) })
  }
  await turn()
  const stopped = it.root.stop()
  await turn(3)
  it.clock.advance(50)
  expect(await stopped).toEqual({ closed: 0 })
  const failed = it.events.flatMap((event) => (event.type === 'hook-failed' ? [[event.actor, event.hook]] : []))
  expect(failed.map(([actor]) => actor).sort()).toEqual(['app/bad-0', 'app/bad-1', 'app/bad-2'])
  expect(it.root.state).toBe('stopped')
  expect(it.clock.pendingTimers).toBe(0)
})
