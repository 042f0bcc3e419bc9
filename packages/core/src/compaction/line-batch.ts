import type { LogWriter, Ptr } from '@stateward/contract'
import { decodeLoosely, type LooseChange } from '../log/codec.ts'
import { BodyRequest, misplaced } from '../records/bodies.ts'
import type { VersionPlace } from '../records/row-table.ts'
import { within } from '../records/within.ts'
import type { Live } from '../state/live.ts'
import type { BaseRow, BaseRows } from './base-rows.ts'
import { BytePieces, type Piece } from './byte-pieces.ts'
import { LineChanges } from './line-changes.ts'
import { LineFold } from './line-fold.ts'
import { type Cut, LineOperations } from './line-operations.ts'
import { NumberOrder } from './number-order.ts'
import { foldedLine, lineAtHand, wholeLine } from './row-line.ts'

export interface LineBatchOptions {
  readonly live: Live
  readonly rows: Pick<BaseRows, 'row' | 'place' | 'isAtHand'>
  readonly writer: Pick<LogWriter, 'fetch'>
  /** Of tombstones, and of records that do not say when they were changed. */
  readonly timestamp: string
  /** Awaited between any few rows. */
  readonly breathe: () => Promise<void>
}

/** Of lines, and of the parts that some are made of, together. One record alone may be more. */
export const batchBytes = 33_554_432
/** Rows or places between two looks at the clock. */
const perLook = 32
/** About so many bytes of the log are fetched in one call. */
const fetchBytes = 1_048_576
const firstFetch = 64
const mostFetched = 4_096

/** Some rows that were taken, the first of them and how many, and how many places in the log they have. */
export interface RowsToMake {
  readonly from: number
  readonly length: number
  readonly places: number
}

/**
 * One line for each of some rows of a base, as far as they are not too many bytes. What is known of a row stands in columns: some
 * objects for each of so many rows, which live as long as the batch, were a third of the time of a compaction.
 */
export class LineBatch {
  readonly #options: LineBatchOptions
  readonly #from: number
  #kept: number
  #pieces = new BytePieces()
  /** Of each row: its line, once it has one; where its places begin; how many of their lines it waits for. */
  readonly #line: Pieces
  readonly #firstPlace: Uint32Array
  readonly #missing: Uint32Array
  /** Of each place that is to be read: where that is, its row, and what was found, where the row has more than one. */
  readonly #ptr: Float64Array
  readonly #rowOf: Uint32Array
  readonly #part: Pieces
  readonly #fold = new LineFold()
  #looked = 0

  constructor({ from, length, places }: RowsToMake, options: LineBatchOptions) {
    this.#options = options
    this.#from = from
    this.#kept = length
    this.#line = piecesOf(length)
    this.#firstPlace = new Uint32Array(length + 1)
    this.#missing = new Uint32Array(length)
    this.#ptr = new Float64Array(places)
    this.#rowOf = new Uint32Array(places)
    this.#part = piecesOf(places)
  }

  /** How many of the rows have lines, from the first on; the others are for another batch. */
  get length(): number {
    return this.#kept
  }

  /** Bytes of the lines, and of what they were made of. */
  get bytes(): number {
    return this.#pieces.bytes
  }

  line(at: number): Uint8Array {
    const length = within(this.#line.length, at)
    if (length === 0) throw new RangeError(`expected the line of row ${at}, found none yet`)
    return this.#pieces.at(within(this.#line.place, at), length)
  }

  /** Makes all lines. Rejects as reading the log does, and with `CORRUPT` where a record is not where it should be. */
  async make(): Promise<void> {
    // Of fewer rows where it is too much: once in a long while, since a batch is as large as the one before says.
    while (!(await this.#isMade())) {
      this.#kept = Math.ceil(this.#kept / 2)
      this.#pieces = new BytePieces()
      this.#line.length.fill(0)
      this.#part.length.fill(0)
    }
  }

  /** Whether all was little enough; else it has given up. */
  async #isMade(): Promise<boolean> {
    await this.#begin()
    if (this.#isTooMuch || !(await this.#read())) return false
    for (let at = 0; at < this.#kept; at++)
      if (this.#line.length[at] === 0) this.#put(at, await this.#loaded(this.#row(at)))
    return !this.#isTooMuch
  }

  get #isTooMuch(): boolean {
    return this.#pieces.bytes > batchBytes && this.#kept > 1
  }

  /** Lines that can be had without reading; of the other rows, where to read. */
  async #begin(): Promise<void> {
    const { live, rows, timestamp } = this.#options
    let places = 0
    for (let at = 0; at < this.#kept && !this.#isTooMuch; at++) {
      const place = rows.place(this.#from + at)
      // One line of the log is copied in less time than it takes to write the record anew.
      const isCopied = place?.patches.length === 0 || !rows.isAtHand(this.#from + at)
      const line = isCopied ? undefined : lineAtHand(this.#row(at), live, timestamp)
      if (line !== undefined) this.#put(at, line)
      this.#firstPlace[at] = places
      if (line === undefined && place !== undefined) places = this.#list(at, place, places)
      this.#firstPlace[at + 1] = places
      const turn = this.#look()
      if (turn !== undefined) await turn
    }
  }

  #list(at: number, { whole, patches }: VersionPlace, from: number): number {
    this.#ptr[from] = whole
    for (const [index, ptr] of patches.entries()) this.#ptr[from + 1 + index] = ptr
    const end = from + 1 + patches.length
    this.#rowOf.fill(at, from, end)
    this.#missing[at] = end - from
    return end
  }

  /** Reads in the order of the log, so that lines that are near to each other are read together. Whether it came to the end. */
  async #read(): Promise<boolean> {
    const { writer, breathe } = this.#options
    const order = await NumberOrder.of(this.#ptr.subarray(0, this.#firstPlace[this.#kept]), breathe)
    const operations = new LineOperations()
    let count = firstFetch
    for (let next = order.next(); next !== undefined; ) {
      const ptrs: Ptr[] = []
      // The places at each, one list behind the other.
      const places: number[] = []
      const ends: number[] = []
      for (; next !== undefined; next = order.next()) {
        const ptr = within(this.#ptr, next)
        if (ptrs.at(-1) !== ptr && ptrs.length === count) break
        if (ptrs.at(-1) !== ptr) ptrs.push(ptr)
        places.push(next)
        ends[ptrs.length - 1] = places.length
      }
      await breathe()
      const lines = await writer.fetch(ptrs)
      let bytes = 0
      for (const [index, line] of lines.entries()) {
        const [from, to] = [ends[index - 1] ?? 0, within(ends, index)]
        bytes += line?.length ?? 0
        const changes = line && new LineChanges(line, operations)
        for (let at = from; at < to && changes !== undefined; at++) {
          this.#take(changes, within(places, at))
          if (this.#isTooMuch) return false
          const turn = this.#look()
          if (turn !== undefined) await turn
        }
      }
      if (bytes > 0) count = Math.min(mostFetched, Math.ceil((ptrs.length * fetchBytes) / bytes))
    }
    return true
  }

  /** Gives a line of the log to the row that has this place. */
  #take(changes: LineChanges, place: number): void {
    const at = within(this.#rowOf, place)
    if (this.#line.length[at] !== 0) return
    const missing = within(this.#missing, at) - 1
    const isAlone = within(this.#firstPlace, at + 1) - within(this.#firstPlace, at) === 1
    // Most parts of a row that has several tell nothing of it yet, and whose they are is looked at with the last one.
    const row = isAlone || missing === 0 || changes.single === undefined ? this.#row(at) : undefined
    const whole = isAlone && row !== undefined ? changes.rowOf(row) : undefined
    if (whole !== undefined) {
      keep(this.#line, at, changes.copy(whole, this.#pieces))
      return
    }
    const request = row?.place && requestOf(row, row.place)
    const part = request === undefined ? changes.single : changes.partOf(request)
    if (part === undefined) return
    keep(this.#part, place, this.#copied(changes, part))
    this.#missing[at] = missing
    if (missing !== 0 || row === undefined || request === undefined) return
    const lines = this.#partsOf(at)
    const folded = this.#fold.fold(lines, { type: request.type, id: request.id, rev: row.rev }, this.#pieces)
    if (folded !== undefined) {
      keep(this.#line, at, folded)
      return
    }
    const parsed = lines.map((line) => changeIn(line, request))
    const line = foldedLine(row, parsed, this.#options.timestamp)
    if (line === undefined) throw misplaced(request)
    this.#put(at, line)
  }

  #copied(changes: LineChanges, part: Cut | Uint8Array): Piece {
    if ('afterType' in part) return changes.copy(part, this.#pieces)
    return { place: this.#pieces.add(part), length: part.length }
  }

  /** The lines that tell this row, in their order. */
  #partsOf(at: number): readonly Buffer[] {
    const found: Buffer[] = []
    const end = within(this.#firstPlace, at + 1)
    for (let place = within(this.#firstPlace, at); place < end; place++) {
      found.push(this.#pieces.at(within(this.#part.place, place), within(this.#part.length, place)))
    }
    return found
  }

  /** What is there no more may stand where the log was opened again. */
  async #loaded(row: BaseRow): Promise<Uint8Array> {
    const { live, timestamp } = this.#options
    const [record] = row.place === undefined ? [] : await live.bodies.load([requestOf(row, row.place)])
    if (record === undefined) throw live.lost(row.type.name, row.id, row.seq)
    return wholeLine(row, record, timestamp)
  }

  #row(at: number): BaseRow {
    return this.#options.rows.row(this.#from + at)
  }

  #put(at: number, line: Uint8Array): void {
    keep(this.#line, at, { place: this.#pieces.add(line), length: line.length })
  }

  #look(): Promise<void> | undefined {
    return ++this.#looked % perLook === 0 ? this.#options.breathe() : undefined
  }
}

/** Where pieces are; one of no length is none. */
interface Pieces {
  readonly place: Float64Array
  readonly length: Uint32Array
}

function piecesOf(count: number): Pieces {
  return { place: new Float64Array(count), length: new Uint32Array(count) }
}

function keep(pieces: Pieces, at: number, { place, length }: Piece): void {
  pieces.place[at] = place
  pieces.length[at] = length
}

function requestOf({ type, id }: BaseRow, place: VersionPlace): BodyRequest {
  return new BodyRequest(type.name, id, place)
}

/** What a line of one change says of that record, for whoever asks to write upon. */
export function changeIn(line: Uint8Array, request: BodyRequest): LooseChange {
  const found = decodeLoosely(line, 0).changes.findLast(({ type, id }) => type === request.type && id === request.id)
  if (found === undefined) throw misplaced(request)
  return found
}
