import { describe, expect, test } from 'vitest'
import {
  type Actor,
  createActor,
  createDeadLetters,
  createRegistry,
  createRouter,
  type Reply,
  type Route,
} from '../src/index.ts'
import { createProbe, manualClock } from '../src/testing.ts'
import { turn } from './turn.ts'

type Work = { job: { ask: string; answer: string } }

/** Actors that answer with their name. */
const pool = (...names: string[]): Actor<Work>[] =>
  names.map((name) => createActor<Work>({ name, handlers: { job: () => name } }))

const value = <T>(reply: Reply<T>): T | string => (reply.ok ? reply.value : reply.error.code)

async function routed(route: Route, actors: readonly Actor<Work>[], bodies: readonly string[]): Promise<string[]> {
  const router = createRouter<Work>({ name: 'pool', actors, route })
  return (await Promise.all(bodies.map((body) => router.ask('job', body)))).map(value)
}

describe('a router', () => {
  test('round-robin: each in turn', async () => {
    expect(await routed('round-robin', pool('a', 'b', 'c'), ['1', '2', '3', '4'])).toEqual(['a', 'b', 'c', 'a'])
  })

  test('least-busy: whoever has the least queued and in hand', async () => {
    const probes = ['a', 'b'].map((name) => createProbe<Work>({ name }))
    const router = createRouter<Work>({ name: 'pool', actors: probes.map(({ actor }) => actor), route: 'least-busy' })
    for (const body of ['1', '2', '3']) void router.ask('job', body)
    await turn()
    expect(probes.map(({ received }) => received.map(({ body }) => body))).toEqual([['1', '3'], ['2']])
    for (const delivery of probes[0]?.received ?? []) delivery.settle({ ok: true, value: '' })
    router.tell('job', '4')
    await turn()
    expect(probes[0]?.received.map(({ body }) => body)).toEqual(['1', '3', '4'])
  })

  test('by key: one key, one actor; keys are spread; few move when an actor comes or goes', async () => {
    const keys = Array.from({ length: 2_000 }, (_, nth) => `key ${nth}`)
    const byKey: Route = (_, body) => String(body)
    const four = await routed(byKey, pool('a', 'b', 'c', 'd'), keys)
    expect(await routed(byKey, pool('a', 'b', 'c', 'd'), keys)).toEqual(four)
    for (const name of 'abcd') {
      const share = four.filter((chosen) => chosen === name).length / keys.length
      expect(share).toBeGreaterThan(0.12)
      expect(share).toBeLessThan(0.4)
    }
    const three = await routed(byKey, pool('a', 'c', 'd'), keys)
    for (const [at, name] of four.entries()) if (name !== 'b') expect(three[at]).toBe(name)
    expect(new Set(three)).toEqual(new Set(['a', 'c', 'd']))
  })

  test('by key: the messages of a key keep their order', async () => {
    const probes = ['a', 'b', 'c'].map((name) => createProbe<Work>({ name }))
    const router = createRouter<Work>({
      name: 'pool',
      actors: probes.map(({ actor }) => actor),
      route: (_, body) => String(body).slice(0, 1),
    })
    const bodies = Array.from({ length: 60 }, (_, nth) => `${'xyz'[nth % 3]}${nth}`)
    for (const body of bodies) router.tell('job', body)
    await turn()
    for (const key of 'xyz') {
      const got = probes.map(({ received }) => received.flatMap(({ body }) => (body.startsWith(key) ? [body] : [])))
      expect(got.filter((all) => all.length > 0)).toEqual([bodies.filter((body) => body.startsWith(key))])
    }
  })

  test('broadcast: every actor, replies in order, also of those who refuse', async () => {
    const actors = pool('a', 'b', 'c')
    await actors[1]?.stop()
    const router = createRouter<Work>({ name: 'pool', actors, route: 'round-robin' })
    expect((await router.askAll('job', '')).map(value)).toEqual(['a', 'CLOSED', 'c'])
    expect(router.tellAll('job', '').map(({ ok }) => ok)).toEqual([true, false, true])
    expect(value(await router.with(pool('z')).ask('job', ''))).toBe('z')
  })

  test('a route that throws refuses the message; no actors, or two of one name, is INVALID', async () => {
    const route = (): string => {
      throw new Error('no key')
    }
    const router = createRouter<Work>({ name: 'pool', actors: pool('a'), route })
    const invalid = { ok: false, error: { code: 'INVALID', retryable: false } }
    expect(await router.ask('job', '')).toMatchObject(invalid)
    expect(router.tell('job', '')).toMatchObject(invalid)
    for (const actors of [[], pool('a', 'a')]) {
      expect(() => createRouter<Work>({ name: 'pool', actors, route })).toThrow(
        expect.objectContaining({ code: 'INVALID' }),
      )
    }
  })
})

describe('a registry', () => {
  interface Known {
    first: Work
    second: { count: { ask: number; answer: number } }
    __proto__: Work
  }

  test('sends to who has the name; a name that nobody has is NOT_FOUND and a dead letter', async () => {
    const deadLetters = createDeadLetters()
    const registry = createRegistry<Known>({ deadLetters, clock: manualClock(3) })
    const [a] = pool('a')
    if (a === undefined) throw new Error('no actor')
    const release = registry.register('first', a)
    expect(registry.names).toEqual(['first'])
    expect(value(await registry.ask('first', 'job', ''))).toBe('a')
    expect(registry.tell('first', 'job', '')).toEqual({ ok: true, value: undefined })
    // @ts-expect-error: first has no such message
    void registry.ask('first', 'count', 1)
    const missing = { ok: false, error: { code: 'NOT_FOUND', retryable: false } }
    expect(await registry.ask('second', 'count', 1)).toMatchObject(missing)
    release()
    expect(registry.find('first')).toBeUndefined()
    expect(registry.tell('first', 'job', 'late')).toMatchObject(missing)
    expect(deadLetters.list()).toMatchObject([
      { reason: 'unknown', actor: 'second', body: 1, at: 3 },
      { reason: 'unknown', actor: 'first', body: 'late' },
    ])
  })

  test('a name is one actor’s; what it gave back it cannot give back again', () => {
    const registry = createRegistry<Known>()
    const [a, b] = pool('a', 'b')
    if (a === undefined || b === undefined) throw new Error('no actors')
    const release = registry.register('first', a)
    expect(() => registry.register('first', b)).toThrow(expect.objectContaining({ code: 'ALREADY_EXISTS' }))
    release()
    registry.register('first', b)
    release()
    expect(registry.find('first')).toBe(b)
    registry.register('__proto__', a)
    expect(registry.find('__proto__')).toBe(a)
    const odd: string = 'a b'
    expect(() => createRegistry<Record<string, Work>>().register(odd, a)).toThrow(
      expect.objectContaining({ code: 'INVALID' }),
    )
  })
})
