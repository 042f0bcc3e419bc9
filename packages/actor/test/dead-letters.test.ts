import { describe, expect, test } from 'vitest'
import { createActor, createDeadLetters, type DeadLetters } from '../src/index.ts'
import { manualClock } from '../src/testing.ts'
import { echoActor } from './echo-actor.ts'
import { turn } from './turn.ts'

const short = (letters: DeadLetters): string[] => letters.list().map(({ reason, body }) => `${reason} ${String(body)}`)

describe('drop-oldest', () => {
  test('the newest is taken in; the oldest that waits is BUSY for its caller and a dead letter', async () => {
    const deadLetters = createDeadLetters()
    const { actor, handled, gates } = echoActor({ capacity: 2, overflow: 'drop-oldest', deadLetters })
    const first = actor.ask('echo', 'a')
    await turn()
    const dropped = actor.ask('echo', 'b')
    expect(['c', 'd', 'e'].map((text) => actor.tell('echo', text).ok)).toEqual([true, true, true])
    expect(await dropped).toMatchObject({ ok: false, error: { code: 'BUSY', retryable: true } })
    expect(short(deadLetters)).toEqual(['dropped b', 'dropped c'])
    for (const _ of 'ade') {
      gates.shift()?.open()
      await turn()
    }
    expect(await first).toEqual({ ok: true, value: 'a' })
    expect(handled).toEqual(['a', 'd', 'e'])
    expect(actor.stats()).toMatchObject({ accepted: 5, dropped: 2, handled: 3, rejected: 0 })
  })

  test('ten thousand drops leave a mailbox of its size', () => {
    const { actor } = echoActor({ capacity: 3, overflow: 'drop-oldest' })
    for (let count = 0; count < 10_000; count++) actor.tell('echo', 'x')
    expect(actor.stats()).toMatchObject({ depth: 3, accepted: 10_000, dropped: 9_997 })
  })
})

describe('dead letters', () => {
  test('name what nobody handled, and why', async () => {
    const clock = manualClock(7)
    const deadLetters = createDeadLetters()
    const { actor, gates } = echoActor({ capacity: 3, clock, deadLetters })
    void actor.ask('echo', 'in hand')
    await turn()
    void actor.ask('echo', 'late', { timeoutMs: 10 })
    const gaveUp = new AbortController()
    void actor.ask('echo', 'aborted', { signal: gaveUp.signal })
    actor.tell('echo', 'left over')
    actor.tell('echo', 'too many')
    void actor.ask('echo', 'no time', { timeoutMs: 0 })
    clock.advance(10)
    gaveUp.abort()
    const stopping = actor.stop({ drain: false })
    actor.tell('echo', 'after the stop')
    gates[0]?.open()
    await stopping
    expect(short(deadLetters)).toEqual([
      'refused too many',
      'expired no time',
      'expired late',
      'closed left over',
      'stopped after the stop',
    ])
    expect(deadLetters.list().at(-1)).toEqual({
      actor: 'echo',
      kind: 'echo',
      body: 'after the stop',
      reason: 'stopped',
      at: 17,
    })
    expect(deadLetters.counts()).toEqual({
      ...{ refused: 1, dropped: 0, stopped: 1, closed: 1, expired: 2, failed: 0, unknown: 0 },
    })
  })

  test('a tell whose handler throws is one; an ask is not, its caller has heard', async () => {
    const deadLetters = createDeadLetters()
    const fail = (): never => {
      throw new Error('no')
    }
    const actor = createActor<{ go: { ask: string; answer: undefined } }>({
      name: 'a',
      deadLetters,
      handlers: { go: fail },
    })
    actor.tell('go', 'told')
    expect(await actor.ask('go', 'asked')).toMatchObject({ ok: false, error: { code: 'UNKNOWN' } })
    expect(short(deadLetters)).toEqual(['failed told'])
  })

  test('are bounded: the newest are kept, all are counted', () => {
    const deadLetters = createDeadLetters({ capacity: 2 })
    for (const body of [1, 2, 3]) deadLetters.record({ actor: 'a', kind: 'k', body, reason: 'unknown', at: 0 })
    expect(short(deadLetters)).toEqual(['unknown 2', 'unknown 3'])
    expect(deadLetters.total).toBe(3)
    deadLetters.clear()
    expect(deadLetters.list()).toEqual([])
    expect(deadLetters.counts().unknown).toBe(3)
    const none = createDeadLetters({ capacity: 0 })
    none.record({ actor: 'a', kind: 'k', body: 1, reason: 'unknown', at: 0 })
    expect([none.total, none.list()]).toEqual([1, []])
    expect(() => createDeadLetters({ capacity: -1 })).toThrow(expect.objectContaining({ code: 'INVALID' }))
  })
})
