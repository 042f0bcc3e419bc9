import type { LiveQueries, Store, Wanted } from '../contender.ts'
import { closedLoop } from '../measure/closed-loop.ts'
import { type Arm, inTurns, middleOf, ratioOf, type Turns } from '../measure/in-turns.ts'
import type { Measured, Share } from '../measure/measured.ts'
import { News } from '../measure/news.ts'
import { openLoop } from '../measure/open-loop.ts'
import { turn } from '../measure/turn.ts'
import { liveOf, writesOf } from '../part-of.ts'
import type { Workload } from '../workload.ts'
import { checkUpdated, Updates } from './updates.ts'
import { wantedByMany } from './wanted-by-many.ts'

const writesPerSecond = 1000
const mostQueries = 10_000
const recordsPerQuery = 10
const callers = 64
const bar = { atMost: 1.5 }

/** What one turn has seen, where somebody hears of every write. */
interface Heard extends Measured {
  readonly heardP99?: number | undefined
  readonly behindP99?: number | undefined
  /** Told to everybody, for each write. */
  readonly differences: number
}

/**
 * L1: a thousand durable updates a second while many live queries stand, a tenth as many as there are records and 10 000 at
 * most; beside it, in turns, the same with one live query, and with none. One query, of the newest of all, hears of every
 * update: what it hears is timed.
 */
export const liveQueries: Workload = {
  id: 'L1',
  title: `live queries, one for ${recordsPerQuery} records up to ${mostQueries}, at ${writesPerSecond} updates a second: p99 from the update to the news`,
  unit: 'ms',
  stage: 'changed',
  takes: [['live', 'update']],
  async run(session) {
    const { data } = session
    const updates = new Updates(data, callers)
    const store = await session.open()
    const writes = writesOf(store)
    const many = wantedByMany(data, Math.min(mostQueries, Math.floor(data.size / recordsPerQuery)))
    const scene: Scene = {
      store,
      update: (caller) => {
        const { index, count } = updates.next(caller)
        return writes.update(data.idAt(index), data.changes(count))
      },
    }
    const taken = await inTurns(
      {
        none: arm(scene, []),
        one: arm(scene, [everything]),
        many: arm(scene, [everything, ...many]),
      },
      session.timing,
    )
    await session.close()
    if (session.reopens) await checkUpdated(session, updates)
    return summed(taken, many.length)
  },
}

/** The first of all live queries; every update brings its record to the top. */
const everything: Wanted = { where: {}, newest: 20 }

interface Scene {
  readonly store: Store
  readonly update: (caller: number) => unknown
}

function arm({ store, update }: Scene, wanted: readonly Wanted[]): Arm<Heard> {
  return {
    async run(timing) {
      const news = new News()
      const ends = await subscribeAll(liveOf(store), wanted, news)
      try {
        if (timing.warmMs > 0) await closedLoop({ callers, timing: { ...timing, runMs: 1 }, operation: update })
        // What was acknowledged is told in the same turn.
        await turn()
        news.begin()
        let caller = 0
        const measured = await openLoop({
          perSecond: writesPerSecond,
          runMs: timing.runMs,
          operation: async (due) => {
            const at = news.asked(due)
            await update(caller++ % callers)
            news.acknowledged(at)
          },
        })
        if (wanted.length > 0) await news.complete()
        const differences = news.differences / measured.operations
        return { ...measured, heardP99: news.heardP99, behindP99: news.behindP99, differences }
      } finally {
        for (const end of ends) end()
        await turn()
      }
    },
  }
}

/** The first hears of everything, and is timed. */
function subscribeAll(live: LiveQueries, wanted: readonly Wanted[], news: News): Promise<readonly (() => void)[]> {
  return Promise.all(
    wanted.map((one, at) =>
      live.subscribe(one, (records) => {
        if (at === 0) news.heard(records)
        else news.differences += 1
      }),
    ),
  )
}

const cpuOf = ({ cpuUs }: Measured): number | undefined => cpuUs
const p99Of = ({ p99 }: Measured): number | undefined => p99
const heardOf = ({ heardP99 }: Heard): number | undefined => heardP99

function summed(turns: Turns<'none' | 'one' | 'many', Heard>, queries: number): Measured {
  const [none, one, many] = [turns('none'), turns('one'), turns('many')]
  const middle = middleOf(many.map((turn) => ({ ...turn, value: turn.heardP99 ?? Number.NaN })))
  const { heardP99, behindP99, differences, ...measured } = middle
  const delays = heardP99 === undefined ? Number.NaN : ratioOf(many, none, (turn) => turn.heardP99 ?? turn.p99)
  const shares: readonly Share[] = [
    { what: 'processor time of an update through the same without any', ratio: ratioOf(many, none, cpuOf), bar },
    { what: 'p99 to the acknowledgement through the same without any', ratio: ratioOf(many, none, p99Of), bar },
    { what: 'p99 to the news through the p99 to the acknowledgement without any', ratio: delays, bar },
    { what: 'p99 to the news through the same with one live query', ratio: ratioOf(many, one, heardOf), bar },
  ]
  const behind = [behindP99, middleOf(one).behindP99].map((ms) => (ms ?? Number.NaN).toFixed(3))
  const remark =
    `${queries} live queries beside it, ${differences.toFixed(1)} differences told for an update; the news came ` +
    `${behind[0]} ms behind the acknowledgement (p99), with one live query ${behind[1]} ms`
  return { ...measured, shares, remark }
}
