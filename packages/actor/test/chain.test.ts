import { expect, test } from 'vitest'
import { type Actor, type ActorError, createActor, type Handling, type Reply } from '../src/index.ts'
import { type ManualClock, manualClock } from '../src/testing.ts'
import { turn } from './turn.ts'

type Link = { pass: { ask: readonly string[]; answer: string } }

/** Actors that pass a message on to the one whose name comes next in it. */
function ring(clock: ManualClock, names: readonly string[]): ReadonlyMap<string, Actor<Link>> {
  const actors = new Map<string, Actor<Link>>()
  const pass = async ([next, ...rest]: readonly string[], from: Handling): Promise<string> => {
    if (next === undefined) return 'arrived'
    const reply = await actors.get(next)?.ask('pass', rest, { from })
    if (reply?.ok === false) throw reply.error
    return reply?.value ?? 'nobody'
  }
  for (const name of names) actors.set(name, createActor<Link>({ name, clock, handlers: { pass } }))
  return actors
}

const errorOf = (reply: Reply<unknown> | undefined): Partial<ActorError> => (reply?.ok === false ? reply.error : {})

test('asks that go in a circle end at the deadline of the first, and name the chain', async () => {
  const clock = manualClock()
  const actors = ring(clock, ['a', 'b', 'c'])
  const asked = actors.get('a')?.ask('pass', ['b', 'c', 'a'], { timeoutMs: 50 })
  await turn(3)
  clock.advance(50)
  const error = errorOf(await asked)
  expect(error).toMatchObject({
    code: 'TIMEOUT',
    retryable: false,
    details: { chain: ['a', 'b', 'c', 'a'], circular: true },
  })
  expect(error.message).toMatch(/the chain of asks is a → b → c → a, which waits for itself$/)
  expect(clock.pendingTimers).toBe(0)
})

test('who asks itself in its handler is told so, also when nobody gave a deadline', async () => {
  const clock = manualClock()
  const asked = ring(clock, ['a']).get('a')?.ask('pass', ['a'])
  await turn()
  clock.advance(30_000)
  const error = errorOf(await asked)
  expect(error).toMatchObject({ code: 'UNKNOWN', cause: { details: { chain: ['a', 'a'], circular: true } } })
})

test('a chain that is only slow is named as what it is, and what was answered is no part of it', async () => {
  const clock = manualClock()
  const stuck = createActor<Link>({ name: 'stuck', clock, handlers: { pass: () => new Promise(() => undefined) } })
  const quick = createActor<Link>({ name: 'quick', clock, handlers: { pass: () => 'at once' } })
  const asking = createActor<Link>({
    ...{ name: 'asking', clock },
    handlers: {
      async pass(_, from) {
        await quick.ask('pass', [], { from })
        const replies = await Promise.all([quick.ask('pass', [], { from }), stuck.ask('pass', [], { from })])
        return JSON.stringify(replies)
      },
    },
  })
  const asked = asking.ask('pass', [], { timeoutMs: 20 })
  await turn(3)
  clock.advance(20)
  expect(errorOf(await asked)).toMatchObject({ details: { chain: ['asking', 'stuck'], circular: false } })
})

test('an ask made for another has its signal and at most its time', async () => {
  const clock = manualClock()
  const seen: unknown[] = []
  const last = createActor<Link>({
    ...{ name: 'last', clock },
    handlers: { pass: (_, { options }) => String(seen.push(options.deadline, options.signal)) },
  })
  const first = createActor<Link>({
    ...{ name: 'first', clock },
    handlers: {
      async pass(_, from) {
        await last.ask('pass', [], { from, timeoutMs: 500 })
        await last.ask('pass', [], { from, timeoutMs: 5, signal: own.signal })
        return 'done'
      },
    },
  })
  const [caller, own] = [new AbortController(), new AbortController()]
  expect(await first.ask('pass', [], { timeoutMs: 20, signal: caller.signal })).toMatchObject({ ok: true })
  expect(seen.map((value) => (value === caller.signal ? 'caller' : value === own.signal ? 'own' : value))).toEqual([
    ...[20, 'caller'],
    ...[5, 'own'],
  ])
})

test('what became late while a handler blocked the loop is not handled any more', async () => {
  const clock = manualClock()
  const handled: string[] = []
  const actor = createActor<{ block: { ask: string; answer: undefined } }>({
    ...{ name: 'blocked', clock: { now: () => now, setTimer: clock.setTimer } },
    handlers: {
      block(text) {
        handled.push(text)
        now += 100
        return undefined
      },
    },
  })
  let now = 0
  const first = actor.ask('block', 'first')
  const second = actor.ask('block', 'second', { timeoutMs: 50 })
  expect(await first).toMatchObject({ ok: true })
  expect(await second).toMatchObject({ ok: false, error: { code: 'TIMEOUT', retryable: true } })
  expect(handled).toEqual(['first'])
  expect(clock.pendingTimers).toBe(0)
})
