import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Asker, AskerKind } from './asker.ts'

export interface AskerJob {
  readonly name: string
  /** How much processor time round trips are given, after half as much to warm up: a busy machine takes longer for the same. */
  readonly runMs: number
  /** Messages queued for the second figure. */
  readonly messages: number
}

export interface AskerFigures {
  /** Round trips, one after the other. */
  readonly asksPerSecond: number
  /** Processor time of one, all threads: on a busy machine the only figure that means something. */
  readonly cpuMicros: number
  /** Of one queued message, without a reply. */
  readonly bytesEach: number
  /** The same with a tenth as many. */
  readonly bytesEachOfFew: number
}

/** Round trips between two looks at the time. */
const stretch = 200

/** Rejects when an answer is wrong. */
export async function measureAsker(kind: AskerKind, { runMs, messages }: AskerJob): Promise<AskerFigures> {
  const bytesEachOfFew = await bytesOf(kind, Math.max(1, Math.floor(messages / 10)))
  const bytesEach = await bytesOf(kind, messages)
  const asker = await kind.open()
  await asksWithin(asker, runMs / 2)
  const began = performance.now()
  const cpuBefore = cpuMsUsed()
  const asks = await asksWithin(asker, runMs)
  const asksPerSecond = (asks / (performance.now() - began)) * 1000
  const cpuMicros = ((cpuMsUsed() - cpuBefore) * 1000) / asks
  await asker.close()
  return { asksPerSecond, cpuMicros, bytesEach, bytesEachOfFew }
}

async function asksWithin(asker: Asker, cpuMs: number): Promise<number> {
  const until = cpuMsUsed() + cpuMs
  let asks = 0
  do {
    for (let left = stretch; left > 0; left--) {
      const answer = asker.answerIn(await asker.ask(asks))
      if (answer !== asks) throw new Error(`expected the answer ${asks}, got ${answer}`)
      asks++
    }
  } while (cpuMsUsed() < until)
  return asks
}

function cpuMsUsed(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

async function bytesOf({ open, memory }: AskerKind, messages: number): Promise<number> {
  const asker = await open()
  const before = bytesUsed(memory)
  await asker.fill(messages)
  const each = (bytesUsed(memory) - before) / messages
  await asker.close()
  return each
}

function bytesUsed(memory: AskerKind['memory']): number {
  collect()
  const { heapUsed, rss } = process.memoryUsage()
  return memory === 'heap' ? heapUsed : rss
}
