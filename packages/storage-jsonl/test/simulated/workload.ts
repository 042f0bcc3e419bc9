import type { Pick, SimDisk } from '@stateward/conformance'
import { SimClock } from '@stateward/conformance'
import { type BaseChunk, type Durability, hasCode, type LogWriter, type Seq } from '@stateward/contract'
import type { JsonlStorageOptions } from '../../src/index.ts'
import { recordOf, textOf } from '../records.ts'
import { simStorage } from './sim-storage.ts'

/** What a workload has asked for and what it was told: the truth that a recovery is held against. */
export class Ledger {
  /** The record that was given for each seq, from seq 1 at index 0. */
  readonly given: string[] = []
  /** Up to here acknowledged at any level: a killed process must not lose it. */
  acknowledged: Seq = 0
  /** Up to here acknowledged at the level `commit`: a power cut must not lose it. */
  durable: Seq = 0

  /** Up to here there is a base, and no base may be of less. */
  based: Seq = 0
  /** Commits behind this one were refused for good: none of them may ever appear. */
  most: Seq = Number.POSITIVE_INFINITY

  /** Whether retention owes this commit, also when the log was truncated behind it. */
  owed: (seq: Seq) => boolean = () => false

  answered(seq: Seq, level: Durability): void {
    this.acknowledged = Math.max(this.acknowledged, seq)
    if (level === 'commit') this.durable = Math.max(this.durable, seq)
  }
}

export interface Workload {
  readonly pick: Pick
  readonly steps: number
  readonly options?: Partial<JsonlStorageOptions>
}

/** Works on a store until it is done or the process dies; rejects with whatever stopped it. */
export async function work(disk: SimDisk, ledger: Ledger, { pick, steps, options }: Workload): Promise<void> {
  const clock = new SimClock()
  const storage = simStorage(disk, { segmentBytes: 4_096, clock, timers: clock, ...options })
  let { writer } = await storage.openWriter('workload')
  for (let step = 0; step < steps; step++) {
    const choice = pick(12)
    if (choice < 8) await burst(writer, ledger, pick)
    else if (choice === 8) await idle(writer, clock)
    else if (choice === 9) await base(writer, ledger, pick)
    else if (choice === 10) await writer.truncate(pick(ledger.given.length + 1), { newestRev })
    else {
      await writer.close()
      writer = (await storage.openWriter('workload')).writer
    }
  }
  await writer.close()
}

/** Half of the records, by their numbers, as if many versions had come since. */
function newestRev(_type: string, id: string): number {
  return isSuperseded(Number(id.slice(1))) ? 1_000 : 1
}

export function isSuperseded(seq: Seq): boolean {
  return seq % 2 === 1
}

async function burst(writer: LogWriter, ledger: Ledger, pick: Pick): Promise<void> {
  const appends = Array.from({ length: 1 + pick(4) }, async () => {
    const level: Durability = pick(5) === 0 ? (pick(2) === 0 ? 'none' : 'interval') : 'commit'
    const expectedSeq = ledger.given.length
    const records = Array.from({ length: 1 + pick(3) }, (_, index) =>
      recordOf(expectedSeq + index + 1, pick(4) * pick(120)),
    )
    ledger.given.push(...records.map(textOf))
    const options = { expectedSeq, commitId: `c${expectedSeq}`, durability: level }
    const { lastSeq } = await writer.append(records, options).catch((error: unknown) => {
      if (hasCode(error, 'FULL') || hasCode(error, 'STORAGE_FAILED')) ledger.most = Math.min(ledger.most, expectedSeq)
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
  await writer.saveBase(upTo, rowsOf(ledger, upTo))
  ledger.based = upTo
}

/** The base that a workload saves: every commit up to `upTo` that is a multiple of three, as a row. */
async function* rowsOf(ledger: Ledger, upTo: Seq): AsyncGenerator<BaseChunk> {
  const seqs = Array.from({ length: Math.floor(upTo / 3) }, (_, index) => (index + 1) * 3)
  yield { seqs, records: seqs.map((seq) => Buffer.from(ledger.given[seq - 1] ?? '')) }
}

/** What is wrong with a base that was read back, or `undefined`. */
export async function whyWrongBase(writer: LogWriter, ledger: Ledger): Promise<string | undefined> {
  const found = await writer.loadBase()
  if (found === undefined) return undefined
  const rows: string[] = []
  for await (const { records } of found.chunks) rows.push(...records.map(textOf))
  const expected: string[] = []
  for await (const { records } of rowsOf(ledger, found.upTo)) expected.push(...records.map(textOf))
  return rows.join() === expected.join() ? undefined : `the base up to ${found.upTo} is not what was saved`
}
