import { performance } from 'node:perf_hooks'
import type { Store } from '../contender.ts'
import { hash } from '../data/hash.ts'
import { closedLoop } from '../measure/closed-loop.ts'
import type { Measured } from '../measure/measured.ts'
import { readsOf, writesOf } from '../part-of.ts'
import type { Session } from '../session.ts'
import type { Workload } from '../workload.ts'
import { HotIds } from './hot-ids.ts'
import { checkUpdated, Updates } from './updates.ts'

const callers = 64
const updateEvery = 2
const bytesPerMb = 1e6
/** A compaction that gives way takes longer than other workloads last. */
const timesAsLong = 5

/**
 * S4: 64 callers read and update, half and half, once undisturbed and once while the store is compacted again and again.
 * The figures are those of the second time; the remark says what part of the first they are.
 */
export const compactUnderLoad: Workload = {
  id: 'S4',
  title: `50 % get, 50 % durable update, ${callers} callers, while the store is compacted`,
  unit: 'ops/s',
  stage: 'changed',
  takes: [['get', 'update', 'compact']],
  async run(session) {
    const updates = new Updates(session.data, callers)
    const store = await session.open()
    const alone = await loop(session, store, { updates, onWarm: () => undefined })
    const compactions = new Compactions(store)
    const beside = await loop(session, store, { updates, onWarm: () => compactions.begin() })
    await compactions.end()
    await session.close()
    if (session.reopens) await checkUpdated(session, updates)
    return { ...beside, remark: `${compactions.told()}; ${compared(alone, beside)}` }
  },
}

function loop(
  { data, timing }: Session,
  store: Store,
  { updates, onWarm }: { updates: Updates; onWarm: () => void },
): Promise<Measured> {
  const hot = new HotIds(data)
  const reads = readsOf(store)
  const writes = writesOf(store)
  let at = 0
  return closedLoop({
    callers,
    timing: { ...timing, runMs: timing.runMs * timesAsLong },
    onWarm,
    operation: (caller) => {
      if (hash(data.seed, ++at, 9) % updateEvery !== 0) return reads.get(hot.type(at), hot.id(at))
      const { index, count } = updates.next(caller)
      return writes.update(data.idAt(index), data.changes(count))
    },
  })
}

/** Compactions one after the other, until the end; the last one is cancelled. */
class Compactions {
  readonly #store: Store
  readonly #ending = new AbortController()
  readonly #tookMs: number[] = []
  readonly #rssBefore = process.memoryUsage.rss()
  #rssMost = 0
  #running: Promise<void> = Promise.resolve()

  constructor(store: Store) {
    this.#store = store
  }

  begin(): void {
    this.#running = this.#run()
  }

  async end(): Promise<void> {
    this.#ending.abort()
    await this.#running
  }

  told(): string {
    const count = this.#tookMs.length
    const mean = this.#tookMs.reduce((sum, ms) => sum + ms, 0) / count
    const grown = Math.max(0, this.#rssMost - this.#rssBefore) / bytesPerMb
    const times = count === 0 ? 'none was done in the time' : `${count} of ${mean.toFixed(0)} ms`
    return `compactions: ${times}, ${grown.toFixed(0)} MB more`
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      const begun = performance.now()
      try {
        await this.#store.compact?.(signal)
      } catch (error) {
        if (signal.aborted) return
        throw error
      }
      this.#tookMs.push(performance.now() - begun)
      this.#rssMost = Math.max(this.#rssMost, process.memoryUsage.rss())
    }
  }
}

function compared(alone: Measured, beside: Measured): string {
  const share = beside.value / alone.value
  const p99 = (beside.p99 ?? Number.NaN) / (alone.p99 ?? Number.NaN)
  return `${share.toFixed(2)} × the operations and ${p99.toFixed(2)} × the p99 of the same without`
}
