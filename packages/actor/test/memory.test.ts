import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { type Actor, createActor } from '../src/index.ts'
import type { EchoProtocol } from './echo-actor.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

function heapBytes(): number {
  // What was weakly held when the first collection began goes with the second, of this test or of one before it.
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

const newActor = (capacity: number): Actor<EchoProtocol> =>
  createActor<EchoProtocol>({ name: 'full', capacity, schedule: 'immediate', handlers: { echo: (text) => text } })

/** Heap bytes that `count` waiting messages take, each, sent by `send` within one turn. */
function bytesEach(
  count: number,
  send: (actor: Actor<EchoProtocol>) => unknown,
): { each: number; actor: Actor<EchoProtocol> } {
  const actor = newActor(count)
  const before = heapBytes()
  for (let index = 0; index < count; index++) send(actor)
  return { each: (heapBytes() - before) / count, actor }
}

test.each([
  ['tell', 200, (actor: Actor<EchoProtocol>) => actor.tell('echo', 'x')],
  ['ask', 500, (actor: Actor<EchoProtocol>) => actor.ask('echo', 'x')],
] as const)('100 000 queued messages are small and cost no more each than 50 000: %s', async (_, most, send) => {
  const few = bytesEach(50_000, send)
  await few.actor.stop({ drain: false })
  const many = bytesEach(100_000, send)
  expect(many.actor.depth).toBe(100_000)
  expect(many.each).toBeLessThan(most)
  expect(many.each).toBeLessThan(few.each * 1.5)
  expect(await many.actor.stop()).toEqual({ closed: 0 })
  expect(many.actor.stats()).toMatchObject({ handled: 100_000, depth: 0 })
})

test('an emptied mailbox gives its memory back', async () => {
  const actor = newActor(100_000)
  const before = heapBytes()
  for (let index = 0; index < 100_000 - 1; index++) actor.tell('echo', 'x')
  expect(await actor.ask('echo', 'last')).toMatchObject({ ok: true })
  expect(heapBytes() - before).toBeLessThan(500_000)
})

test('callers who come and give up while the actor is stuck leave nothing behind', async () => {
  const actor = createActor<EchoProtocol>({
    name: 'stuck',
    handlers: { echo: () => new Promise<string>(() => undefined) },
  })
  await Promise.race([actor.ask('echo', 'stuck'), Promise.resolve()])
  const giveUp = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index++) {
      const controller = new AbortController()
      const reply = actor.ask('echo', 'x', { signal: controller.signal })
      controller.abort()
      await reply
    }
  }
  await giveUp(1_000)
  const before = heapBytes()
  await giveUp(10_000)
  expect(heapBytes() - before).toBeLessThan(500_000)
  expect(actor.stats()).toMatchObject({ aborted: 11_000, depth: 0 })
})
