import type { LogWriter, Ptr } from '@stateward/contract'
import type { BaseRow } from './base-rows.ts'
import { ColdRow } from './cold-row.ts'
import { LineChanges } from './line-changes.ts'
import type { Live } from './live.ts'
import { lineAtHand, wholeLine } from './row-line.ts'
import { within } from './within.ts'

export interface LineBatchOptions {
  readonly live: Live
  readonly writer: Pick<LogWriter, 'fetch'>
  /** Of tombstones, and of records that do not say when they were changed. */
  readonly timestamp: string
  /** Awaited between any few rows. */
  readonly breathe: () => Promise<void>
}

/** Of lines, and of parts of records that wait for others; at most, and one more. */
const batchBytes = 16_777_216
/** Rows between two looks at the clock. */
const rowsPerLook = 16
/** About so many bytes of the log are fetched in one call. */
const fetchBytes = 1_048_576
const firstFetch = 256
const mostFetched = 4_096

/** One line for each of some rows of a base, as far as they are not too many bytes. */
export class LineBatch {
  readonly #options: LineBatchOptions
  readonly #rows: readonly BaseRow[]
  /** By row: its line; what is known of it, while it is read. */
  readonly #made: (Uint8Array | ColdRow)[] = []
  #bytes = 0
  #kept: number

  constructor(rows: readonly BaseRow[], options: LineBatchOptions) {
    this.#rows = rows
    this.#options = options
    this.#kept = rows.length
  }

  /** How many of the rows have lines, from the first on; the others are for another batch. */
  get length(): number {
    return this.#kept
  }

  line(at: number): Uint8Array {
    const line = within(this.#made, at)
    if (line instanceof ColdRow) throw new RangeError(`expected the line of row ${at}, found none yet`)
    return line
  }

  /** Makes all lines. Rejects as reading the log does, and with `CORRUPT` where a record is not where it should be. */
  async make(): Promise<void> {
    const { live, timestamp, breathe } = this.#options
    const cold = new Map<Ptr, ColdRow[]>()
    for (let at = 0; at < this.#kept; at++) {
      const row = within(this.#rows, at)
      const line = lineAtHand(row, live, timestamp)
      if (line !== undefined) this.#put(at, line)
      else if (row.place !== undefined) {
        const one = new ColdRow(at, row, row.place)
        this.#put(at, one)
        for (const ptr of one.ptrs) listIn(cold, ptr).push(one)
      }
      if (at % rowsPerLook === 0) await breathe()
    }
    await this.#read(cold)
    for (let at = 0; at < this.#kept; at++) {
      const one = within(this.#made, at)
      if (one instanceof ColdRow) this.#put(at, await this.#loaded(one))
    }
  }

  /** Reads in the order of the log, so that lines that are near to each other are read together. */
  async #read(cold: Map<Ptr, ColdRow[]>): Promise<void> {
    const { writer, breathe } = this.#options
    const ptrs = Float64Array.from(cold.keys()).sort()
    let count = firstFetch
    for (let from = 0; from < ptrs.length; ) {
      await breathe()
      const some = [...ptrs.subarray(from, from + count)].filter((ptr) =>
        cold.get(ptr)?.some(({ at }) => at < this.#kept),
      )
      from += count
      const lines = await writer.fetch(some)
      let bytes = 0
      for (const [at, ptr] of some.entries()) {
        const line = lines[at]
        bytes += line?.length ?? 0
        if (line !== undefined) await this.#take(ptr, line, cold.get(ptr) ?? [])
        cold.delete(ptr)
      }
      if (bytes > 0) count = Math.min(mostFetched, Math.ceil((some.length * fetchBytes) / bytes))
    }
  }

  /** Gives a line of the log to all rows that it tells something of. */
  async #take(ptr: Ptr, line: Uint8Array, rows: readonly ColdRow[]): Promise<void> {
    const { timestamp, breathe } = this.#options
    const changes = new LineChanges(line, rows.length)
    for (const [at, one] of rows.entries()) {
      if (at % rowsPerLook === 0) await breathe()
      if (one.at >= this.#kept) continue
      const own = one.ptrs.length === 1 ? changes.lineOf(one.row) : undefined
      if (own !== undefined) {
        this.#put(one.at, own)
        continue
      }
      const held = one.length
      const record = one.take(ptr, changes.of(one.request))
      this.#grow(one.length - held)
      if (record !== undefined) this.#put(one.at, wholeLine(one.row, record, timestamp))
    }
  }

  /** What is there no more may stand where the log was opened again. */
  async #loaded({ row, request }: ColdRow): Promise<Uint8Array> {
    const { live, timestamp } = this.#options
    const [record] = await live.bodies.load([request])
    if (record === undefined) throw live.lost(row.type.name, row.id, row.seq)
    return wholeLine(row, record, timestamp)
  }

  #put(at: number, made: Uint8Array | ColdRow): void {
    if (at >= this.#kept) return
    const before = this.#made[at]?.length ?? 0
    this.#made[at] = made
    this.#grow(made.length - before)
  }

  /** Leaves the second half of the rows to another batch, as often as need be. */
  #grow(bytes: number): void {
    this.#bytes += bytes
    while (this.#bytes > batchBytes && this.#kept > 1) {
      this.#kept = Math.ceil(this.#kept / 2)
      for (const { length } of this.#made.splice(this.#kept)) this.#bytes -= length
    }
  }
}

function listIn(lists: Map<Ptr, ColdRow[]>, ptr: Ptr): ColdRow[] {
  const known = lists.get(ptr)
  if (known !== undefined) return known
  const list: ColdRow[] = []
  lists.set(ptr, list)
  return list
}
