import { describe, expect, test } from 'vitest'
import { ActorError, createBatchActor, type Delivery } from '../src/index.ts'
import type { EchoProtocol } from './echo-actor.ts'
import { gate } from './gate.ts'
import { turn } from './turn.ts'

type Batch = readonly Delivery<EchoProtocol>[]
const answer = (batch: Batch): void => {
  for (const delivery of batch) delivery.settle({ ok: true, value: delivery.body })
}
const bodies = (batch: Batch): string[] => batch.map((delivery) => delivery.body)

describe('createBatchActor', () => {
  test('a drain gets all that waits, in order, up to maxBatch', async () => {
    const batches: string[][] = []
    const actor = createBatchActor<EchoProtocol>({
      name: 'batch',
      maxBatch: 3,
      drain(batch) {
        batches.push(bodies(batch))
        answer(batch)
      },
    })
    const replies = await Promise.all(['a', 'b', 'c', 'd'].map((text) => actor.ask('echo', text)))
    expect(batches).toEqual([['a', 'b', 'c'], ['d']])
    expect(replies).toMatchObject([{ value: 'a' }, { value: 'b' }, { value: 'c' }, { value: 'd' }])
    expect(actor.stats()).toMatchObject({ batches: 2, handled: 4 })
  })

  test('the next drain begins after the promise of the last one, with all that came meanwhile', async () => {
    const batches: string[][] = []
    const gates = [gate(), gate()]
    const actor = createBatchActor<EchoProtocol>({
      name: 'batch',
      async drain(batch) {
        const mine = gates[batches.length]
        batches.push(bodies(batch))
        await mine?.opened
        answer(batch)
      },
    })
    actor.tell('echo', 'a')
    await turn()
    actor.tell('echo', 'b')
    await turn()
    actor.tell('echo', 'c')
    await turn()
    expect(batches).toEqual([['a']])
    gates[0]?.open()
    await turn(2)
    expect(batches).toEqual([['a'], ['b', 'c']])
    gates[1]?.open()
    await turn()
    expect(actor.stats()).toMatchObject({ handled: 3, inFlight: 0 })
  })

  test('a delivery may be settled after its drain, while the next batch is being decided', async () => {
    const held: Delivery<EchoProtocol>[] = []
    const actor = createBatchActor<EchoProtocol>({ name: 'batch', drain: (batch) => void held.push(...batch) })
    const first = actor.ask('echo', 'a')
    await turn()
    const second = actor.ask('echo', 'b')
    await turn()
    expect(bodies(held)).toEqual(['a', 'b'])
    expect(actor.stats()).toMatchObject({ inFlight: 2, depth: 0 })
    answer(held)
    expect(await Promise.all([first, second])).toMatchObject([{ value: 'a' }, { value: 'b' }])
  })

  test.each(['throws', 'rejects'])(
    'a drain that %s fails what is unsettled of its batch, claimed or not, and lives on',
    async (how) => {
      const actor = createBatchActor<EchoProtocol>({
        name: 'batch',
        drain(batch) {
          if (batch[0]?.body === 'fine') return answer(batch)
          batch[0]?.settle({ ok: true, value: 'settled before' })
          batch[1]?.claim({ onTimeout: () => new ActorError('TIMEOUT', 'not this one') })
          const cause = new Error('disk on fire')
          if (how === 'rejects') return Promise.reject(cause)
          throw cause
        },
      })
      const replies = await Promise.all(['a', 'b', 'c'].map((text) => actor.ask('echo', text)))
      const failed = { ok: false, error: { code: 'UNKNOWN', cause: new Error('disk on fire') } }
      expect(replies).toMatchObject([{ ok: true, value: 'settled before' }, failed, failed])
      expect(await actor.ask('echo', 'fine')).toMatchObject({ ok: true })
      expect(actor.stats()).toMatchObject({ handled: 2, failed: 2 })
    },
  )

  test('a delivery may be settled with an error of the application', async () => {
    const conflict = { code: 'CONFLICT', retryable: false, message: 'expected rev 1, found 2' }
    const actor = createBatchActor<EchoProtocol, typeof conflict>({
      name: 'batch',
      drain(batch) {
        for (const delivery of batch) delivery.settle({ ok: false, error: conflict })
      },
    })
    expect(await actor.ask('echo', 'x')).toEqual({ ok: false, error: conflict })
    expect(actor.stats()).toMatchObject({ handled: 1, failed: 0 })
  })
})

describe('schedule', () => {
  const asksFromThreeCallbacks = async (schedule: 'microtask' | 'immediate'): Promise<number> => {
    const actor = createBatchActor<EchoProtocol>({ name: 'batch', schedule, drain: answer })
    const asks: Promise<unknown>[] = []
    // Three callbacks of one phase of the event loop, with a run of the microtasks between them.
    for (const text of ['a', 'b', 'c']) setImmediate(() => asks.push(actor.ask('echo', text)))
    await turn()
    await Promise.all(asks)
    expect(asks).toHaveLength(3)
    return actor.stats().batches
  }

  test('immediate gathers all asks of one turn of the event loop, microtask does not', async () => {
    expect(await asksFromThreeCallbacks('immediate')).toBe(1)
    expect(await asksFromThreeCallbacks('microtask')).toBe(3)
  })

  test('an actor that always has something to do does not starve the event loop', async () => {
    const most = 100_000
    let turned = false
    let handled = 0
    setImmediate(() => {
      turned = true
    })
    const actor = createBatchActor<EchoProtocol>({
      name: 'restless',
      schedule: 'microtask',
      drain(batch) {
        answer(batch)
        if (++handled < most && !turned) actor.tell('echo', 'again')
      },
    })
    actor.tell('echo', 'begin')
    await turn(3)
    expect(turned).toBe(true)
    expect(handled).toBeLessThan(most)
  })
})
