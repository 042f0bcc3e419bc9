import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { type domain, openState, type State } from 'stateward'
import { quantile } from '../measure/quantile.ts'
import { Samples } from '../measure/samples.ts'
import { fateOf } from './fates.ts'
import { Flood } from './flood.ts'
import { waitedMs } from './waited-ms.ts'

export interface OverloadJob {
  /** An empty directory. */
  readonly dir: string
  readonly runMs: number
  /** Writes that may wait. */
  readonly mailbox: number
  /** How many times what the store can take it is offered. */
  readonly times: number
  /** Writes that it is offered at once in the beginning. */
  readonly atOnce: number
}

export interface OverloadFigures {
  /** Writes a second of 64 callers who wait for their answers: before, and after the overload. */
  readonly capacity: number
  readonly recovered: number
  readonly offered: number
  readonly acknowledged: number
  readonly refused: number
  /** Neither acknowledged nor `BUSY` and retryable. */
  readonly otherwise: number
  /** Milliseconds from the call to the refusal, p99. */
  readonly refusalMs: number
  /** Of a read by id while nobody writes, and under the overload; p50 and p99. */
  readonly readMs: readonly [p50: number, p99: number]
  readonly loadedReadMs: readonly [p50: number, p99: number]
  /**
   * How late the event loop lets a reader come who comes once a millisecond: nobody writing, and under the overload; and that
   * without what the thread has waited meanwhile for a processor that other processes had.
   */
  readonly lateMs: readonly [p50: number, p99: number]
  readonly loadedLateMs: readonly [p50: number, p99: number]
  readonly ownLateMs: readonly [p50: number, p99: number]
  readonly deepest: number
  /** By how much the process has grown at most, bytes. */
  readonly grown: number
  /** By how much what the store holds of what it has acknowledged had grown in the end. */
  readonly held: number
  /** Acknowledged writes that are not there afterwards, and refused ones that are. */
  readonly lost: number
  readonly uninvited: number
}

type Plans = State<typeof domain>

const callers = 64
/** What is measured beside the overload takes a part of its time, and not more than this. */
const longestAsideMs = 3_000
/** By the clock it would be a little less than asked for: what is due in the last turn is sent by nobody. */
const sentMore = 1.05
const opened = (dir: string, mailbox: number): Promise<Plans> =>
  openState(dir, { mailbox: { capacity: mailbox }, compaction: false })

/** Offers a store many times what it can take, and looks at what becomes of everybody. */
export async function measureOverload({ dir, runMs, mailbox, times, atOnce }: OverloadJob): Promise<OverloadFigures> {
  const state = await opened(dir, mailbox)
  const { id } = await state.plan.create({ name: 'read' })
  const asideMs = Math.min(runMs / 4, longestAsideMs)
  await capacityOf(state, asideMs)
  const capacity = await capacityOf(state, asideMs)
  const unloaded = await reads(state, id, performance.now() + asideMs)
  const began = performance.now()
  const flood = new Flood(state)
  const reading = reads(state, id, began + runMs)
  await flood.run({ atOnce, perMs: (capacity * times * sentMore) / 1000, until: began + runMs })
  const loaded = await reading
  const offeredFor = (performance.now() - began) / 1000
  await flood.settled()
  const recovered = await capacityOf(state, asideMs)
  await state.close()
  const { sent, refusals, deepest, grown, held, fates } = flood
  const again = await opened(dir, mailbox)
  const there = new Uint8Array(sent)
  for await (const { name } of again.plan.stream()) {
    const at = floodNumber(name)
    if (at !== undefined) there[at] = 1
  }
  await again.close()
  const those = (fate: number, isThere: number): number =>
    there.reduce((count, found, at) => count + (fates.at(at) === fate && found === isThere ? 1 : 0), 0)
  const [lost, uninvited] = [those(fateOf.acknowledged, 0), those(fateOf.refused, 1)]
  const [acknowledged, refused] = [lost + those(fateOf.acknowledged, 1), uninvited + those(fateOf.refused, 0)]
  return {
    ...{ capacity, recovered, deepest, grown, held },
    ...{
      readMs: unloaded.took,
      loadedReadMs: loaded.took,
      lateMs: unloaded.late,
      loadedLateMs: loaded.late,
      ownLateMs: loaded.ownLate,
    },
    offered: sent / offeredFor,
    acknowledged,
    refused,
    otherwise: sent - acknowledged - refused,
    refusalMs: quantile(refusals.values(), 0.99) ?? 0,
    lost,
    uninvited,
  }
}

async function capacityOf(state: Plans, ms: number): Promise<number> {
  const began = performance.now()
  let count = 0
  const call = async (): Promise<void> => {
    do {
      await state.plan.create({ name: 'capacity' })
      count++
    } while (performance.now() < began + ms)
  }
  await Promise.all(Array.from({ length: callers }, call))
  return count / ((performance.now() - began) / 1000)
}

interface ReadFigures {
  readonly took: [p50: number, p99: number]
  readonly late: [p50: number, p99: number]
  readonly ownLate: [p50: number, p99: number]
}

/** Reads once a millisecond, loaded or not: what is read again at once is in the processor's cache, which nobody's reads are. */
async function reads(state: Plans, id: string, until: number): Promise<ReadFigures> {
  const took = new Samples()
  const late = new Samples()
  const ownLate = new Samples()
  do {
    const waited = waitedMs()
    const due = performance.now() + 1
    await pause(1)
    const before = performance.now()
    const lateMs = Math.max(0, before - due)
    late.add(lateMs)
    ownLate.add(Math.max(0, lateMs - (waitedMs() - waited)))
    const asked = performance.now()
    await state.plan.get(id)
    took.add(performance.now() - asked)
  } while (performance.now() < until)
  return { took: quantilesOf(took), late: quantilesOf(late), ownLate: quantilesOf(ownLate) }
}

function quantilesOf(samples: Samples): [p50: number, p99: number] {
  const values = samples.values()
  return [quantile(values, 0.5) ?? 0, quantile(values, 0.99) ?? 0]
}

const floodNames = /^flood (\d+)$/

function floodNumber(name: string): number | undefined {
  const found = floodNames.exec(name)?.[1]
  return found === undefined ? undefined : Number(found)
}
