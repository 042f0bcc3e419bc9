import { expectEqual, idsOf } from '../check.ts'
import type { OpenContext, Store, Wanted } from '../contender.ts'
import { DataSet } from '../data/data-set.ts'
import { KnownAnswers } from '../data/known-answers.ts'
import { closedLoop } from '../measure/closed-loop.ts'
import { type Arm, inTurns, middleOf, ratioOf, type Turns } from '../measure/in-turns.ts'
import type { Measured, Share } from '../measure/measured.ts'
import { readLoop } from '../measure/read-loop.ts'
import type { Timing } from '../measure/timing.ts'
import { turn } from '../measure/turn.ts'
import { liveOf, readsOf, writesOf } from '../part-of.ts'
import type { Session } from '../session.ts'
import type { Workload } from '../workload.ts'
import { HotUpdates } from './hot-updates.ts'
import { loadBatchRows } from './load-batch-rows.ts'
import { wantedByMany } from './wanted-by-many.ts'

const callers = 64
const queries = 256
const otherStores = 16
const times = 10
const armShare = 4
/** A smaller part has no specs for every plan and no phases for every caller. */
const smallest = 1000
const segmentBytes = 67_108_864
const status = 'running'
const rows = 20
const bar = { atMost: 1.5 }

type ArmName =
  | `${'plain' | 'live' | 'begin' | 'indexed'}/${'whole' | 'part'}`
  | 'stores/beside'
  | 'versions/few'
  | 'versions/many'

/**
 * S6: what one more subscriber, index, history version or store adds grows with the change, and not with what is there: processor time of
 * an update of the same few records, in a store and in a tenth of it, in turns within one process.
 */
export const oneMore: Workload = {
  id: 'S6',
  title: 'one more subscriber, index, version, store: updates of the same few records by 64 callers',
  unit: 'ops/s',
  stage: 'empty',
  takes: [['more']],
  async run(session) {
    const whole = session.data
    const part = new DataSet(Math.max(smallest, Math.floor(whole.size / times)), whole.seed)
    const ofSize = async (name: string, more: Pick<OpenContext, 'oneMoreIndex'> = {}) => ({
      whole: await Ground.loaded(session, { folder: `${name}-whole`, data: whole, part, more }),
      part: await Ground.loaded(session, { folder: `${name}-part`, data: part, part, more }),
    })
    const plain = await ofSize('plain')
    const indexed = await ofSize('indexed', { oneMoreIndex: true })
    const [fewer, more] = [await plain.part.store.indexes?.(), await indexed.part.store.indexes?.()]
    // One that is declared may be kept in two forms.
    expectEqual('one more index', true, (more ?? 0) > (fewer ?? 0))
    const taken = await inTurns<ArmName, Measured>(
      {
        'plain/part': updating(plain.part),
        'plain/whole': updating(plain.whole),
        'stores/beside': besideStores(session, plain.part),
        'live/part': besideQueries(plain.part),
        'live/whole': besideQueries(plain.whole),
        'begin/part': beginning(plain.part),
        'begin/whole': beginning(plain.whole),
        'indexed/part': updating(indexed.part),
        'indexed/whole': updating(indexed.whole),
        'versions/few': updatingOne(plain.part, (at) => at + 1),
        'versions/many': updatingOne(plain.part, () => 0),
      },
      shareOf(session.timing),
    )
    for (const ground of [plain.whole, plain.part, indexed.whole, indexed.part]) await ground.end()
    return { ...middleOf(taken('plain/whole')), shares: oneMoreShares(taken) }
  },
}

/** Eleven arms run much of the same code: each takes, and is warmed for, a part of the time that a workload of one arm has. */
function shareOf({ runMs, warmMs, warmOperations, ...rest }: Timing): Timing {
  return { ...rest, runMs: runMs / armShare, warmMs: warmMs / armShare, warmOperations: warmOperations / armShare }
}

/** A loaded store, and the updates that are made in it. */
class Ground {
  readonly store: Store
  readonly hot: HotUpdates
  /** The records that every store of this workload has. */
  readonly part: DataSet

  static async loaded(
    session: Session,
    { folder, data, part, more }: { folder: string; data: DataSet; part: DataSet; more: Partial<OpenContext> },
  ): Promise<Ground> {
    const store = await session.openBeside(folder, { segmentBytes, ...more })
    await writesOf(store).load(data.batches(loadBatchRows))
    expectEqual('records after loading', data.size, await readsOf(store).size())
    const found = idsOf(await readsOf(store).newest(status, rows))
    expectEqual(`newest ${status}`, new KnownAnswers(data).newest(status, rows), found)
    return new Ground(store, part)
  }

  private constructor(store: Store, part: DataSet) {
    this.store = store
    this.part = part
    this.hot = new HotUpdates(store, part, callers)
  }

  async end(): Promise<void> {
    await this.hot.check()
    await this.store.close()
  }
}

function updating({ hot }: Ground): Arm {
  return { run: (timing) => closedLoop({ callers, timing, operation: (caller) => hot.next(caller) }) }
}

/** The same record by all callers: each turn another one, or always the same. */
function updatingOne({ hot, part }: Ground, recordOf: (turn: number) => number): Arm {
  const phases = part.indicesOf('phase')
  let at = 0
  return {
    run(timing) {
      const index = phases.at(-1 - recordOf(at++)) ?? 0
      return closedLoop({ callers, timing, operation: () => hot.of(index) })
    },
  }
}

function besideQueries(ground: Ground): Arm {
  return {
    async run(timing) {
      const wanted = wantedByMany(ground.part, queries)
      const ends = await Promise.all(wanted.map((one) => liveOf(ground.store).subscribe(one, () => undefined)))
      try {
        return await updating(ground).run(timing)
      } finally {
        for (const end of ends) end()
        await turn()
      }
    },
  }
}

function beginning({ store }: Ground): Arm {
  const wanted: Wanted = { where: { status }, newest: rows }
  return {
    run: (timing) =>
      readLoop(timing, async () => {
        const end = await liveOf(store).subscribe(wanted, () => undefined)
        end()
      }),
  }
}

function besideStores(session: Session, ground: Ground): Arm {
  return {
    async run(timing) {
      const others: Store[] = []
      try {
        for (let at = 0; at < otherStores; at++) others.push(await session.openBeside(`other-${at}`, { segmentBytes }))
        return await updating(ground).run(timing)
      } finally {
        for (const other of others) await other.close()
      }
    },
  }
}

const cpuOf = ({ cpuUs }: Measured): number | undefined => cpuUs

/** Processor time of each through the same where there is less of it; all of them have a bar. */
export function oneMoreShares(turns: Turns<ArmName>): readonly Share[] {
  const share = (what: string, these: ArmName, those: ArmName): Share => ({
    what,
    ratio: ratioOf(turns(these), turns(those), cpuOf),
    bar,
  })
  const much = `in ${times} times the store`
  return [
    share(`an update, ${much}`, 'plain/whole', 'plain/part'),
    share(`an update beside ${queries} live queries, ${much}`, 'live/whole', 'live/part'),
    share(`one more live query, begun and ended, ${much}`, 'begin/whole', 'begin/part'),
    share(`an update under one more index, ${much}`, 'indexed/whole', 'indexed/part'),
    share('an update of a record with some times as many versions', 'versions/many', 'versions/few'),
    share(`an update beside ${otherStores} more open stores`, 'stores/beside', 'plain/part'),
  ]
}
