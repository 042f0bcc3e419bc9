import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createActor } from '../src/index.ts'
import { echoActor } from './echo-actor.ts'
import { turn } from './turn.ts'

type Sums = { add: { ask: number; answer: number }; total: { ask: undefined; answer: number } }

const sums = () => {
  let total = 0
  return createActor<Sums>({
    name: 'sums',
    handlers: {
      add(value) {
        total += value
        return total
      },
      total: async () => total,
    },
  })
}

describe('ask and tell', () => {
  test('an ask resolves with the handler’s answer, from a plain and from an asynchronous handler', async () => {
    const actor = sums()
    expect(await actor.ask('add', 2)).toEqual({ ok: true, value: 2 })
    expect(await actor.ask('total', undefined)).toEqual({ ok: true, value: 2 })
  })

  test('a handler may return any thenable', async () => {
    const thenable: PromiseLike<number> = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about.
      then: (onAnswer, onError) => Promise.resolve(7).then(onAnswer, onError),
    }
    const actor = createActor<{ lucky: { ask: undefined; answer: number } }>({
      name: 'thenable',
      handlers: { lucky: () => thenable },
    })
    expect(await actor.ask('lucky', undefined)).toEqual({ ok: true, value: 7 })
  })

  test('a tell is accepted at once and handled in its turn', async () => {
    const actor = sums()
    expect(actor.tell('add', 3)).toEqual({ ok: true, value: undefined })
    expect(actor.depth).toBe(1)
    expect(await actor.ask('total', undefined)).toEqual({ ok: true, value: 3 })
    expect(actor.stats()).toMatchObject({ accepted: 2, handled: 2, depth: 0, inFlight: 0, batches: 2 })
  })

  test('one message at a time: an asynchronous handler finishes before the next begins', async () => {
    const { actor, handled, gates } = echoActor()
    const replies = Promise.all(['a', 'b', 'c'].map((text) => actor.ask('echo', text)))
    await turn()
    expect(handled).toEqual(['a'])
    expect(actor.stats()).toMatchObject({ depth: 2, inFlight: 1 })
    gates[0]?.open()
    await turn()
    expect(handled).toEqual(['a', 'b'])
    gates[1]?.open()
    await turn()
    gates[2]?.open()
    expect(await replies).toEqual(['a', 'b', 'c'].map((value) => ({ ok: true, value })))
  })

  test('any mix of plain and asynchronous handlers keeps the order of the calls', async () => {
    type Mixed = { now: { ask: number; answer: number }; later: { ask: number; answer: number } }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('now' as const, 'later' as const), { maxLength: 40 }),
        async (kinds) => {
          const order: number[] = []
          const actor = createActor<Mixed>({
            name: 'mixed',
            handlers: {
              now: (index) => order.push(index),
              async later(index) {
                await null
                return order.push(index)
              },
            },
          })
          await Promise.all(kinds.map((kind, index) => actor.ask(kind, index)))
          expect(order).toEqual(kinds.map((_, index) => index))
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('a handler that fails', () => {
  type Risky = {
    throw: { ask: string; answer: never }
    reject: { ask: string; answer: never }
    fine: { ask: string; answer: string }
  }
  const risky = () =>
    createActor<Risky>({
      name: 'risky',
      handlers: {
        throw(text) {
          throw new RangeError(text)
        },
        reject: (text) => Promise.reject(text),
        fine: (text) => text,
      },
    })

  test('gives UNKNOWN with the cause, and the actor lives on', async () => {
    const actor = risky()
    const thrown = await actor.ask('throw', 'too far')
    const rejected = await actor.ask('reject', 'no error object')
    expect(thrown).toMatchObject({ ok: false, error: { code: 'UNKNOWN', retryable: false, name: 'ActorError' } })
    expect(!thrown.ok && thrown.error.cause).toEqual(new RangeError('too far'))
    expect(!thrown.ok && thrown.error.message).toBe('message "throw" to actor "risky" failed: too far')
    expect(rejected).toMatchObject({ ok: false, error: { code: 'UNKNOWN', cause: 'no error object' } })
    expect(await actor.ask('fine', 'still here')).toEqual({ ok: true, value: 'still here' })
    expect(actor.stats()).toMatchObject({ failed: 2, handled: 1 })
  })

  test.each([undefined, null, Symbol('odd'), Object.create(null)])('anything may be thrown', async (cause) => {
    const actor = createActor<{ odd: { ask: undefined; answer: number } }>({
      name: 'odd',
      handlers: {
        odd() {
          throw cause
        },
      },
    })
    const reply = await actor.ask('odd', undefined)
    expect(reply).toMatchObject({ ok: false, error: { code: 'UNKNOWN' } })
    expect(!reply.ok && reply.error.cause).toBe(cause)
    expect(await actor.ask('odd', undefined)).toMatchObject({ ok: false, error: { code: 'UNKNOWN' } })
  })

  test('a tell whose handler throws is counted and does no harm', async () => {
    const actor = risky()
    actor.tell('throw', 'nobody hears')
    expect(await actor.ask('fine', 'x')).toEqual({ ok: true, value: 'x' })
    expect(actor.stats()).toMatchObject({ failed: 1 })
  })

  test.each(['nothing', 'toString', '__proto__', 'constructor'])(
    'a kind without a handler is UNKNOWN: %s',
    async (kind) => {
      const actor = createActor<Record<string, { ask: unknown; answer: unknown }>>({
        name: 'known',
        handlers: { known: () => 1 },
      })
      const reply = await actor.ask(kind, 1)
      expect(reply).toMatchObject({ ok: false, error: { code: 'UNKNOWN' } })
      expect(!reply.ok && reply.error.message).toContain(`no handler for "${kind}"; there are known`)
    },
  )

  test('handlers may be methods of a class instance', async () => {
    class Counter {
      count = 0
      up(by: number): number {
        this.count += by
        return this.count
      }
    }
    const actor = createActor<{ up: { ask: number; answer: number } }>({ name: 'counter', handlers: new Counter() })
    await actor.ask('up', 2)
    expect(await actor.ask('up', 3)).toEqual({ ok: true, value: 5 })
  })

  test('errors in replies carry no stack of the kernel, and leave the setting alone', async () => {
    const limit = Error.stackTraceLimit
    try {
      Error.stackTraceLimit = 7
      const reply = await risky().ask('throw', 'x')
      expect(!reply.ok && reply.error.stack).not.toContain(' at ')
      expect(Error.stackTraceLimit).toBe(7)
    } finally {
      Error.stackTraceLimit = limit
    }
  })
})

test('a handler may ask its own actor without waiting; the message is handled after it', async () => {
  const order: string[] = []
  const actor = createActor<{
    outer: { ask: undefined; answer: undefined }
    inner: { ask: undefined; answer: undefined }
  }>({
    name: 'self',
    handlers: {
      outer() {
        void actor.ask('inner', undefined)
        order.push('outer')
        return undefined
      },
      inner() {
        order.push('inner')
        return undefined
      },
    },
  })
  await actor.ask('outer', undefined)
  await turn()
  expect(order).toEqual(['outer', 'inner'])
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('a capacity of %s is INVALID', (capacity) => {
  expect(() => createActor({ name: 'bad', capacity, handlers: {} })).toThrow(
    expect.objectContaining({
      code: 'INVALID',
      message: `actor "bad" expects capacity to be a whole number from 1, found ${capacity}`,
    }),
  )
})
