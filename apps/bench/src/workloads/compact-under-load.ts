import type { Store } from '../contender.ts'
import { hash } from '../data/hash.ts'
import { closedLoop } from '../measure/closed-loop.ts'
import type { Measured, Share } from '../measure/measured.ts'
import { quantile } from '../measure/quantile.ts'
import { Samples } from '../measure/samples.ts'
import { readsOf, writesOf } from '../part-of.ts'
import type { Session } from '../session.ts'
import type { Workload } from '../workload.ts'
import { HotIds } from './hot-ids.ts'
import { OneCompaction } from './one-compaction.ts'
import { checkUpdated, Updates } from './updates.ts'

const callers = 64
const updateEvery = 2
/** So small that some segments end while it is measured. */
const segmentBytes = 1_048_576

/**
 * S4/beside: 64 callers read and update, half and half, once undisturbed and once while the store is compacted, from the beginning of
 * that to its end; a log that has segments begins new ones meanwhile. The figures are those of the second time; the ratios
 * say what they are through the first.
 */
export const compactUnderLoad: Workload = {
  id: 'S4/beside',
  title: `50 % get, 50 % durable update, ${callers} callers, while the store is compacted`,
  unit: 'ops/s',
  stage: 'changed',
  takes: [['get', 'update', 'compact']],
  async run(session) {
    const updates = new Updates(session.data, callers)
    const store = await session.open({ segmentBytes })
    const alone = await loop(session, store, { updates })
    const before = store.segments?.() ?? 0
    const compaction = new OneCompaction(store)
    const isRotated = (): boolean => store.segments === undefined || store.segments() > before
    const beside = await loop(session, store, { updates, compaction, isEnough: isRotated })
    const tookMs = await compaction.ended()
    const begun = (store.segments?.() ?? 0) - before
    await session.close()
    if (session.reopens) await checkUpdated(session, updates)
    const remark = `one compaction of ${tookMs.toFixed(0)} ms, ${begun} segments begun; ${toldOf(beside)}; without it ${toldOf(alone)}`
    return { ...beside.measured, remark, shares: sharesOf(alone, beside) }
  },
}

interface Told {
  readonly measured: Measured
  readonly reads: Samples
  readonly writes: Samples
}

interface Loop {
  readonly updates: Updates
  /** Begun with the first operation that counts, and waited for. */
  readonly compaction?: OneCompaction
  /** What else must have happened before it is over. */
  readonly isEnough?: () => boolean
}

async function loop(
  { data, timing }: Session,
  store: Store,
  { updates, compaction, isEnough = () => true }: Loop,
): Promise<Told> {
  const hot = new HotIds(data)
  const [reads, writes] = [new Samples(), new Samples()]
  const [reading, writing] = [readsOf(store), writesOf(store)]
  let at = 0
  let isWarm = false
  let isRead = true
  const measured = await closedLoop({
    callers,
    timing,
    onWarm: () => {
      isWarm = true
    },
    goesOn: () => compaction?.isOver === false || !isEnough(),
    samples: () => (isRead ? reads : writes),
    operation: (caller) => {
      if (isWarm) compaction?.begin()
      isRead = hash(data.seed, ++at, 9) % updateEvery !== 0
      if (isRead) return reading.get(hot.type(at), hot.id(at))
      const { index, count } = updates.next(caller)
      return writing.update(data.idAt(index), data.changes(count))
    },
  })
  return { measured, reads, writes }
}

function sharesOf(alone: Told, beside: Told): readonly Share[] {
  const through = (what: string, samples: (told: Told) => Samples, q: number): Share => ({
    what: `${what} beside a compaction through without`,
    ratio: msOf(samples(beside), q) / msOf(samples(alone), q),
  })
  return [
    {
      what: 'operations beside a compaction through without',
      ratio: beside.measured.value / alone.measured.value,
    },
    through('p50 of a get', ({ reads }) => reads, 0.5),
    through('p99 of a get', ({ reads }) => reads, 0.99),
    through('p50 of an update', ({ writes }) => writes, 0.5),
    through('p99 of an update', ({ writes }) => writes, 0.99),
  ]
}

function toldOf({ measured, reads, writes }: Told): string {
  const both = (samples: Samples): string => [0.5, 0.99].map((q) => msOf(samples, q).toFixed(2)).join(' / ')
  return `${measured.value.toFixed(0)} ops/s, get p50 / p99 ${both(reads)} ms, update ${both(writes)} ms, longest stall ${(measured.stallMs ?? 0).toFixed(1)} ms`
}

function msOf(samples: Samples, q: number): number {
  return quantile(samples.values(), q) ?? Number.NaN
}
