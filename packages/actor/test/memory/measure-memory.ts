// Started with --expose-gc: prints how many bytes of heap actors take, as one line of JSON.
import { type Actor, createActor } from '../../src/index.ts'
import type { EchoProtocol } from '../echo-actor.ts'
import type { HeapOf } from './heap-of.ts'

function heapBytes(): number {
  // What was weakly held when the first collection began goes with the second.
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const send: Record<'tell' | 'ask', (actor: Actor<EchoProtocol>) => unknown> = {
  tell: (actor) => actor.tell('echo', 'x'),
  ask: (actor) => actor.ask('echo', 'x'),
}

/** Heap bytes that `count` waiting messages take, each, sent by `send` within one turn. */
async function bytesEach(count: number, by: keyof typeof send): Promise<number> {
  const actor = createActor<EchoProtocol>({
    name: 'full',
    capacity: count,
    schedule: 'immediate',
    handlers: { echo: (text) => text },
  })
  const before = heapBytes()
  for (let index = 0; index < count; index++) send[by](actor)
  const bytes = heapBytes() - before
  if (actor.depth !== count) throw new Error(`expected ${count} messages in the mailbox, found ${actor.depth}`)
  await actor.stop({ drain: false })
  return bytes / count
}

/** Heap bytes that an actor keeps whose full mailbox was worked off. */
async function bytesOfEmptied(): Promise<number> {
  const actor = createActor<EchoProtocol>({ name: 'emptied', capacity: 100_000, handlers: { echo: (text) => text } })
  const before = heapBytes()
  for (let index = 0; index < 100_000 - 1; index++) actor.tell('echo', 'x')
  await actor.ask('echo', 'last')
  const bytes = heapBytes() - before
  await actor.stop()
  return bytes
}

/** Heap bytes left by 10 000 callers of a stuck actor who came and gave up. */
async function bytesOfGivenUp(): Promise<number> {
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
  const bytes = heapBytes() - before
  if (actor.depth !== 0) throw new Error(`expected an empty mailbox, found ${actor.depth} messages`)
  return bytes
}

// Once before it counts, so that compiled code and grown tables are no bytes of a message.
for (const by of ['tell', 'ask'] as const) await bytesEach(1_000, by)

const heapOf: HeapOf = {
  tell: [await bytesEach(50_000, 'tell'), await bytesEach(100_000, 'tell')],
  ask: [await bytesEach(50_000, 'ask'), await bytesEach(100_000, 'ask')],
  emptied: await bytesOfEmptied(),
  givenUp: await bytesOfGivenUp(),
}
process.stdout.write(`${JSON.stringify(heapOf)}\n`)
process.exit()
