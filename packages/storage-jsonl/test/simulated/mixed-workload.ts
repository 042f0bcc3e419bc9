import { type Pick, SimClock, type SimDisk } from '@stateward/conformance'
import { type BaseChunk, type Durability, hasCode, type LogWriter, type Seq } from '@stateward/contract'
import { recordOf } from '../records.ts'
import type { Ledger } from './ledger.ts'
import { type SimStorageOptions, simStorage } from './sim-storage.ts'

type Action = 'append' | 'idle' | 'base' | 'truncate' | 'reopen'

export interface Workload {
  readonly pick: Pick
  readonly steps: number
  readonly options?: SimStorageOptions
  /** What each step does, one of these with the same chance. Default: appends mostly, and some of everything. */
  readonly mix?: readonly Action[]
}

/** Workloads by what they do most of. */
export const mixes: Readonly<Record<'everything' | 'appends' | 'upkeep' | 'reopenings', readonly Action[]>> = {
  everything: [...times('append', 8), 'idle', 'base', 'truncate', 'reopen'],
  appends: [...times('append', 9), 'idle'],
  upkeep: [...times('append', 4), ...times('base', 3), ...times('truncate', 3)],
  reopenings: [...times('append', 4), 'idle', 'base', 'truncate', ...times('reopen', 5)],
}

function times(action: Action, count: number): Action[] {
  return Array.from({ length: count }, () => action)
}

/** Works on a store until it is done or the process dies; rejects with whatever stopped it. */
export async function work(
  disk: SimDisk,
  ledger: Ledger,
  { pick, steps, options, mix = mixes.everything }: Workload,
): Promise<void> {
  const clock = new SimClock()
  const storage = simStorage(disk, { segmentBytes: 4_096, clock, timers: clock, ...options })
  let { writer } = await storage.openWriter('workload')
  const act: Readonly<Record<Action, () => Promise<void>>> = {
    append: () => burst(writer, ledger, pick),
    idle: () => idle(writer, clock),
    base: () => base(writer, ledger, pick),
    truncate: () => writer.truncate(pick(ledger.given.length + 1)),
    reopen: async () => {
      await writer.close()
      writer = (await storage.openWriter('workload')).writer
    },
  }
  for (let step = 0; step < steps; step++) await act[mix[pick(mix.length)] ?? 'append']()
  await writer.close()
}

async function burst(writer: LogWriter, ledger: Ledger, pick: Pick): Promise<void> {
  const appends = Array.from({ length: 1 + pick(4) }, async () => {
    const level: Durability = pick(5) === 0 ? (pick(2) === 0 ? 'none' : 'interval') : 'commit'
    const expectedSeq = ledger.given.length
    const records = Array.from({ length: 1 + pick(3) }, (_, index) =>
      recordOf(expectedSeq + index + 1, pick(4) * pick(120)),
    )
    ledger.given.push(...records)
    const options = { expectedSeq, commitId: `c${expectedSeq}`, durability: level }
    const { lastSeq } = await writer.append(records, options).catch((error: unknown) => {
      if (hasCode(error, 'FULL') || hasCode(error, 'STORAGE_FAILED')) ledger.refused(expectedSeq)
      throw error
    })
    ledger.answered(lastSeq, level)
  })
  const outcomes = await Promise.allSettled(appends)
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

/** Long enough for every timer of a writer to go off once, and for what they begin to end. */
async function idle(writer: LogWriter, clock: SimClock): Promise<void> {
  clock.pass(6_000)
  const { lastSeq } = await writer.stats()
  await writer.append([], { expectedSeq: lastSeq, commitId: 'barrier', durability: 'commit' })
}

async function base(writer: LogWriter, ledger: Ledger, pick: Pick): Promise<void> {
  const upTo = Math.max(ledger.based, ledger.given.length - pick(Math.min(4, ledger.given.length + 1)))
  await writer.saveBase(upTo, rowsOf(ledger.given, upTo))
  ledger.based = upTo
}

/** The base that a workload saves: every commit up to `upTo` that is a multiple of three, as a row. */
async function* rowsOf(given: readonly Buffer[], upTo: Seq): AsyncGenerator<BaseChunk> {
  const seqs = Array.from({ length: Math.floor(upTo / 3) }, (_, index) => (index + 1) * 3)
  yield { seqs, records: seqs.map((seq) => given[seq - 1] ?? Buffer.alloc(0)) }
}

/** What is wrong with the base that a store serves, or `undefined`. `least`: the commits that it must cover. */
export async function whyWrongBase(
  writer: LogWriter,
  given: readonly Buffer[],
  least: Seq,
): Promise<string | undefined> {
  const found = await writer.loadBase()
  if (found === undefined) return least === 0 ? undefined : `there is no base, and the log begins behind ${least}`
  if (found.upTo < least) return `the base is of ${found.upTo} commits, and the log begins behind ${least}`
  let seq = 0
  for await (const { records } of found.chunks) {
    for (const record of records) {
      seq += 3
      if (seq > found.upTo || given[seq - 1]?.equals(record) !== true) return `row ${seq} is not what was saved`
    }
  }
  return seq === Math.floor(found.upTo / 3) * 3 ? undefined : `rows end at ${seq}, the base is of ${found.upTo}`
}
