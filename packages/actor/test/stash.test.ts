import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import {
  type Actor,
  type ActorOptions,
  type ActorRef,
  createActor,
  createBatchActor,
  createDeadLetters,
  type DeadLetters,
  type Delivery,
  type Stashed,
} from '../src/index.ts'
import { type ManualClock, manualClock } from '../src/testing.ts'
import { tree } from './tree.ts'
import { turn } from './turn.ts'

type Shop = { serve: { ask: string; answer: string }; open: { ask: undefined; answer: number } }

interface World {
  readonly shop: Actor<Shop>
  readonly clock: ManualClock
  readonly deadLetters: DeadLetters
  readonly served: string[]
}

/** Serves nobody before it is open. */
function shopOf(options: Partial<ActorOptions> = {}): World {
  const clock = manualClock()
  const deadLetters = createDeadLetters()
  const served: string[] = []
  let isOpen = false
  const shop = createActor<Shop>({
    ...{ name: 'shop', clock, deadLetters, ...options },
    handlers: {
      serve(who, context) {
        if (!isOpen) return context.stash()
        served.push(who)
        return who
      },
      open(_, context) {
        isOpen = true
        return context.unstash()
      },
    },
  })
  return { shop, clock, deadLetters, served }
}

describe('what an actor puts aside', () => {
  test('comes back in its order, before what came later, and is answered once', async () => {
    const { shop, served } = shopOf()
    const early = ['a', 'b', 'c'].map((who) => shop.ask('serve', who))
    await turn()
    expect(shop.stats()).toMatchObject({ stashed: 3, depth: 0, inFlight: 0, accepted: 3, handled: 0 })
    const opened = shop.ask('open', undefined)
    const late = shop.ask('serve', 'late')
    expect(await opened).toEqual({ ok: true, value: 3 })
    expect(await Promise.all([...early, late])).toEqual(['a', 'b', 'c', 'late'].map((value) => ({ ok: true, value })))
    expect(served).toEqual(['a', 'b', 'c', 'late'])
    expect(shop.stats()).toMatchObject({ stashed: 0, handled: 5, accepted: 5 })
  })

  test('still hears of its signal and of its deadline, and leaves nothing behind', async () => {
    const { shop, clock, deadLetters, served } = shopOf()
    const controller = new AbortController()
    const aborted = shop.ask('serve', 'aborted', { signal: controller.signal })
    const late = shop.ask('serve', 'late', { timeoutMs: 50 })
    await turn()
    controller.abort()
    clock.advance(50)
    expect(await aborted).toMatchObject({ error: { code: 'ABORTED', retryable: false } })
    expect(await late).toMatchObject({ error: { code: 'TIMEOUT', retryable: true } })
    await shop.ask('open', undefined)
    expect(served).toEqual([])
    expect(deadLetters.list()).toMatchObject([{ reason: 'expired', body: 'late' }])
    expect(clock.pendingTimers).toBe(0)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('is bounded: one more is BUSY and a dead letter', async () => {
    const { shop, deadLetters, served } = shopOf({ maxStashed: 2 })
    const asked = ['a', 'b', 'c'].map((who) => shop.ask('serve', who))
    expect(await asked[2]).toMatchObject({ error: { code: 'BUSY', retryable: true } })
    expect(deadLetters.list()).toMatchObject([{ reason: 'dropped', body: 'c' }])
    await shop.ask('open', undefined)
    await Promise.all(asked)
    expect(served).toEqual(['a', 'b'])
    expect(() => shopOf({ maxStashed: 0 })).toThrow(expect.objectContaining({ code: 'INVALID' }))
  })

  test.each([
    [true, 'CLOSED', 'a stop brings it back, and it cannot be put aside again'],
    [false, 'CLOSED', 'a stop that does not drain settles it'],
  ])('drain: %s: %s: %s', async (drain, code) => {
    const { shop, deadLetters } = shopOf()
    const asked = shop.ask('serve', 'a')
    await turn()
    expect(await shop.stop({ drain })).toEqual({ closed: 1 })
    expect(await asked).toMatchObject({ error: { code } })
    expect(deadLetters.counts().closed).toBe(1)
  })

  test('is handled by a stop that drains, where it can be by then', async () => {
    let isOpen = false
    const shop = createActor<Pick<Shop, 'serve'>>({
      name: 'shop',
      handlers: { serve: (who, context) => (isOpen ? who : context.stash()) },
    })
    const asked = shop.ask('serve', 'a')
    await turn()
    isOpen = true
    expect(await shop.stop()).toEqual({ closed: 0 })
    expect(await asked).toEqual({ ok: true, value: 'a' })
  })

  test('keeps its place when it is put aside again, whatever was handled in between', async () => {
    type Counter = Pick<Shop, 'serve'>
    const batches: Delivery<Counter>[][] = []
    const actor = createBatchActor<Counter>({ name: 'batch', drain: (batch) => void batches.push([...batch]) })
    const bodies = (batch: readonly Delivery<Counter>[] | undefined): unknown[] => (batch ?? []).map(({ body }) => body)
    const stash = (at: number, ...whom: number[]): void => {
      for (const one of whom) batches[at]?.[one]?.stash()
    }
    for (const who of ['a', 'b', 'c', 'd']) actor.tell('serve', who)
    await turn()
    stash(0, 0, 1, 2)
    batches[0]?.[3]?.unstash()
    await turn()
    expect(bodies(batches[1])).toEqual(['a', 'b', 'c'])
    stash(1, 2)
    batches[1]?.[0]?.unstash()
    stash(1, 0)
    actor.tell('serve', 'e')
    batches[1]?.[1]?.unstash()
    await turn()
    expect(bodies(batches[2])).toEqual(['a', 'c', 'e'])
    // What was put aside is no longer in those hands.
    expect(batches[0]?.[0]?.settle({ ok: true, value: 'too late' })).toBe(false)
    expect(batches[0]?.[0]?.claim()).toBe(false)
    await actor.stop({ timeoutMs: 0 })
  })

  test('is not answered by the handler that put it aside', async () => {
    let isOpen = false
    const shop = createActor<Shop>({
      name: 'shop',
      handlers: {
        async serve(who, context) {
          if (!isOpen) context.stash()
          await turn()
          return isOpen ? who : 'nobody'
        },
        open: (_, context) => {
          isOpen = true
          return context.unstash()
        },
      },
    })
    const asked = shop.ask('serve', 'a')
    await shop.ask('open', undefined)
    expect(await asked).toEqual({ ok: true, value: 'a' })
  })
})

test('a claimed message is not put aside, nor is an answer borrowed from another stash', async () => {
  let kept: Stashed | undefined
  const actor = createActor<{ claim: { ask: undefined; answer: string }; keep: { ask: undefined; answer: string } }>({
    name: 'a',
    handlers: {
      claim(_, context) {
        context.claim()
        return kept ?? context.stash()
      },
      keep(_, context) {
        kept = context.stash()
        return kept
      },
    },
  })
  const invalid = { ok: false, error: { code: 'UNKNOWN', cause: { code: 'INVALID' } } }
  expect(await actor.ask('claim', undefined)).toMatchObject(invalid)
  actor.tell('keep', undefined)
  const borrowed = { ok: false, error: { code: 'UNKNOWN', cause: { name: 'TypeError' } } }
  expect(await actor.ask('claim', undefined)).toMatchObject(borrowed)
  await actor.stop()
})

/** A worker in a tree that cannot work before what its life needs is there. */
function recovering(it: ReturnType<typeof tree>): { ref: ActorRef<Shop>; recovered: (() => void)[]; served: string[] } {
  const recovered: (() => void)[] = []
  const served: string[] = []
  const ref = it.root.spawn<Shop>({
    name: 'shop',
    start(context) {
      let isOpen = false
      recovered.push(() => {
        isOpen = true
        context.unstash()
      })
      return {
        handlers: {
          serve(who, message) {
            if (who === 'crash') throw new Error('boom')
            if (!isOpen) return message.stash()
            served.push(`${context.restarts}: ${who}`)
            return who
          },
          open: () => served.length,
        },
      }
    },
  })
  return { ref, recovered, served }
}

test('a life that recovers in the background serves who can be served, then the others in order', async () => {
  const it = tree()
  const { ref, recovered, served } = recovering(it)
  const asked = ['a', 'b'].map((who) => ref.ask('serve', who))
  expect(await ref.ask('open', undefined)).toEqual({ ok: true, value: 0 })
  recovered[0]?.()
  expect(await Promise.all(asked)).toMatchObject([{ value: 'a' }, { value: 'b' }])
  expect(served).toEqual(['0: a', '0: b'])
})

test('a crash leaves what was put aside to the next life, in its order; a life that is over brings nothing back', async () => {
  const it = tree()
  const { ref, recovered, served } = recovering(it)
  const asked = ['a', 'crash', 'b'].map((who) => ref.ask('serve', who))
  await turn(2)
  it.clock.advance(100)
  await turn()
  expect(ref.stats()).toMatchObject({ stashed: 2 })
  recovered[0]?.()
  expect(ref.stats()).toMatchObject({ stashed: 2 })
  recovered[1]?.()
  expect(await Promise.all(asked)).toMatchObject([{ value: 'a' }, { error: { code: 'UNKNOWN' } }, { value: 'b' }])
  expect(served).toEqual(['1: a', '1: b'])
  await it.root.stop()
  expect(it.clock.pendingTimers).toBe(0)
})

test('who crashes because of what it puts aside is restarted so often as it may, and then all hear', async () => {
  const it = tree({ restart: { atMost: 2 } })
  const ref = it.root.spawn<Pick<Shop, 'serve'>>({
    name: 'shop',
    start: () => ({
      handlers: {
        serve(_, context) {
          context.stash()
          throw new Error('boom')
        },
      },
    }),
  })
  const asked = ref.ask('serve', 'poison')
  for (let crash = 0; crash < 3; crash++) {
    await turn(3)
    it.clock.advance(1_000)
  }
  expect(await asked).toMatchObject({ error: { code: 'CLOSED' } })
  expect(await it.root.ended).toMatchObject({ why: 'crashed' })
})
